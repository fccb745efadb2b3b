import { Random } from '../../../main/engine/base/random.ts';
import type { LayerSparsity, MetricPoint, Progress, StageInfo } from '../../../main/contract/run.ts';

/** Made-up measurements with the shapes of real ones, for screens only. */

export const stages: StageInfo[] = [
  { id: 'dense', label: 'Train dense', epochs: 10 },
  { id: 'prune', label: 'Prune gradually', epochs: 5 },
  { id: 'finetune', label: 'Fine-tune', epochs: 5 },
  { id: 'evaluate', label: 'Evaluate', epochs: 0 },
  { id: 'export', label: 'Export', epochs: 0 },
];
const stepsPerEpoch = 156;
const pointsPerEpoch = 6;
export const epochsInAll = 20;

const layerSizes = [
  { name: 'fc1/weight', total: 235_200, share: 0.995, width: 300, narrow: 0.45 },
  { name: 'fc2/weight', total: 30_000, share: 0.88, width: 100, narrow: 0.2 },
  { name: 'fc3/weight', total: 1_000, share: 0.42, width: 10, narrow: 0 },
] as const;

/** A wobble that is the same every time. */
const wobble = (n: number) => Math.sin(n * 12.9898) * 0.5 + Math.sin(n * 4.1) * 0.5;

const stageAt = (epoch: number) => (epoch < 10 ? 0 : epoch < 15 ? 1 : 2);

/** The cubic schedule: sparsity at a moment of the run, in epochs. */
function sparsityAt(epoch: number, target: number): number {
  const t = Math.min(1, Math.max(0, (epoch - 10) / 5));
  return target * (1 - (1 - t) ** 3);
}

/** The points that a run has measured after so many epochs, from `from` (exclusive) on. */
export function metricsBetween(from: number, to: number, target = 0.9, seed = 1): MetricPoint[] {
  const points: MetricPoint[] = [];
  const first = Math.floor(from * pointsPerEpoch) + 1;
  for (let n = first; n <= Math.floor(to * pointsPerEpoch); n += 1) {
    const epoch = n / pointsPerEpoch;
    const pruned = sparsityAt(epoch, target);
    const hurt = epoch > 10 && epoch < 15.5 ? pruned * 0.06 * (1 - (epoch - 10) / 8) : 0;
    const loss = 0.06 + 2.1 * Math.exp(-epoch * 0.9) + hurt + (target > 0.97 ? pruned * 0.25 : 0);
    const at = { step: Math.round(epoch * stepsPerEpoch), epoch, stage: stageAt(epoch) };
    const noise = wobble(n * seed) * 0.03 * (loss + 0.1);
    const accuracy = Math.min(0.999, 1 - loss * 0.33);
    points.push({ ...at, name: 'train/loss', value: Math.max(0.01, loss + noise * 4) });
    points.push({ ...at, name: 'train/accuracy', value: Math.min(1, accuracy - noise) });
    points.push({
      ...at,
      name: 'learning-rate',
      value: 0.05 * (0.5 + 0.5 * Math.cos((epoch / 20) * Math.PI)),
    });
    if (n % pointsPerEpoch === 0) {
      points.push({ ...at, name: 'validation/loss', value: loss * 1.12 + 0.02 });
      points.push({ ...at, name: 'validation/accuracy', value: accuracy - 0.008 });
    }
    if (epoch > 10) points.push({ ...at, name: 'sparsity', value: pruned });
  }
  return points;
}

export function layersAt(epoch: number, target: number): LayerSparsity[] {
  const part = sparsityAt(epoch, target) / 0.9;
  return layerSizes.map(({ name, total, share, width, narrow }) => ({
    name,
    total,
    kept: Math.max(1, Math.round(total * (1 - Math.min(0.999, share * part * 0.93)))),
    channels: { total: width, kept: Math.round(width * (1 - narrow * part)) },
  }));
}

export function progressAt(epoch: number, secondsPerEpoch = 3): Progress {
  const stage = stageAt(epoch);
  const starts = [0, 10, 15];
  return {
    stage,
    epoch: epoch - (starts[stage] ?? 0),
    step: Math.round(epoch * stepsPerEpoch),
    fraction: Math.min(1, (epoch / epochsInAll) * 0.97),
    etaSeconds: epoch === 0 ? null : (epochsInAll - epoch) * secondsPerEpoch,
    samplesPerSecond: epoch === 0 ? null : 48_200,
  };
}

/** A mask that keeps about a share of the weights, most of them in the middle of the inputs, as images have it. */
export function maskOf(out: number, into: number, share: number): { shape: number[]; data: Uint8Array } {
  const random = Random.from(1, 'mask');
  const data = Uint8Array.from({ length: out * into }, (_, at) => {
    const off = Math.abs((at % into) / into - 0.5);
    return random.float() < share * (2 - 4 * off) ? 1 : 0;
  });
  return { shape: [out, into], data };
}

/** A grey picture of noise. */
export function pictureFrom(label: number) {
  const random = Random.from(label, 'picture');
  const bytes = Uint8Array.from({ length: 64 }, () => random.int(256));
  return { width: 8, height: 8, channels: 1, base64: Buffer.from(bytes).toString('base64'), labels: [label] };
}
