import { describe, expect, it } from 'vitest';
import { attention } from './networks.ts';
import { Graph } from './graph.ts';
import { NetworkBuilder } from '../../../../main/engine/network/builder.ts';
import { coupling, type Coupling } from '../../../../main/engine/network/coupling/index.ts';
import type { Network } from '../../../../main/engine/network/graph.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';

const build = (id: string): Network => {
  const entry = zoo.get(id);
  return entry.build({ input: entry.defaultInput, classes: 10 });
};

const widths = ({ groups }: Coupling) =>
  Object.fromEntries(groups.map(({ name, components }) => [name, components.length]));

/** 'conv1.weight/0: 3' for every slice of a component. */
const slices = (found: Coupling, group: string, index: number) =>
  found.groups
    .find(({ name }) => name === group)
    ?.components[index]?.members.map(({ param, axis, indices }) => `${param}/${axis}: ${indices.join()}`);

describe('coupled channels', () => {
  it('are found once for a network and each way in which its channels may leave', () => {
    const net = build('resnet-20');
    expect(coupling(net)).toBe(coupling(net, {}));
    expect(coupling(net, { grouped: 'whole' })).not.toBe(coupling(net));
    expect(coupling({ ...net })).not.toBe(coupling(net));
  });

  it('are those of the stages and of the blocks of a residual network', () => {
    const { groups, held } = coupling(build('resnet-20'));
    const stages = groups.filter(({ makers }) => makers.length > 1);
    expect(stages.map(({ name, components }) => [name, components.length])).toEqual([
      ['conv1', 16],
      ['stage2.block1.conv2', 32],
      ['stage3.block1.conv2', 64],
    ]);
    expect(stages[0]?.makers).toEqual([
      'conv1',
      'stage1.block1.conv2',
      'stage1.block2.conv2',
      'stage1.block3.conv2',
    ]);
    expect(groups.filter(({ makers }) => makers.length === 1)).toHaveLength(9);
    expect(held.map(({ name, reasons }) => [name, reasons.map(({ text }) => text)])).toEqual([
      ['input of conv1', ["'input' is what the network is given."]],
      ['fc', ["'fc' is what the network answers."]],
    ]);
  });

  it('have filters, batch norm and columns of the next layer', () => {
    const net = new NetworkBuilder('small', [3, 8, 8])
      .conv('conv', 4)
      .batchNorm('bn')
      .relu()
      .conv('next', 5)
      .globalAvgPool()
      .flatten()
      .dense('fc', 2)
      .build();
    const found = coupling(net);
    expect(slices(found, 'conv', 2)).toEqual([
      'conv.weight/0: 2',
      'conv.bias/0: 2',
      'bn.scale/0: 2',
      'bn.shift/0: 2',
      'bn.mean/0: 2',
      'bn.variance/0: 2',
      'next.weight/1: 2',
    ]);
    expect(found.groups[0]?.components[0]?.members.map(({ side }) => side)).toEqual([
      'makes',
      'makes',
      'along',
      'along',
      'along',
      'along',
      'reads',
    ]);
  });

  it('have a run of columns behind a flattening, and a comb of them where channels are last', () => {
    const first = new NetworkBuilder('first', [1, 4, 4]).conv('conv', 3, { pad: 0 }).flatten().dense('fc', 2);
    expect(slices(coupling(first.build()), 'conv', 1)?.at(-1)).toBe('fc.weight/1: 4,5,6,7');
    const last = new NetworkBuilder('last', [1, 4, 4])
      .conv('conv', 3, { pad: 0 })
      .layer('turn', 'Transpose', { perm: [0, 2, 3, 1] })
      .flatten()
      .dense('fc', 2);
    expect(slices(coupling(last.build()), 'conv', 1)?.at(-1)).toBe('fc.weight/1: 1,4,7,10');
  });

  it('keep apart what a concatenation puts side by side', () => {
    const net = new NetworkBuilder('dense', [2, 6, 6]).conv('a', 3);
    const a = net.value;
    net.conv('b', 4);
    net
      .layer('both', 'Concat', { axis: 1 }, {}, [a, net.value])
      .conv('c', 5)
      .globalAvgPool()
      .flatten()
      .dense('fc', 2);
    const found = coupling(net.build());
    expect(widths(found)).toEqual({ a: 3, b: 4, c: 5 });
    expect(slices(found, 'a', 2)).toEqual(['a.weight/0: 2', 'a.bias/0: 2', 'b.weight/1: 2', 'c.weight/1: 2']);
    expect(slices(found, 'b', 0)).toEqual(['b.weight/0: 0', 'b.bias/0: 0', 'c.weight/1: 3']);
  });

  it('of a grouped convolution are the same index of every group, or whole groups', () => {
    const net = new NetworkBuilder('grouped', [2, 6, 6])
      .conv('a', 6)
      .conv('b', 9, { groups: 3 })
      .globalAvgPool()
      .flatten()
      .dense('fc', 2)
      .build();
    const relative = coupling(net);
    expect(widths(relative)).toEqual({ a: 2, b: 3 });
    expect(slices(relative, 'a', 1)).toEqual(['a.weight/0: 1,3,5', 'a.bias/0: 1,3,5', 'b.weight/1: 1']);
    const whole = coupling(net, { grouped: 'whole' });
    expect(widths(whole)).toEqual({ a: 3 });
    expect(slices(whole, 'a', 1)).toEqual([
      'a.weight/0: 2,3',
      'a.bias/0: 2,3',
      'b.weight/0: 3,4,5',
      'b.bias/0: 3,4,5',
      'fc.weight/1: 3,4,5',
    ]);
  });

  it('are held by what needs all of them, with the layer that does', () => {
    const net = new NetworkBuilder('held', [2, 6, 6])
      .conv('a', 4)
      .layer('norm', 'LRN', { size: 3 })
      .conv('b', 1)
      .conv('c', 4)
      .layer('mean', 'ReduceMean', { axes: [1] })
      .flatten()
      .dense('fc', 2)
      .build();
    const { groups, held } = coupling(net);
    expect(groups).toEqual([]);
    expect(held.flatMap(({ name, reasons }) => reasons.map(({ text, node }) => [name, text, node]))).toEqual([
      ['a', "LRN 'norm' divides by the squares of neighbouring ones.", 'norm'],
      ['input of a', "'input' is what the network is given.", undefined],
      ['b', "Without them nothing would be left of 'b'.", undefined],
      ['c', "ReduceMean 'mean' divides by how many there are.", 'mean'],
      ['fc', "'fc' is what the network answers.", undefined],
      ['input of fc', "Conv2D 'c' takes them as rows, columns or steps, which are no channels.", 'c'],
    ]);
  });

  it('stay where a sum over them would not be the same: what is masked is one half behind a sigmoid', () => {
    const summed = (activation: string) => {
      const g = new Graph([6, 8]);
      const [q, k] = [g.dense(g.x, 5), g.dense(g.x, 5)].map((value) => g.add(activation, [value])) as [
        string,
        string,
      ];
      const scores = g.add('MatMul', [q, g.transpose(k, 0, 2, 1)]);
      return coupling(g.build(g.dense(g.add('Flatten', [scores]), 3)));
    };
    expect(widths(summed('Relu'))).toEqual({ dense0: 5 });
    expect(summed('Sigmoid').groups).toEqual([]);
    expect(summed('Sigmoid').held.map(({ reasons }) => reasons[0]?.text)).toContain(
      "MatMul 'matmul5' adds them up, and what is masked is not zero there.",
    );
  });

  it('of an attention layer are whole heads, or the same index of every head', () => {
    const net = attention({ tokens: 5, width: 8, heads: 2 });
    const heads = coupling(net);
    expect(heads.groups.map(({ name, unit, components }) => [name, unit, components.length])).toEqual([
      ['dense0', 'head', 2],
      ['dense15', 'unit', 8],
    ]);
    expect(slices(heads, 'dense0', 1)).toEqual([
      ...['dense0', 'dense1', 'dense2'].flatMap((name) => [
        `${name}.weight/0: 4,5,6,7`,
        `${name}.bias/0: 4,5,6,7`,
      ]),
      'dense15.weight/1: 4,5,6,7',
    ]);
    const index = coupling(net, { attention: 'width' });
    expect(index.groups.map(({ name, unit, components }) => [name, unit, components.length])).toEqual([
      ['dense0', 'head index', 4],
      ['dense2', 'head index', 4],
      ['dense15', 'unit', 8],
    ]);
    expect(slices(index, 'dense0', 3)).toEqual(
      ['dense0', 'dense1'].flatMap((name) => [`${name}.weight/0: 3,7`, `${name}.bias/0: 3,7`]),
    );
    expect(slices(index, 'dense2', 0)?.at(-1)).toBe('dense15.weight/1: 0,4');
  });
});
