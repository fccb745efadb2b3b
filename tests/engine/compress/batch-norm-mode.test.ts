import { describe, expect, it } from 'vitest';
import type { ScoreSet } from '../../../main/engine/compress/scores.ts';
import { meanGradients } from '../../../main/engine/compress/criteria/gradients.ts';
import { hessianProducts } from '../../../main/engine/compress/criteria/hessian/products.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import { copyWeights } from '../../../main/engine/compress/masks.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { apart, full, noise, score, total, useBackend } from './support.ts';

const backend = useBackend('onnxruntime');

describe('batch norms while scoring', () => {
  const network = new NetworkBuilder('normed', [2, 6, 6])
    .conv('conv1', 4)
    .batchNorm('bn1')
    .relu()
    .conv('conv2', 4)
    .batchNorm('bn2')
    .relu()
    .flatten()
    .dense('fc', 3)
    .build();
  const context = () => {
    const weights = initialize(network, Random.from(3, 'weights'));
    // Above zero, where the ReLU lets gradients pass even for a channel that is constant.
    weights.get('bn2.shift')?.data.fill(0.5);
    return { network, weights, backend: backend(), data: noise([2, 6, 6], 12, 3) };
  };

  it('do not steer by channels that nothing comes in at', async () => {
    const live = await score('snip', { ...context(), batchNorm: 'training' });
    const size = 4 * 3 * 3;
    const mask = new Uint8Array(4 * size).fill(1).fill(0, size, 2 * size);
    const masks = new Map([['conv2.weight', mask]]);
    const masked = { ...context(), masks };
    const gradients = await meanGradients(full({ ...masked, batchNorm: 'training' }), noise([2, 6, 6], 12, 3).balanced(10, 256)); // prettier-ignore
    const largest = (values: ArrayLike<number>, channel: number) =>
      Math.max(...Array.from(values).slice(channel * size, (channel + 1) * size).map(Math.abs)); // prettier-ignore
    // The raw gradient there is that of 1 / sqrt(epsilon).
    const raw = gradients.get('conv2.weight') ?? [];
    expect(largest(raw, 1)).toBeGreaterThan(20 * largest(raw, 0));
    const scores = await score('snip', { ...masked, batchNorm: 'training' });
    expect(largest(scores.get('conv2.weight') ?? [], 1)).toBe(0);
    for (const channel of [0, 2, 3]) {
      const [now, before] = [scores, live].map((set) => largest(set.get('conv2.weight') ?? [], channel));
      expect((now ?? 0) / (before ?? 1)).toBeGreaterThan(0.2);
      expect((now ?? 0) / (before ?? 1)).toBeLessThan(5);
    }
    // With running statistics what was pruned is scored like anything else.
    const running = await score('snip', { ...masked, batchNorm: 'evaluation' });
    const own = largest(running.get('conv2.weight') ?? [], 1) / largest(running.get('conv2.weight') ?? [], 0);
    expect(own).toBeGreaterThan(0.05);
    expect(own).toBeLessThan(20);
  });

  it("are the authors' own: SNIP with running statistics, GraSP with the batch's", async () => {
    expect(criteria.get('snip').batchNorm).toBe('evaluation');
    expect(criteria.get('grasp').batchNorm).toBe('training');
    const [default_, running, batch] = await Promise.all(
      [undefined, 'evaluation' as const, 'training' as const].map((batchNorm) =>
        score('snip', batchNorm === undefined ? context() : { ...context(), batchNorm }),
      ),
    );
    expect(apart(default_ as ScoreSet, running as ScoreSet)).toBe(0);
    expect(apart(batch as ScoreSet, running as ScoreSet)).toBeGreaterThan(0.01);
  });

  it('give GraSP the Hessian with running statistics too, where asked', async () => {
    const whole = full({ ...context(), batchNorm: 'evaluation' });
    const batch = () => whole.data.shuffled(6, 6);
    const g = await meanGradients(whole, batch());
    const product = await hessianProducts(whole, batch(), g, 1);
    const norm = Math.sqrt(total([...g.values()].map((part) => total(part, (value) => value * value))));
    const errors: number[] = [];
    for (const h of [1e-2 / norm, 3e-3 / norm, 1e-3 / norm]) {
      const [up, down] = await Promise.all(
        [h, -h].map((step) => {
          const moved = copyWeights(whole.weights);
          for (const [name, part] of g) {
            moved.get(name)?.data.forEach((w, i, data) => (data[i] = w + step * (part[i] ?? 0)));
          }
          return meanGradients({ ...whole, weights: moved }, batch());
        }),
      );
      const slopes: ScoreSet = new Map(
        [...g].map(([name, part]) => [
          name,
          Float64Array.from(
            part,
            (_, i) => ((up?.get(name)?.[i] ?? NaN) - (down?.get(name)?.[i] ?? NaN)) / (2 * h),
          ),
        ]),
      );
      errors.push(apart(product, slopes));
    }
    expect(Math.min(...errors)).toBeLessThan(0.02);
  });
});
