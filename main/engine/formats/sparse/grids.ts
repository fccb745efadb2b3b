import type { Network, Node } from '../../network/graph.ts';
import { nodeError } from '../../network/node-reading.ts';
import type { Planes } from './value.ts';

/** Zeros that a reader of an image counts on around it. */
interface Border {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** What layers say of how images must lie. */
interface Grids {
  shape(value: string): readonly number[];
  /** Two images have rows and planes the same distance apart. */
  tie(a: string, b: string): void;
  /** A reader goes beyond the image by so much. */
  border(value: string, border: Border): void;
  /** Rows are at least so far apart. */
  row(value: string, least: number): void;
}

/** What a layer says of the images that it reads and writes. */
export type GridRule = (grids: Grids, node: Node, network: Network) => void;

/** Values behind the last plane, for vectors that are read and written whole. */
const SLACK = 16;

/**
 * How each image lies: convolutions of stride 1 run over whole planes as one strip, so what they read and what they write must have
 * their rows the same distance apart, with room for the zeros that any of their readers wants beside them.
 * @param lanes places of a vector: planes of strips are a multiple of it apart
 */
export function layOut(
  network: Network,
  shapes: ReadonlyMap<string, readonly number[]>,
  ruleOf: (node: Node) => GridRule | undefined,
  lanes: number,
): ReadonlyMap<string, Planes> {
  const images = [...shapes].filter(([, shape]) => shape.length === 4).map(([name]) => name);
  const parents = new Map(images.map((name) => [name, name]));
  const rootOf = (name: string): string => {
    const parent = parents.get(name) ?? name;
    return parent === name ? name : rootOf(parent);
  };
  const borders = new Map<string, Border[]>();
  const rows = new Map<string, number>();
  const grids: Grids = {
    shape: (value) => shapes.get(value) ?? [],
    tie: (a, b) => void parents.set(rootOf(a), rootOf(b)),
    border: (value, border) => void borders.set(value, [...(borders.get(value) ?? []), border]),
    row: (value, least) => void rows.set(value, Math.max(rows.get(value) ?? 0, least)),
  };
  for (const node of network.nodes) ruleOf(node)?.(grids, node, network);
  const regions = new Map<string, string[]>();
  for (const name of images) regions.set(rootOf(name), [...(regions.get(rootOf(name)) ?? []), name]);
  const found = new Map<string, Planes>();
  for (const members of regions.values()) {
    const sizes = members.map((name) => {
      const [, channels = 1, height = 1, width = 1] = shapes.get(name) ?? [];
      const own = borders.get(name) ?? [];
      const most = (side: keyof Border) => Math.max(0, ...own.map((border) => border[side]));
      return { name, channels, height, width, beside: Math.max(most('left'), most('right')), most };
    });
    const row = Math.max(
      ...sizes.map(({ name, width, beside }) => Math.max(width + beside, rows.get(name) ?? 0)),
    );
    const strips = members.some((name) => borders.has(name));
    const plane = Math.max(
      ...sizes.map(({ height, most }) => (height + Math.max(most('top'), most('bottom'))) * row),
    );
    for (const { name, channels, height, width, most } of sizes) {
      const head = roundUp(most('top') * row + most('left'), SLACK);
      found.set(name, {
        ...{ channels, height, width, row },
        plane: strips ? roundUp(plane, lanes) : plane,
        head,
        tail: most('bottom') * row + most('right') + SLACK,
        bordered: (borders.get(name) ?? []).some((border) => Object.values(border).some((size) => size > 0)),
      });
    }
  }
  return found;
}

/** The next multiple of a number. */
export const roundUp = (value: number, of: number): number => Math.ceil(value / of) * of;

/** An image's shape. @throws EspalierError naming the layer */
export function imageShape(
  node: Node,
  shape: readonly number[],
): [channels: number, height: number, width: number] {
  const [, channels, height, width] = shape;
  if (channels === undefined || height === undefined || width === undefined)
    throw nodeError(node, 'needs images');
  return [channels, height, width];
}
