import { describe, expect, it } from 'vitest';
import { budgets, countedOf } from '../../../main/engine/compress/budgets/index.ts';
import { meet } from '../../../main/engine/compress/budgets/meet.ts';
import { reductionOf } from '../../../main/engine/compress/budgets/reduction.ts';
import { promisesOf } from '../../../main/engine/compress/budgets/terms.ts';
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
    expect(countedOf('sparsity').of(whole)).toBe(weights);
    expect(countedOf('parameters').of(whole)).toBe(weights + 4 + 6 + 5);
    expect(countedOf('macs').of(whole)).toBe((4 * 9 + 6 * 4) * 36 + 5 * 216);
    expect(countedOf('channels').of(whole)).toBe(4 + 6 + 5);
    expect(countedOf('layers').of(whole)).toBe(3);
    // Flatten holds its 6 x 36 numbers twice.
    expect(countedOf('memory').of(whole)).toBe(4 * (weights + 15 + 2 * 6 * 36));
  });

  it('is less under masks only where zeros count', () => {
    const masks = new Map([['c2.weight', new Uint8Array(24).fill(1, 0, 4)]]);
    const counted = budgets.items.flatMap((kind) => ('of' in kind ? [kind] : []));
    const less = counted.map((kind) => [kind.id, kind.of(whole) - kind.of({ network, masks })]);
    expect(Object.fromEntries(less)).toEqual({
      sparsity: 20,
      parameters: 0,
      macs: 0,
      channels: 0,
      layers: 0,
      memory: 0,
    });
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

  it('is told with what was asked for and what came of it', async () => {
    const masks = new Map([['fc.weight', new Uint8Array(1080).fill(1, 0, 40)]]);
    const weights = new Map();
    const subject = { whole: { network, weights }, model: { network, weights, masks } };
    const time = () => Promise.reject(new Error('nothing is timed'));
    expect(await promisesOf({ sparsity: 0.9 }, subject, { time })).toEqual([
      { kind: 'sparsity', before: 1140, asked: expect.closeTo(114, 9) as number, after: 100 },
    ]);
  });
});

describe('demands that only a pruned network tells', () => {
  /** What is left of 1000 units, and the load where 137 may be left. */
  const left = (share: number) => Math.round(1000 * (1 - share));
  const load = (kept: number) => Promise.resolve(kept / 137);

  it('are met by pruning as little as takes them', async () => {
    const { selected, load: found } = await meet(left, load, 0);
    expect(found).toBeLessThanOrEqual(1);
    expect(selected).toBeGreaterThanOrEqual(137 * 0.98);
  });

  it('leave what another demand prunes as it is where that is enough', async () => {
    expect(await meet(left, load, 0.9)).toMatchObject({ selected: 100, share: 0.9 });
  });

  it('are told as missed where nothing meets them', async () => {
    const { load: found } = await meet((share) => 200 + left(share), load, 0);
    expect(found).toBeCloseTo(200 / 137, 2);
  });
});
