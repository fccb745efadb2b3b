import { formatShape } from '../../text/format.ts';
import type { GraphNode } from '../../../main/contract/graph.ts';
import { BOX, type GraphLayout } from './box.ts';
import type { Part } from './group-parts.ts';
import { kindOf, type Kind } from './kinds.ts';
import { READABLE, type Size, type View } from './view.ts';

export interface Colors {
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly surface: string;
  readonly ink: string;
  readonly muted: string;
  readonly edge: string;
  readonly strong: string;
  readonly soft: string;
  readonly leaf: string;
}

/** What is drawn, besides where. */
export interface Scene {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly (readonly [number, number])[];
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly group: ReadonlyMap<string, Part>;
  /** Layers that a search found; null while nothing is looked for. */
  readonly found: ReadonlySet<number> | null;
  /** Layers that the person keeps whole. */
  readonly kept: ReadonlySet<number>;
}

/** Below this, boxes are strips of colour. */
const STRIPS = 0.2;

/** Draws what is in sight: boxes with words, without, or strips of colour, as there is room for. */
export function paint(
  canvas: CanvasRenderingContext2D,
  scene: Scene,
  layout: GraphLayout,
  view: View,
  size: Size,
  colors: Colors,
): void {
  const [right, bottom] = [view.x + size.width / view.scale, view.y + size.height / view.scale];
  canvas.clearRect(0, 0, size.width, size.height);
  canvas.save();
  canvas.scale(view.scale, view.scale);
  canvas.translate(-view.x, -view.y);
  paintEdges(canvas, scene, layout, { top: view.y, bottom }, view.scale, colors);
  layout.nodes.forEach(({ x, y }, index) => {
    const node = scene.nodes[index];
    const seen =
      x + BOX.width > view.x && x - BOX.width < right && y + BOX.height > view.y && y - BOX.height < bottom;
    if (node === undefined || !seen) return;
    paintNode(
      canvas,
      { node, index, x: x - BOX.width / 2, y: y - BOX.height / 2 },
      scene,
      view.scale,
      colors,
    );
  });
  canvas.restore();
}

function paintEdges(
  canvas: CanvasRenderingContext2D,
  { selected, edges }: Scene,
  layout: GraphLayout,
  { top, bottom }: { top: number; bottom: number },
  scale: number,
  colors: Colors,
): void {
  canvas.lineJoin = 'round';
  const stroke = (own: boolean) => {
    canvas.beginPath();
    layout.edges.forEach((points, index) => {
      const [from, to] = edges[index] ?? [-1, -1];
      const [first, last] = [points[0], points.at(-1)];
      if ((from === selected || to === selected) !== own || first === undefined || last === undefined) return;
      if (last.y < top || first.y > bottom) return;
      canvas.moveTo(first.x, first.y);
      for (const { x, y } of points.slice(1)) canvas.lineTo(x, y);
      if (scale < STRIPS) return;
      canvas.moveTo(last.x - 4, last.y - 6);
      canvas.lineTo(last.x, last.y);
      canvas.lineTo(last.x + 4, last.y - 6);
    });
    canvas.strokeStyle = own ? colors.strong : colors.edge;
    canvas.lineWidth = (own ? 2 : 1.25) / Math.min(1, scale * 1.5);
    canvas.stroke();
  };
  stroke(false);
  stroke(true);
}

interface Placed {
  readonly node: GraphNode;
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

function paintNode(
  canvas: CanvasRenderingContext2D,
  { node, index, x, y }: Placed,
  scene: Scene,
  scale: number,
  colors: Colors,
): void {
  const color = colors.kinds[kindOf(node.op)];
  const part = scene.group.get(node.name);
  const chosen = index === scene.selected;
  canvas.globalAlpha = scene.found !== null && !scene.found.has(index) ? 0.25 : 1;
  if (scale < STRIPS) {
    canvas.fillStyle = color;
    canvas.fillRect(x, y, BOX.width, BOX.height);
    if (chosen || part !== undefined) {
      canvas.fillStyle = colors.strong;
      canvas.fillRect(x - BOX.width / 2, y, BOX.width / 2, BOX.height);
    }
    canvas.globalAlpha = 1;
    return;
  }
  canvas.beginPath();
  canvas.roundRect(x, y, BOX.width, BOX.height, node.end === null ? 6 : BOX.height / 2);
  canvas.fillStyle = part !== undefined || index === scene.hovered ? colors.soft : colors.surface;
  canvas.fill();
  canvas.strokeStyle = chosen || part !== undefined ? colors.strong : color;
  canvas.lineWidth = chosen ? 3.5 : part !== undefined ? 2.5 : 1.25;
  canvas.setLineDash(part === 'reads' && !chosen ? [6, 4] : []);
  canvas.stroke();
  canvas.setLineDash([]);
  if (node.end === null) {
    canvas.beginPath();
    canvas.roundRect(x, y, 8, BOX.height, [6, 0, 0, 6]);
    canvas.fillStyle = color;
    canvas.fill();
  }
  if (node.weights.length > 0) leaf(canvas, x + BOX.width - 16, y + 12, scene.kept.has(index), colors.leaf);
  if (scale >= READABLE) words(canvas, node, x, y, colors);
  canvas.globalAlpha = 1;
}

/** What can be pruned bears a leaf; one that the person keeps whole is only its outline. */
function leaf(canvas: CanvasRenderingContext2D, x: number, y: number, kept: boolean, color: string): void {
  canvas.beginPath();
  canvas.moveTo(x - 6, y + 6);
  canvas.quadraticCurveTo(x - 6, y - 6, x + 6, y - 6);
  canvas.quadraticCurveTo(x + 6, y + 6, x - 6, y + 6);
  canvas.lineWidth = 1.5;
  if (kept) {
    canvas.strokeStyle = color;
    canvas.stroke();
  } else {
    canvas.fillStyle = color;
    canvas.fill();
  }
}

/** The kind and the shape above, the name below; the op of an end says less than its name. */
function words(
  canvas: CanvasRenderingContext2D,
  node: GraphNode,
  x: number,
  y: number,
  colors: Colors,
): void {
  const room = BOX.width - 24 - (node.weights.length > 0 ? 16 : 0);
  canvas.textBaseline = 'middle';
  canvas.fillStyle = colors.ink;
  canvas.font = `600 13px ${FONT}`;
  canvas.fillText(fitting(canvas, node.op, room), x + 16, y + 15);
  canvas.fillStyle = colors.muted;
  canvas.font = `11px ${FONT}`;
  const shape = formatShape(node.outputShape);
  const wide = canvas.measureText(shape).width;
  canvas.fillText(shape, x + BOX.width - 10 - wide, y + 32);
  canvas.fillText(fitting(canvas, node.name, BOX.width - 36 - wide), x + 16, y + 32);
}

const FONT = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Liberation Sans', sans-serif";

/** A text, its beginning cut off where there is no room: names of one file differ at their ends. */
function fitting(canvas: CanvasRenderingContext2D, text: string, room: number): string {
  if (canvas.measureText(text).width <= room) return text;
  const mean = canvas.measureText(text).width / text.length;
  const letters = Math.floor(room / mean) - 1;
  return letters < 2 ? '' : `…${text.slice(-letters)}`;
}
