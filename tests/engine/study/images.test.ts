import { expect, it } from 'vitest';
import { Random } from '../../../main/engine/base/random.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { trainSpoiled } from '../../../main/engine/study/generalisation/images.ts';
import { readNamedData } from '../../../main/engine/study/frame/data.ts';

it(
  'memorises wrong labels densely, and none where nearly everything is pruned',
  { timeout: 120_000 },
  async () => {
    const dataset = await readNamedData('digits', { seed: 1, baseFolder: '/' });
    const backend = await openBackend({ device: 'onnxruntime', threads: 1 });
    const panel = { dataset, backend, samples: 200, wrong: 0.2, epochs: 40, stopAt: 0.05 };
    const train = (sparsity: number) =>
      trainSpoiled(
        panel,
        'dense',
        sparsity,
        (label) => Random.from(1, label),
        async () => undefined,
      );
    const dense = await train(0);
    expect(dense.loss).toBeLessThanOrEqual(0.05);
    expect(dense.memorised).toBeGreaterThan(0.9);
    const sparse = await train(0.99);
    expect(sparse.memorised).toBeLessThan(0.6);
    expect(sparse.loss).toBeGreaterThan(dense.loss);
  },
);

it.each(['', 'mnist', 'csv:'])('refuses %j as data', async (text) => {
  await expect(readNamedData(text, { seed: 1, baseFolder: '/' })).rejects.toMatchObject({
    problem: { field: 'data', kind: 'input' },
  });
});
