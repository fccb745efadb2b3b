import { describe, expect, it } from 'vitest';
import { verdict } from '../../../main/engine/report/verdict.ts';
import { compressedSide, side } from './sample.ts';

const latency = (median: number) => ({ median, p95: median * 1.1, batch: 1, threads: 2, runs: 300 });

describe('verdict', () => {
  it('says smaller download, same speed where only zeros were made', () => {
    expect(verdict({ dense: side(), compressed: compressedSide(), sparsity: 0.9 })).toBe(
      'Smaller download, same speed: 90.0 % of the prunable weights are zero, the download is 4.6 times smaller (990 kB to 215 kB gzipped), and test accuracy falls by 0.20 points (97.85 % to 97.65 %).',
    );
  });

  it('claims speed only beyond the noise, with the times', () => {
    const dense = side({ latencyMs: latency(2) });
    const faster = verdict({ dense, compressed: compressedSide({ latencyMs: latency(1) }), sparsity: 0.9 });
    expect(faster).toMatch(
      /^Smaller download, faster: .* it runs 2\.0 times faster \(2\.00 ms to 1\.00 ms a call\)/,
    );
    const noise = verdict({ dense, compressed: compressedSide({ latencyMs: latency(1.95) }), sparsity: 0.9 });
    expect(noise).toMatch(/^Smaller download, same speed/);
    expect(noise).not.toContain('faster');
  });

  it('does not hide losses', () => {
    const compressed = compressedSide({ latencyMs: latency(4), gzipBytes: 2_000_000, accuracy: 0.6 });
    const text = verdict({ dense: side({ latencyMs: latency(2) }), compressed, sparsity: 0.3 });
    expect(text).toMatch(
      /^Larger download, slower: .*2\.0 times larger.*2\.0 times slower.*falls by 37\.85 points/,
    );
  });

  it('says so when the network only guesses', () => {
    const compressed = compressedSide({ accuracy: 0.11 });
    expect(verdict({ dense: side(), compressed, sparsity: 0.999 })).toMatch(/^Pruned too far/);
    const binary = verdict({
      dense: side({ perClass: [1, 1], accuracy: 0.99 }),
      compressed: compressedSide({ perClass: [1, 0], accuracy: 0.95 }),
      sparsity: 0.9,
    });
    expect(binary).toMatch(/^Smaller download/);
  });

  it('never rounds up to all weights, and calls a rise a rise', () => {
    const text = verdict({
      dense: side(),
      compressed: compressedSide({ accuracy: 0.98 }),
      sparsity: 0.99996,
    });
    expect(text).toContain('99.9 % of the prunable weights');
    expect(text).toContain('rises by 0.15 points');
    expect(verdict({ dense: side(), compressed: side(), sparsity: 0 })).toMatch(
      /^Same download, same speed: 0\.0 % .* stays at 97\.85 %\.$/,
    );
  });

  it('claims nothing where there is no dense network', () => {
    const text = verdict({ dense: null, compressed: compressedSide(), sparsity: 0.9 });
    expect(text).toMatch(/^90\.0 % .* 215 kB gzipped, and test accuracy is 97\.65 %; no dense network/);
    expect(text).not.toMatch(/faster|smaller|same/);
  });
});
