import { describe, expect, it } from 'vitest';
import { unsuitedMethods } from '../../../main/engine/compress/unsuited.ts';
import type { Network, Node } from '../../../main/engine/network/graph.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const built = (id: string): Network => {
  const entry = zoo.get(id);
  return entry.build({ input: entry.defaultInput, classes: 10 });
};
/** The same network with another activation in place of every ReLU. */
const withActivation = (network: Network, op: Node['op']): Network => ({
  ...network,
  nodes: network.nodes.map((node) => (node.op === 'Relu' ? { ...node, op } : node)),
});

describe('methods that cannot prune a network', () => {
  it('are those that go by batch norms where there are none', () => {
    const { criteria, paradigms } = unsuitedMethods(built('lenet-300-100'));
    expect(Object.keys(criteria)).toEqual(['bn-scale']);
    expect(criteria['bn-scale']?.message).toContain('has no batch norms');
    expect(paradigms).toEqual({});
  });

  it('are none for a network with batch norms and ReLU', () => {
    expect(unsuitedMethods(built('vgg-like'))).toEqual({ criteria: {}, paradigms: {} });
  });

  it('name the layer through which no flow goes, or whose edge of chaos is not known', () => {
    const { criteria, paradigms } = unsuitedMethods(withActivation(built('vgg-like'), 'Sigmoid'));
    expect(Object.keys(criteria)).toContain('synflow');
    expect(criteria['synflow']?.message).toContain('Sigmoid');
    expect(Object.keys(paradigms)).toEqual(['sbp']);
    expect(paradigms['sbp']?.message).toContain('Sigmoid');
  });
});
