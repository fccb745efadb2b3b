import type { TensorData } from '../../../network/graph.ts';
import { sizeOf } from '../../../network/graph.ts';
import type { Call } from '../call.ts';
import type { Value } from '../importer.ts';

/** Numbers that stand in a file's text; more are weights, and belong elsewhere. */
const MAX_NUMBERS = 2 ** 20;

/** The value that stands first in the call, or is given by one of these names. */
export function valueOf(call: Call, place = 0, ...names: readonly string[]): Value {
  const found = call.argument(place, ...names);
  if (found === undefined || 'literal' in found)
    throw call.fail(`is not given a value as argument ${place + 1}`);
  return found;
}

/** A setting of the operation: from its configuration, or from an argument of its call. */
export function setting(call: Call, name: string, place: number): unknown {
  const given = call.layer.config[name];
  if (given !== undefined) return given;
  const found = call.argument(place, name);
  return found !== undefined && 'literal' in found ? found.literal : undefined;
}

export function numberSetting(call: Call, name: string, place: number, fallback?: number): number {
  const value = setting(call, name, place) ?? fallback;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw call.fail(`has '${name}' ${JSON.stringify(value)}, which is no number`);
}

export function flagSetting(call: Call, name: string, place: number, fallback: boolean): boolean {
  const value = setting(call, name, place) ?? fallback;
  if (typeof value === 'boolean') return value;
  throw call.fail(`has '${name}' ${JSON.stringify(value)}, which is neither true nor false`);
}

/** A list of integers, or one of them. */
export function integersSetting(call: Call, name: string, place: number): number[] {
  const value = setting(call, name, place);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.every((item) => Number.isSafeInteger(item))) return list as number[];
  throw call.fail(`has '${name}' ${JSON.stringify(value ?? null)}, where integers are due`);
}

/** A number, a list of lists of them, or an array that the file writes down. */
export function numbers(call: Call, literal: unknown): TensorData {
  const inner = literal as { class_name?: unknown; config?: { value?: unknown } } | null;
  const array = inner?.class_name === '__numpy__' || inner?.class_name === '__tensor__';
  const flat: number[] = [];
  const shapeOf = (part: unknown, depth: number): number[] => {
    if (typeof part === 'number') {
      flat.push(part);
      return [];
    }
    if (!Array.isArray(part) || part.length === 0 || depth > 8 || flat.length > MAX_NUMBERS) {
      throw call.fail(`is given ${JSON.stringify(literal)?.slice(0, 60) ?? 'nothing'}, which is no number`);
    }
    const shapes = part.map((item: unknown) => shapeOf(item, depth + 1));
    return [part.length, ...(shapes[0] ?? [])];
  };
  const shape = shapeOf(array ? inner.config?.value : literal, 0);
  if (sizeOf(shape) !== flat.length) throw call.fail('is given lists of different lengths');
  return { shape, data: Float32Array.from(flat) };
}
