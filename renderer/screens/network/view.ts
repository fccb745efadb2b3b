import { BOX, type GraphLayout, type Point } from './box.ts';

/** What part of the drawing is seen: its point in the upper left corner, and how many pixels a unit has. */
export interface View {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
/** A rectangle of the drawing. */
export interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const MAX_SCALE = 2.5;
const MIN_SCALE = 0.002;
const MARGIN = 24;
/** Below this, names cannot be read. */
export const READABLE = 0.55;

/** The drawing with its edges. */
export function boundsOf({ nodes, edges }: GraphLayout): Bounds {
  const bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const take = ({ x, y }: Point, halfWidth: number, halfHeight: number) => {
    bounds.left = Math.min(bounds.left, x - halfWidth);
    bounds.right = Math.max(bounds.right, x + halfWidth);
    bounds.top = Math.min(bounds.top, y - halfHeight);
    bounds.bottom = Math.max(bounds.bottom, y + halfHeight);
  };
  for (const node of nodes) take(node, BOX.width / 2, BOX.height / 2);
  for (const points of edges) for (const point of points) take(point, 0, 0);
  return nodes.length === 0 ? { left: 0, top: 0, right: 0, bottom: 0 } : bounds;
}

/** All of it in the middle, not larger than life. */
export function fitted(bounds: Bounds, { width, height }: Size): View {
  const [wide, high] = [bounds.right - bounds.left + 2 * MARGIN, bounds.bottom - bounds.top + 2 * MARGIN];
  const scale = Math.max(MIN_SCALE, Math.min(1, width / wide, height / high));
  return {
    scale,
    x: (bounds.left + bounds.right - width / scale) / 2,
    y: (bounds.top + bounds.bottom - height / scale) / 2,
  };
}

/** What a person sees first: all of it where names can be read then, else its beginning. */
export function firstView(bounds: Bounds, size: Size): View {
  const all = fitted(bounds, size);
  if (all.scale >= READABLE) return all;
  const wide = bounds.right - bounds.left + 2 * MARGIN;
  const scale = Math.max(READABLE, Math.min(0.85, size.width / wide));
  return {
    scale,
    x: (bounds.left + bounds.right - size.width / scale) / 2,
    y: bounds.top - MARGIN,
  };
}

/** Larger or smaller by a factor, about a point of the canvas. */
export function zoomed(view: View, factor: number, at: Point): View {
  const scale = Math.min(MAX_SCALE, Math.max(MIN_SCALE, view.scale * factor));
  return {
    scale,
    x: view.x + at.x / view.scale - at.x / scale,
    y: view.y + at.y / view.scale - at.y / scale,
  };
}

/** Moved by pixels, as far as some of the drawing stays in sight. */
export function moved(view: View, by: Point, bounds: Bounds, { width, height }: Size): View {
  const within = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const [half, tall] = [width / view.scale / 2, height / view.scale / 2];
  return {
    scale: view.scale,
    x: within(view.x + by.x / view.scale, bounds.left - half, bounds.right - half),
    y: within(view.y + by.y / view.scale, bounds.top - tall, bounds.bottom - tall),
  };
}

/** Moved as little as brings a box into sight, and large enough to read it. */
export function showing(view: View, box: Point, { width, height }: Size): View {
  const scale = Math.max(view.scale, READABLE);
  const [wide, high] = [width / scale, height / scale];
  const near = scale === view.scale ? view : { x: box.x - wide / 2, y: box.y - high / 2 };
  const bring = (at: number, middle: number, half: number, length: number) =>
    Math.min(Math.max(at, middle + half - length), middle - half);
  return {
    scale,
    x: bring(near.x, box.x, BOX.width / 2 + MARGIN, wide),
    y: bring(near.y, box.y, BOX.height + ROOM, high),
  };
}
/** Above and below a box that is brought into sight, for what it reads and what reads it. */
const ROOM = 40;

/** Nodes by their names, and where they lie. */
interface Laid {
  readonly layout: GraphLayout;
  readonly names: readonly string[];
}

/**
 * The view of a drawing that was laid out anew: the node in the middle of it stays where it is seen.
 * @returns null where that node is gone, or there was none
 */
export function kept(view: View, { width, height }: Size, before: Laid, now: Laid): View | null {
  const middle = { x: view.x + width / view.scale / 2, y: view.y + height / view.scale / 2 };
  const away = ({ x, y }: Point) => Math.hypot(x - middle.x, y - middle.y);
  const nearest = before.layout.nodes.reduce<number | null>(
    (best, node, index) =>
      best === null || away(node) < away(before.layout.nodes[best] ?? node) ? index : best,
    null,
  );
  const from = nearest === null ? undefined : before.layout.nodes[nearest];
  const name = nearest === null ? undefined : before.names[nearest];
  const to = name === undefined ? undefined : now.layout.nodes[now.names.indexOf(name)];
  if (from === undefined || to === undefined) return null;
  return { scale: view.scale, x: view.x + to.x - from.x, y: view.y + to.y - from.y };
}

/** The node whose box lies under a point of the canvas. */
export function nodeAt({ nodes }: GraphLayout, view: View, at: Point): number | null {
  const [x, y] = [view.x + at.x / view.scale, view.y + at.y / view.scale];
  // A thin box is hit as if it were a fingertip high.
  const reach = Math.max(BOX.height / 2, 5 / view.scale);
  let best: number | null = null;
  let nearest = Infinity;
  nodes.forEach((node, index) => {
    const away = Math.abs(node.y - y);
    if (Math.abs(node.x - x) > BOX.width / 2 || away > reach || away >= nearest) return;
    [best, nearest] = [index, away];
  });
  return best;
}
