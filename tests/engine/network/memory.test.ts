import { describe, expect, it } from 'vitest';
import { peakActivationBytes } from '../../../main/engine/network/memory.ts';
import type { Network, Node } from '../../../main/engine/network/graph.ts';

const node = (op: string, name: string, inputs: string[], attrs: Node['attrs'] = {}): Node => ({
  op,
  name,
  inputs,
  outputs: [name],
  params: {},
  attrs,
});

const network = (nodes: Node[], outputs: string[]): Network => ({
  name: 'net',
  inputs: [{ name: 'x', shape: [2, 4, 4] }],
  outputs,
  nodes,
  params: {},
});

/** One value of 2 x 4 x 4 floats. */
const VALUE = 2 * 4 * 4 * 4;

describe('peakActivationBytes', () => {
  it('holds input and output of the layer that computes, however long the chain is', () => {
    const chain = ['a', 'b', 'c', 'd'].map((name, i, all) => node('Relu', name, [all[i - 1] ?? 'x']));
    expect(peakActivationBytes(network(chain, ['d']))).toBe(2 * VALUE);
  });

  it('holds a skipped value until its last reader', () => {
    const skip = [node('Relu', 'a', ['x']), node('Relu', 'b', ['a']), node('Add', 'sum', ['b', 'x'])];
    // While b is made: x (which the sum reads), a and b; while the sum is made: x, b and the sum.
    expect(peakActivationBytes(network(skip, ['sum']))).toBe(3 * VALUE);
  });

  it('keeps outputs to the end, and counts a value that is read twice once', () => {
    const two = [node('Relu', 'a', ['x']), node('Add', 'b', ['a', 'a']), node('Relu', 'c', ['b'])];
    expect(peakActivationBytes(network(two, ['a', 'c']))).toBe(3 * VALUE);
    expect(peakActivationBytes(network(two, ['c']))).toBe(2 * VALUE);
  });

  it('shrinks with the values', () => {
    const pooled = [node('Relu', 'a', ['x']), node('GlobalAvgPool', 'b', ['a'])];
    expect(peakActivationBytes(network(pooled, ['b']))).toBe(2 * VALUE);
  });
});
