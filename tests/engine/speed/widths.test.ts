import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MeasuredWidths } from '../../../main/contract/speed.ts';
import { CancelledError, Control } from '../../../main/engine/base/control.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { bestWidths } from '../../../main/engine/speed/best-widths.ts';
import { SpeedCache } from '../../../main/engine/speed/cache.ts';
import { thisMachine } from '../../../main/engine/speed/key.ts';
import { measuredWidths, predictedMs } from '../../../main/engine/speed/widths.ts';
import { temporaryFolder } from '../../support/folder.ts';

const scratch = temporaryFolder();

describe('widths of a network, measured', () => {
  const network = new NetworkBuilder('small', [3, 8, 8]).conv('a', 24).relu().conv('b', 24).relu().flatten().dense('c', 3).build(); // prettier-ignore
  const timing = {
    machine: thisMachine(),
    call: { batch: 1, threads: 1 },
    cache: new SpeedCache(scratch),
    control: new Control(),
  };

  it('are offered for every group, with all units last, and kept', async () => {
    const shares: number[] = [];
    const first = await measuredWidths('onnxruntime', network, {}, timing, (share) => shares.push(share));
    expect(first.groups.map(({ name, units }) => [name, units])).toEqual([
      ['a', 24],
      ['b', 24],
    ]);
    for (const { widths, units } of first.groups) {
      const offered = widths.map(({ width }) => width);
      expect(offered.at(-1)).toBe(units);
      expect(offered).toEqual(offered.toSorted((a, b) => a - b));
      for (const { time } of widths) expect(time.low <= time.median && time.median <= time.high).toBe(true);
    }
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const kept = readdirSync(scratch).length;
    expect(kept).toBeGreaterThan(0);
    expect(await measuredWidths('onnxruntime', network, {}, timing)).toEqual(first);
    expect(readdirSync(scratch)).toHaveLength(kept);
  });

  it('end where they are cancelled', async () => {
    const control = new Control();
    control.cancel();
    const cache = new SpeedCache(`${scratch}/other`);
    await expect(measuredWidths('onnxruntime', network, {}, { ...timing, cache, control })).rejects.toThrow(
      CancelledError,
    );
  });
});

/** Groups whose layers take time by blocks of four channels, and for one between both the product of both. */
function madeUp(units: readonly number[]): MeasuredWidths {
  const share = (width: number, all: number) => Math.ceil(width / 4) / Math.ceil(all / 4);
  const groups = units.map((all, g) => ({
    ...{ name: `group${g}`, units: all, ms: 1, step: 4 },
    widths: Array.from({ length: Math.ceil(all / 4) }, (_, i) => Math.min(all, 4 * (i + 1))).map((width) => ({
      width,
      time: { median: share(width, all), low: 0, high: 2 },
    })),
  }));
  const layers = units.flatMap((all, g) =>
    [g, g + 1].map((layer) => ({
      ...{ layer: `layer${layer}`, group: `group${g}`, ms: 1 + layer },
      times: Array.from({ length: all }, (_, i) => ({ width: i + 1, time: share(i + 1, all) })),
    })),
  );
  return { groups, layers };
}

describe('predicted times', () => {
  const measured = madeUp([8, 16]);

  it('are the sum of layers, of which the shares that groups leave multiply', () => {
    expect(predictedMs(measured, new Map())).toBe(1 + 2 + 3);
    const widths = new Map([
      ['group0', 4],
      ['group1', 12],
    ]);
    expect(predictedMs(measured, widths)).toBeCloseTo(1 * 0.5 + 2 * 0.5 * 0.75 + 3 * 0.75, 12);
  });

  it('are those of the next width that was timed', () => {
    const few = { ...measured, layers: measured.layers.map((one) => ({ ...one, times: one.times.filter(({ width }) => width % 4 === 0) })) }; // prettier-ignore
    const at = (width: number) => predictedMs(few, new Map([['group0', width]]));
    expect(at(5)).toBe(at(8));
    expect(at(4)).toBeLessThan(at(5));
  });
});

describe('the widths that lose the least in a time', () => {
  const measured = madeUp([8, 16, 12]);
  const lossOf = (group: string, width: number) => {
    const all = measured.groups.find(({ name }) => name === group)?.units ?? 1;
    return -Math.log(width / all) * (group === 'group1' ? 3 : 1);
  };

  /** All widths worth having, one by one. */
  function exhaustive(share: number): number {
    const limit = share * predictedMs(measured, new Map());
    let least = Infinity;
    const visit = (g: number, widths: ReadonlyMap<string, number>, loss: number): void => {
      const group = measured.groups[g];
      if (group === undefined) {
        if (predictedMs(measured, widths) <= limit + 1e-9) least = Math.min(least, loss);
        return;
      }
      for (const { width } of group.widths)
        visit(g + 1, new Map([...widths, [group.name, width]]), loss + lossOf(group.name, width));
    };
    visit(0, new Map(), 0);
    return least;
  }

  it.each([0.9, 0.7, 0.5, 0.35])('keep it and lose little more than the best of all: %f', (share) => {
    const found = bestWidths(measured, lossOf, share);
    expect(predictedMs(measured, found)).toBeLessThanOrEqual(share * predictedMs(measured, new Map()) + 1e-9);
    for (const { name, widths } of measured.groups)
      expect(widths.map(({ width }) => width)).toContain(found.get(name));
    const loss = [...found].reduce((sum, [name, width]) => sum + lossOf(name, width), 0);
    expect(loss).toBeLessThanOrEqual(exhaustive(share) + 0.5);
  });

  it('are the narrowest where no time is so short, and all where there is enough', () => {
    expect([...bestWidths(measured, lossOf, 0.01).values()]).toEqual([4, 4, 4]);
    expect([...bestWidths(measured, lossOf, 1).values()]).toEqual([8, 16, 12]);
  });
});
