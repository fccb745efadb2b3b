import { describe, expect, it } from 'vitest';
import { budgets } from '../../../main/engine/compress/budgets/index.ts';
import { promisesOf, reductionOf } from '../../../main/engine/compress/budgets/promises.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { problemWith } from '../../support/problem.ts';

/** 4 channels of 3x3 over one, 6 of 1x1 over those, 36 pixels each; then 6 * 36 -> 5. */
const network = new NetworkBuilder('small', [1, 6, 6])
  .conv('c1', 4, { kernel: 3, pad: 1 })
  .conv('c2', 6, { kernel: 1 })
  .flatten()
  .dense('fc', 5)
  .build();
const whole = { network, masks: new Map() };

describe('what a budget is of', () => {
  it('is counted as on paper', () => {
    const weights = 4 * 9 + 6 * 4 + 5 * 216;
    expect(budgets.get('sparsity').of(whole)).toBe(weights);
    expect(budgets.get('parameters').of(whole)).toBe(weights + 4 + 6 + 5);
    expect(budgets.get('macs').of(whole)).toBe((4 * 9 + 6 * 4) * 36 + 5 * 216);
    expect(budgets.get('channels').of(whole)).toBe(4 + 6 + 5);
  });

  it('is less under masks only where zeros count', () => {
    const masks = new Map([['c2.weight', new Uint8Array(24).fill(1, 0, 4)]]);
    const before = budgets.items.map((kind) => kind.of(whole));
    const after = budgets.items.map((kind) => kind.of({ network, masks }));
    expect(before.map((amount, i) => amount - (after[i] ?? 0))).toEqual([20, 0, 0, 0]);
  });
});

describe('the share that goes', () => {
  it('is what a share leaves, and what a number leaves of the network', () => {
    expect(reductionOf({ sparsity: 0.9 })).toBe(0.9);
    expect(reductionOf({ macs: 0.25 }, network)).toBe(0.75);
    expect(reductionOf({ parameters: 231 }, network)).toBeCloseTo(1 - 231 / 1155, 12);
  });

  it('is none of a network that has no more than may stay', () => {
    expect(() => reductionOf({ parameters: 1156 }, network)).toThrow(
      problemWith({ code: 'budget/whole', field: 'budget.parameters' }),
    );
  });

  it('is told with what was asked for and what came of it', () => {
    const masks = new Map([['fc.weight', new Uint8Array(1080).fill(1, 0, 40)]]);
    expect(promisesOf({ sparsity: 0.9 }, network, { network, masks })).toEqual([
      { kind: 'sparsity', before: 1140, asked: expect.closeTo(114, 9) as number, after: 100 },
    ]);
  });
});
