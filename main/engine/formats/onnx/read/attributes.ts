import type { ReadAttribute, ReadNode } from './model.ts';

/** An integer attribute; some programs write a flag as a float. */
export function intAttr(node: ReadNode, name: string, fallback: number): number {
  const value = node.attrs.get(name);
  if (typeof value === 'object' && 'float' in value && Number.isInteger(value.float)) return value.float;
  return typeof value === 'number' ? value : fallback;
}

/** A list of integers, where the attribute is there. */
export function intsAttr(node: ReadNode, name: string): readonly number[] | undefined {
  const value: ReadAttribute | undefined = node.attrs.get(name);
  return Array.isArray(value) ? (value as readonly number[]) : undefined;
}

export function floatAttr(node: ReadNode, name: string, fallback: number): number {
  const value = node.attrs.get(name);
  return typeof value === 'object' && 'float' in value ? value.float : fallback;
}

export function textAttr(node: ReadNode, name: string, fallback: string): string {
  const value = node.attrs.get(name);
  return typeof value === 'string' ? value : fallback;
}
