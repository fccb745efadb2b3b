import { describe, expect, it } from 'vitest';
import { Control } from '../../../main/engine/base/control.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { SpeedCache } from '../../../main/engine/speed/cache.ts';
import { thisMachine } from '../../../main/engine/speed/key.ts';
import { measuredStairs, stairsOf, widthsAround } from '../../../main/engine/speed/steps.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();

/** Times of a machine that computes so many channels at once. */
const blocks = (step: number, base: number) => widthsAround(base).map((width) => Math.ceil(width / step));

describe('stairs of a layer', () => {
  it.each([4, 8, 16])('are found where %i channels are computed at once', (step) => {
    for (const base of [16, 32]) {
      const { step: found, costs } = stairsOf(blocks(step, base), base);
      expect(found).toBe(step);
      // A whole block more, less the channel's own share.
      const [edge = 0, past = 0] = blocks(step, base).slice(2 * [4, 8, 16].indexOf(step));
      expect(costs).toBeCloseTo(past / edge - 1 - 1 / base, 12);
    }
  });

  it('are none where time grows with every channel, or not at all', () => {
    expect(stairsOf(widthsAround(32), 32).step).toBe(1);
    expect(stairsOf(Array<number>(6).fill(1), 32).step).toBe(1);
  });

  it('are none where one place alone is slow', () => {
    const times: number[] = [...widthsAround(64)];
    times[1] = (times[1] ?? 0) * 1.5;
    // Past 68 alone, which is a multiple of 4 but of neither 8 nor 16.
    expect(stairsOf(times, 64).step).toBe(1);
  });
});

describe('stairs of a network', () => {
  const network = new NetworkBuilder('small', [3, 8, 8]).conv('a', 32).relu().conv('b', 32).relu().flatten().dense('c', 3).build(); // prettier-ignore
  const timing = {
    machine: thisMachine(),
    call: { batch: 1, threads: 1 },
    cache: new SpeedCache(scratch),
    control: new Control(),
  };

  it('are of 1, 4, 8 or 16 channels, and the same when asked again', async () => {
    const first = await measuredStairs('onnxruntime', network, timing);
    expect([1, 4, 8, 16]).toContain(first.step);
    expect(await measuredStairs('onnxruntime', network, timing)).toEqual(first);
  });

  it('are none without convolutions wide enough to tell', async () => {
    const dense = new NetworkBuilder('dense', [4]).dense('a', 64).build();
    expect(await measuredStairs('onnxruntime', dense, timing)).toEqual({ step: 1, costs: 0 });
  });
});
