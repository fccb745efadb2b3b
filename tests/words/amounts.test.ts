import { describe, expect, it } from 'vitest';
import type { Budget } from '../../main/contract/amount.ts';
import { askedShort, askedToGo, askedWords, goneWords, leftOf } from '../../main/words/amounts.ts';

describe('a budget in words', () => {
  it.each<[Budget, string, string, number | null]>([
    [{ sparsity: 0.9 }, '90 % of the weights pruned', '90 %', 0.9],
    [{ macs: 0.5 }, '50 % of the MACs kept', '50 % of the MACs', 0.5],
    [{ channels: 0.25 }, '25 % of the channels kept', '25 % of the channels', 0.75],
    [{ parameters: 100_000 }, '100,000 parameters kept', '100,000 parameters', null],
  ])('%j', (budget, sentence, name, gone) => {
    expect(askedWords(budget)).toBe(sentence);
    expect(askedShort(budget)).toBe(name);
    const found = askedToGo(budget);
    if (gone === null) expect(found).toBeNull();
    else expect(found).toBeCloseTo(gone, 12);
  });
});

it('a sparsity is of channels where they are what it counts, and other budgets are of what they say', () => {
  expect(askedWords({ sparsity: 0.5 }, 'channels')).toBe('50 % of the channels pruned');
  expect(askedShort({ sparsity: 0.5 }, 'channels')).toBe('50 % fewer channels');
  expect(askedWords({ macs: 0.5 }, 'channels')).toBe('50 % of the MACs kept');
});

describe('what is left', () => {
  it('is of what was promised', () => {
    const left = leftOf({
      promises: [{ kind: 'macs', before: 400, asked: 200, after: 100 }],
      sparsity: 0,
    });
    expect(left).toEqual({ kind: 'macs', things: 'MACs', share: 0.25, gone: 0.75 });
    expect(goneWords(left)).toBe('75 % of the MACs gone');
  });

  it('is of the weights where a report of an older version promises nothing', () => {
    expect(leftOf({ promises: [], sparsity: 0.75 })).toMatchObject({ kind: 'sparsity', share: 0.25 });
  });
});
