import { dataSourceSchema } from './data.ts';

/** The kinds of data that are read from a path: KIND:PATH. */
const placed = dataSourceSchema.options
  .filter(({ shape }) => 'path' in shape)
  .map(({ shape }) => shape.kind.value);
const SHORTHAND = new RegExp(`^(${placed.join('|')}):(.+)$`, 's');

/** The kind and the path of data that are named as KIND:PATH; undefined for all else. */
export function dataShorthand(text: string): { kind: string; path: string } | undefined {
  const [, kind, path] = SHORTHAND.exec(text) ?? [];
  return kind === undefined || path === undefined ? undefined : { kind, path };
}
