import { describe, expect, it } from 'vitest';
import type { GraphNode } from '../../main/contract/graph.ts';
import type { NetworkGroups } from '../../main/contract/groups.ts';
import { BOX, type Edge } from '../../renderer/screens/network/box.ts';
import { groupsOf, partsOf } from '../../renderer/screens/network/group-parts.ts';
import { kindOf } from '../../renderer/screens/network/kinds.ts';
import { layOut } from '../../renderer/screens/network/layout.ts';
import { neighbour } from '../../renderer/screens/network/moves.ts';
import {
  boundsOf,
  firstView,
  fitted,
  kept,
  moved,
  nodeAt,
  READABLE,
  showing,
  zoomed,
} from '../../renderer/screens/network/view.ts';
import { ops } from '../../main/engine/network/ops/index.ts';

/** 0 forks into 1-2 and 3, which 4 joins. */
const edges: Edge[] = [
  [0, 1],
  [1, 2],
  [0, 3],
  [2, 4],
  [3, 4],
];
const layout = layOut(5, edges);
const size = { width: 600, height: 400 };
const onScreen = (view: { x: number; y: number; scale: number }, node: number) => ({
  x: (layout.nodes[node]!.x - view.x) * view.scale,
  y: (layout.nodes[node]!.y - view.y) * view.scale,
});

