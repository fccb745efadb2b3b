import { describe, expect, it } from 'vitest';
import { speedUpWords } from '../../main/words/speed-up.ts';
import { verdict } from '../../main/words/verdict.ts';
import { compressedSide, samplePairs, side } from '../engine/report/sample.ts';

const latency = (median: number, batch = 1) => ({
  median,
  p90: median * 1.05,
  p95: median * 1.1,
  batch,
  threads: 2,
  runs: 300,
});
const at = (macs: number, one: number, many: number | null) =>
  side({ macs, latencyMs: latency(one), latencyOfMany: many === null ? null : latency(many, 32) });

const say = (dense: ReturnType<typeof side> | null, compressed: ReturnType<typeof side>) =>
  speedUpWords({ original: null, dense, compressed });

describe('what fewer operations promise and what was measured', () => {
  it('agree where the times are at least nine tenths of it', () => {
    expect(say(at(400, 4, 40), at(100, 1.1, 10))).toBe(
      '4.0× fewer multiply-accumulates; measured here in onnxruntime, a call is 3.6× faster at batch 1 and 4.0× faster at batch 32, as the operations promise.',
    );
  });

  it('disagree where either time is less, or within noise', () => {
    expect(say(at(400, 4, 40), at(100, 2, 10))).toMatch(
      /2\.0× faster at batch 1 and 4\.0× faster at batch 32: less than the operations promise/,
    );
    expect(say(at(400, 4, null), at(100, 3.95, null))).toMatch(
      /a call is as fast as before at batch 1: less than/,
    );
    expect(say(at(400, 2, null), at(100, 4, null))).toMatch(/2\.0× slower at batch 1: less than/);
  });

  it('are not compared where no operation left', () => {
    expect(say(at(400, 4, 40), at(400, 1, 10))).toBeNull();
    expect(say(null, at(100, 1, 10))).toBeNull();
  });
});

describe('the verdict of a network with fewer channels', () => {
  const judged = (sparsity: number) =>
    verdict({
      original: null,
      dense: side({ parameters: 1000, macs: 8000 }),
      compressed: compressedSide({ parameters: 400, macs: 2000 }),
      pairs: samplePairs,
      data: { test: 2000 },
      sparsity,
      promises: [],
      sizes: [],
    });

  it('says what is gone, and of zeros only where there are any', () => {
    expect(judged(0)).toContain(
      ': 60.0 % of the parameters and 75.0 % of the multiply-accumulates are gone, the download',
    );
    expect(judged(0.5)).toContain('are gone, 50.0 % of the other weights are zero, the download');
  });
});
