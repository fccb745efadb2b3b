import type { SpeedForecast, Spread } from '../../../main/contract/speed.ts';

const around = (median: number): Spread => ({ median, low: median * 0.95, high: median * 1.1 });

/** What a machine might tell of a small network: of one that loses channels, or of one whose weights become zero. */
export function speedOfTwins(leaving: boolean): SpeedForecast {
  const at = '2026-05-04T10:00:00.000Z';
  const whole = 0.42;
  const of = (target: SpeedForecast['speeds'][number]['target'], ms: number) => ({
    ...{ target, threads: 1, ms: around(ms), wholeMs: around(whole), at, reused: true },
    faster: around(whole / ms),
  });
  const layers = [
    { name: 'fc1', before: 0.3, after: leaving ? 0.12 : 0.3 },
    { name: 'fc2', before: 0.09, after: leaving ? 0.05 : 0.09 },
  ];
  return {
    ...{ processor: 'A processor', batch: 1 },
    speeds: [{ ...of('onnxruntime', leaving ? 0.2 : whole), layers }, of('wasm', 0.13)],
    missing: [{ target: 'c', why: 'There is no C compiler on this machine.' }],
    gains: leaving ? [] : [{ target: 'wasm', from: 0.62, points: [{ sparsity: 0.5, faster: 0.8 }, { sparsity: 0.9, faster: 3.2 }] }], // prettier-ignore
    stairs: leaving ? { target: 'onnxruntime', groups: [{ name: 'fc1', units: 300, ms: 0.3, step: 100, widths: [100, 200, 300].map((width) => ({ width, time: around(width / 300) })) }] } : null, // prettier-ignore
    cost: { seconds: 74, memoryBytes: 310_000_000, diskBytes: 8_400_000 },
  };
}
