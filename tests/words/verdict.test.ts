import { describe, expect, it } from 'vitest';
import { verdict } from '../../main/words/verdict.ts';
import { compressedSide, samplePairs, side } from '../engine/report/sample.ts';

const latency = (median: number) => ({
  median,
  p90: null,
  p95: median * 1.1,
  batch: 1,
  threads: 2,
  runs: 300,
});
type Facts = Parameters<typeof verdict>[0];
const say = (changes: Partial<Facts> = {}) =>
  verdict({
    original: null,
    dense: side(),
    compressed: compressedSide(),
    pairs: samplePairs,
    data: { test: 2000 },
    sparsity: 0.9,
    promises: [],
    sizes: [],
    ...changes,
  });
const gist = (changes: Partial<Facts> = {}) => say(changes).split(': ')[0];

describe('verdict', () => {
  it('says smaller download, same speed where only zeros were made, and how sure the accuracy is', () => {
    expect(say()).toBe(
      '4.6× smaller download, same speed, no measurable change in accuracy: 90.0 % of the prunable weights are zero, the download goes from 990 kB to 215 kB gzipped, and test accuracy falls by 0.2 points from the 97.85 % to 97.65 % (−0.63 to +0.23 points with 95 % confidence, 2,000 test samples: too few to tell this from no change).',
    );
  });

  it('says what WebAssembly gains where it was measured to be faster', () => {
    const wasm = (median: number) => ({
      ...{ format: 'wasm', bytes: 130_000, gzipBytes: 125_000, accuracy: null, exact: null },
      latencyMs: latency(median),
      besideMs: latency(0.1),
    });
    expect(gist({ sizes: [wasm(0.0295)] })).toBe(
      '4.6× smaller download, 3.4× faster in WebAssembly, same speed in onnxruntime, no measurable change in accuracy',
    );
    expect(say({ sizes: [wasm(0.0295)] })).toContain(
      'as WebAssembly a call takes 0.0295 ms on one thread, where the dense network in onnxruntime takes 0.100 ms',
    );
    expect(gist({ sizes: [wasm(0.2)] })).toBe(gist());
  });

  it('says what is gone of what the budget is of where no dense network is beside', () => {
    const promises = [{ kind: 'macs' as const, before: 40_813_184, asked: 20_406_592, after: 20_400_000 }];
    expect(say({ promises, dense: null })).toContain('50.0 % of the MACs are gone, the download is');
    // Rounded down: what is not quite all is never called all.
    const nearly = [{ kind: 'macs' as const, before: 100_000, asked: 50, after: 20 }];
    expect(say({ promises: nearly, dense: null })).toContain('99.9 % of the MACs are gone');
  });

  it('has the accuracy in its head where it changed', () => {
    const compressed = compressedSide({ accuracy: 0.9455 });
    expect(gist({ compressed, pairs: { lost: 80, gained: 14, samples: 2000 } })).toBe(
      '4.6× smaller download, same speed, 3.3 points less accurate',
    );
    const better = compressedSide({ accuracy: 0.9885 });
    expect(gist({ compressed: better, pairs: { lost: 2, gained: 22, samples: 2000 } })).toMatch(
      /, 1 point more accurate$/,
    );
    expect(gist({ compressed: side(), pairs: { lost: 0, gained: 0, samples: 2000 } })).toMatch(
      /^Same download, same speed, same accuracy$/,
    );
  });

  it('knows no pairs in old reports, and is more careful then', () => {
    expect(gist({ pairs: null })).toMatch(/no measurable change in accuracy$/);
    expect(gist({ pairs: null, compressed: compressedSide({ accuracy: 0.9 }) })).toMatch(
      /7\.85 points less accurate$/,
    );
  });

  it("compares with the person's own file where it was trained again", () => {
    const facts = {
      original: side({ accuracy: 0.99, gzipBytes: 2_000_000 }),
      dense: side({ accuracy: 0.9 }),
      pairs: { lost: 30, gained: 3, samples: 2000 },
    };
    const text = say(facts);
    expect(text).toMatch(/^9\.3× smaller download, same speed, 1\.35 points less accurate: /);
    expect(text).toContain("from the 99.00 % of your file's network to 97.65 %");
  });

  it('claims speed only beyond the noise, with the times', () => {
    const dense = side({ latencyMs: latency(2) });
    const faster = say({ dense, compressed: compressedSide({ latencyMs: latency(1) }) });
    expect(faster).toMatch(/^4\.6× smaller download, 2\.0× faster, .* a call takes 1\.00 ms after 2\.00 ms/);
    const noise = say({ dense, compressed: compressedSide({ latencyMs: latency(1.95) }) });
    expect(noise).toMatch(/^4\.6× smaller download, same speed/);
    expect(noise).not.toContain('faster');
  });

  it('does not hide losses', () => {
    const compressed = compressedSide({ latencyMs: latency(4), gzipBytes: 2_000_000, accuracy: 0.6 });
    const pairs = { lost: 757, gained: 0, samples: 2000 };
    expect(gist({ dense: side({ latencyMs: latency(2) }), compressed, pairs })).toBe(
      '2.0× larger download, 2.0× slower, 37.85 points less accurate',
    );
  });

  it('says so when the network only guesses', () => {
    expect(say({ compressed: compressedSide({ accuracy: 0.11 }) })).toMatch(/^Pruned too far/);
    const binary = say({
      dense: side({ perClass: [1, 1], accuracy: 0.99 }),
      compressed: compressedSide({ perClass: [1, 0], accuracy: 0.95 }),
    });
    expect(binary).toMatch(/smaller download/);
  });

  it('never rounds up to all weights', () => {
    expect(say({ sparsity: 0.99996 })).toContain('99.9 % of the prunable weights');
  });

  it('claims nothing where there is no dense network', () => {
    const text = say({ dense: null, pairs: null });
    expect(text).toMatch(/^90\.0 % .* 215 kB gzipped, and test accuracy is 97\.65 %; no dense network/);
    expect(text).not.toMatch(/faster|smaller|same/);
  });
});
