import { describe, expect, it } from 'vitest';
import { describeGraph } from '../../../main/engine/ask/graph.ts';
import { summarizeNetwork } from '../../../main/engine/network/summary.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const resnet = zoo.get('resnet-20', 'network').build({ input: [3, 32, 32], classes: 10 });

describe('a network as it is drawn', () => {
  it('has an edge for everything that a node reads, and none back', () => {
    const { nodes, edges } = describeGraph(resnet);
    for (const [from, to] of edges) expect(from).toBeLessThan(to);
    const read = resnet.nodes.reduce((sum, node) => sum + node.inputs.length, 0);
    expect(edges).toHaveLength(read + resnet.outputs.length);
    const readersOf = (index: number) => edges.filter(([from]) => from === index).length;
    // Nothing of this network is left unread: from the input a way leads to every layer and on to the end.
    nodes.forEach(({ end }, index) => {
      expect(readersOf(index) > 0).toBe(end !== 'output');
    });
    const add = nodes.findIndex(({ op }) => op === 'Add');
    expect(edges.filter(([, to]) => to === add)).toHaveLength(2);
  });

  it('tells of every layer what the layer table tells', () => {
    const graph = describeGraph(resnet);
    const summary = summarizeNetwork(resnet);
    const layers = graph.nodes.filter(({ end }) => end === null);
    expect(
      layers.map(({ name, op, outputShape, parameters, macs, weights }) => ({
        name,
        op,
        outputShape,
        parameters,
        macs,
        weights,
      })),
    ).toEqual(summary.layers);
    expect(layers.reduce((sum, { macs }) => sum + macs, 0)).toBe(graph.macs);
    expect(layers.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(graph.parameters);
  });

  it('names the parameters of a layer with their shapes, and its attributes', () => {
    const { nodes } = describeGraph(resnet);
    const conv = nodes.find(({ op }) => op === 'Conv2D');
    expect(conv?.params).toContainEqual({ use: 'weight', name: conv?.weights[0], shape: [16, 3, 3, 3] });
    expect(conv?.attrs.length).toBeGreaterThan(0);
    expect(nodes[0]).toMatchObject({ end: 'input', outputShape: [3, 32, 32] });
    expect(nodes.at(-1)).toMatchObject({ end: 'output', outputShape: [10] });
  });

  it('refuses what nobody could look at, and says where it can be seen', () => {
    const [first] = resnet.nodes;
    if (first === undefined) throw new Error('no node');
    const many = { ...resnet, nodes: new Array<typeof first>(20_000).fill(first) };
    expect(() => describeGraph(many)).toThrow(/at most 20000 are drawn/);
  });
});