describe('what is seen of a network', () => {
  it('stays where it is when the network is laid out anew, and begins anew with another network', () => {
    const names = ['in', 'a', 'b', 'side', 'out'];
    const view = showing(
      zoomed(firstView(boundsOf(layout), size), 2, { x: 300, y: 350 }),
      layout.nodes[3]!,
      size,
    );
    expect(kept(view, size, { layout, names }, { layout, names })).toEqual(view);

    // The same layers, moved: what is in the middle is seen at the same place.
    const [right, down] = [70, 130];
    const further = {
      ...layout,
      nodes: layout.nodes.map((node) => ({ ...node, x: node.x + right, y: node.y + down })),
    };
    const after = kept(view, size, { layout, names }, { layout: further, names });
    expect(after).toEqual({ ...view, x: view.x + right, y: view.y + down });

    // One that comes first moves all others to other places of the list.
    const longer = { ...further, nodes: [{ ...further.nodes[0]!, x: 0, y: -999 }, ...further.nodes] };
    expect(kept(view, size, { layout, names }, { layout: longer, names: ['new', ...names] })).toEqual(after);

    const others = names.map((name) => `${name} of another`);
    expect(kept(view, size, { layout, names }, { layout, names: others })).toBeNull();
    const empty = { layout: { ...layout, nodes: [], edges: [] }, names: [] };
    expect(kept(view, size, empty, { layout, names })).toBeNull();
  });

  it('is all of it when it is fitted, in the middle', () => {
    const bounds = boundsOf(layout);
    const view = fitted(bounds, size);
    for (let node = 0; node < 5; node++) {
      const { x, y } = onScreen(view, node);
      expect(x).toBeGreaterThan(0);
      expect(x).toBeLessThan(size.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(size.height);
    }
    const middle = (bounds.top + bounds.bottom) / 2;
    expect((middle - view.y) * view.scale).toBeCloseTo(size.height / 2);
  });

  it('begins with the first layers at a size that can be read where all would be too small', () => {
    const long = layOut(
      500,
      Array.from({ length: 499 }, (_, i): Edge => [i, i + 1]),
    );
    const view = firstView(boundsOf(long), size);
    expect(view.scale).toBeGreaterThanOrEqual(READABLE);
    expect(nodeAt(long, view, { x: size.width / 2, y: (BOX.height / 2 - view.y) * view.scale })).toBe(0);
  });

  it('keeps the point under the pointer where it is when it grows', () => {
    const view = fitted(boundsOf(layout), size);
    const at = onScreen(view, 3);
    const after = zoomed(view, 1.7, at);
    expect(onScreen(after, 3).x).toBeCloseTo(at.x);
    expect(onScreen(after, 3).y).toBeCloseTo(at.y);
    expect(nodeAt(layout, after, at)).toBe(3);
  });

  it('never loses the drawing out of sight, and brings a chosen box back into it', () => {
    const far = moved(fitted(boundsOf(layout), size), { x: 1e6, y: 1e6 }, boundsOf(layout), size);
    const { right, bottom } = boundsOf(layout);
    expect(far.x).toBeLessThan(right);
    expect(far.y).toBeLessThan(bottom);
    const back = showing(far, layout.nodes[0]!, size);
    const { x, y } = onScreen(back, 0);
    expect(x > 0 && x < size.width && y > 0 && y < size.height).toBe(true);
  });
});

describe('arrows in the graph', () => {
  it('follow the edges up and down, and lead to what lies beside', () => {
    expect(neighbour(layout, edges, 2, 'down')).toBe(4);
    expect(neighbour(layout, edges, 2, 'up')).toBe(1);
    expect([1, 3]).toContain(neighbour(layout, edges, 0, 'down'));
    expect(neighbour(layout, edges, 4, 'down')).toBeNull();
    const aside = layout.nodes[3]!.x > layout.nodes[1]!.x ? 'right' : 'left';
    expect(neighbour(layout, edges, 1, aside)).toBe(3);
  });
});

describe('kinds of layers', () => {
  it('puts what has weights, norms and activations of the engine where people look for them', () => {
    const of = (kind: string) => Object.keys(ops).filter((op) => kindOf(op) === kind);
    expect(of('weights')).toEqual(['Conv2D', 'ConvTranspose2D', 'Dense', 'MatMul']);
    expect(of('norm')).toEqual(['BatchNorm', 'GroupNorm', 'LayerNorm', 'LRN']);
    expect(of('activation')).toContain('HardSwish');
    expect(of('other')).toContain('Reshape');
    expect(kindOf('Input')).toBe('end');
  });
});

const node = (name: string, params: string[] = []): GraphNode => ({
  name,
  op: 'Conv2D',
  end: null,
  outputShape: [],
  parameters: 0,
  macs: 0,
  weights: [],
  params: params.map((param) => ({ use: 'weight', name: param, shape: [] })),
  attrs: [],
});
const groups: NetworkGroups = {
  name: 'n',
  parameters: 0,
  macs: 0,
  prunable: ['a.weight', 'b.weight'],
  groups: [
    {
      name: 'a',
      unit: 'channel',
      width: 8,
      makers: ['a'],
      readers: ['b'],
      slices: [
        { param: 'a.weight', axis: 0, indices: 1, side: 'makes' },
        { param: 'bn.scale', axis: 0, indices: 1, side: 'along' },
        { param: 'b.weight', axis: 1, indices: 1, side: 'reads' },
      ],
      parameters: 10,
      macs: 100,
    },
  ],
  held: [
    {
      name: 'b',
      unit: 'channel',
      width: 4,
      makers: ['b'],
      readers: [],
      slices: [],
      reasons: [{ text: 'They are the answer.', of: 'y', axis: 1 }],
    },
  ],
};

describe('the groups of a layer', () => {
  it('are those that it makes, then those that it reads, with why they stay', () => {
    const found = groupsOf(node('b', ['b.weight']), groups, []);
    expect(found.map(({ name, part, reasons }) => [name, part, reasons])).toEqual([
      ['b', 'makes', ['They are the answer.']],
      ['a', 'reads', []],
    ]);
    expect(groupsOf(node('relu'), groups, [])).toEqual([]);
  });

  it('stay by a choice too, and then the reason names it', () => {
    const [group] = groupsOf(node('a', ['a.weight']), groups, ['a.weight']);
    expect(group?.reasons).toEqual(["You exclude 'a.weight'."]);
    expect(group?.free).toBe(true);
  });

  it('are shown at all layers that have a part in them, norms between them too', () => {
    const nodes = [node('a', ['a.weight']), node('bn', ['bn.scale']), node('b', ['b.weight']), node('c')];
    expect([...partsOf(nodes, groups.groups[0]!)]).toEqual([
      ['a', 'makes'],
      ['bn', 'makes'],
      ['b', 'reads'],
    ]);
  });
});
