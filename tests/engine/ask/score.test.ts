import '@tensorflow/tfjs-backend-cpu';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { scoreFile } from '../../../main/engine/ask/score-file/write.ts';
import { sampleTable, sampleTensors } from '../../../main/engine/ask/score-file/samples.ts';
import { scoreRecipe } from '../../../main/engine/ask/score.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { criteria } from '../../../main/engine/compress/criteria/index.ts';
import { structures } from '../../../main/engine/compress/structures/index.ts';
import { selectedBy } from '../../../main/engine/compress/select.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { fans, initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { masksAfter, masksBefore, readScoreFile, samplesOf, type ScoreFile } from './score-reading.ts';

const base: RecipeInput = {
  network: 'lenet-300-100',
  data: { kind: 'digits', train: 300, validation: 0, test: 10 },
  seed: 3,
  dense: { epochs: 1 },
  paradigm: 'snip',
  budget: { sparsity: 0.9 },
};

async function run(change: Partial<RecipeInput> = {}, baseFolder = '.', which = 1) {
  const recipe = recipeSchema.parse({ ...base, ...change });
  const options = { recipe, baseFolder, device: 'onnxruntime', threads: 1 };
  const scored = await scoreRecipe(options, new Control(), () => undefined, which);
  const { bytes } = scoreFile(scored, recipe);
  return { scored, bytes, file: readScoreFile(bytes) };
}

const labelsOf = ({ tensors }: ScoreFile) => [...(tensors.get('samples/label')?.data ?? [])].map(Number);

describe('scores of a recipe', () => {
  it('at initialisation are of the initial weights, with ten samples of every class', async () => {
    const { scored, file } = await run();
    expect(file.weights).toEqual(initialize(scored.network, Random.from(3, 'weights')));
    const counts = new Array<number>(10).fill(0);
    for (const label of labelsOf(file)) counts[label] = (counts[label] ?? 0) + 1;
    expect(counts).toEqual(new Array<number>(10).fill(10));
    expect([...scored.masks.values()]).toEqual(topK([...scored.scores.values()], 26620));
    const { record } = file;
    expect(record).toMatchObject({ criterion: 'snip', loss: 'softmax', batchSize: 256, temperature: 1 });
    expect(record).toMatchObject({
      batchNorm: 'evaluation',
      threads: 1,
      rounds: [{ target: 0.9, samples: 100 }],
    });
  });

  it('after training are of trained weights, the same every time', async () => {
    const [first, second] = [await run({ paradigm: 'obd' }), await run({ paradigm: 'obd' })];
    const initial = initialize(first.scored.network, Random.from(3, 'weights'));
    expect(first.scored.weights.get('fc1.weight')).not.toEqual(initial.get('fc1.weight'));
    expect(Buffer.from(first.bytes).equals(Buffer.from(second.bytes))).toBe(true);
  });

  it('of a later pruning start from what the ones before pruned and the trainings between made', async () => {
    const change: Partial<RecipeInput> = { paradigm: 'imp', prune: { rounds: 3 } };
    const [first, second] = [await run(change), await run(change, '.', 2)];
    expect(second.file.record.stage).toBe('prune-2');
    expect(masksBefore(second.file, 1)).toEqual(masksAfter(first.file, 1));
    expect(second.file.weights).not.toEqual(first.file.weights);
    const after = masksAfter(second.file, 1);
    for (const [name, mask] of masksBefore(second.file, 1)) {
      const kept = after.get(name) ?? new Uint8Array();
      // What was pruned stayed at zero through the training between, and stays pruned.
      mask.forEach((bit, i) =>
        expect(bit === 1 || (kept[i] === 0 && second.file.weights.get(name)?.data[i] === 0)).toBe(true),
      );
    }
    await expect(run(change, '.', 4)).rejects.toThrow(/prunes 3 time/);
  });

  it('are refused where masks are learned', async () => {
    await expect(run({ paradigm: 'gibbs' })).rejects.toThrow(/learns its masks/);
  });
});

describe('a score file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'espalier-score-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('names rows of the data file whose labels and values are those of its samples', async () => {
    const rows = Array.from(
      { length: 400 },
      (_, i) => `${(i * 37) % 101},${(i * 53) % 89},${['a', 'b', 'c'][(i * i) % 3]}`,
    );
    writeFileSync(join(folder, 'table.csv'), ['x,y,kind', ...rows].join('\n'));
    const data = {
      kind: 'csv' as const,
      path: 'table.csv',
      label: 'kind',
      validation: 0.2,
      test: 0.1,
      limit: 150,
    };
    const { file } = await run({ data, network: 'lenet-300-100' }, folder);
    const [row, values] = ['row', 'values'].map((name) => file.tensors.get(`samples/${name}`)?.data ?? []);
    expect(file.record.data.part).toBe('train');
    expect(row?.length).toBe(file.record.rounds[0]?.samples);
    [...(row ?? [])].forEach((place, i) => {
      const cells = (rows[Number(place)] ?? '').split(',');
      expect(file.record.data.classes[labelsOf(file)[i] ?? -1]).toBe(cells[2]);
      expect([values?.[2 * i], values?.[2 * i + 1]]).toEqual([Number(cells[0]), Number(cells[1])]);
    });
  });

  it.each<[string, Partial<RecipeInput>]>([
    ['SNIP', {}],
    ['FORCE', { paradigm: 'force', prune: { rounds: 4 } }],
    [
      'iterative SNIP through batch norms',
      { paradigm: 'iterative-snip', network: 'resnet-20', prune: { rounds: 2 } },
    ],
    ['GraSP', { paradigm: 'grasp' }],
    ['SynFlow', { paradigm: 'synflow', prune: { rounds: 5 } }],
    ['Taylor', { paradigm: 'taylor' }],
    ['Fisher', { paradigm: 'obd' }],
  ])('is enough to make every round of %s anew', async (_, change) => {
    const { file } = await run(change);
    const { record, network, weights, tensors } = file;
    const backend = await openBackend({ device: 'onnxruntime', threads: 1 });
    try {
      for (const [i, { target, samples }] of record.rounds.entries()) {
        const masks = masksBefore(file, i + 1);
        const scores = await criteria.get(record.criterion).score({
          network,
          weights,
          masks,
          params: record.selection.params,
          units: structures.get('element').units(network, record.selection.params, {}),
          data: samplesOf(file, i + 1),
          batchNorm: record.batchNorm ?? 'evaluation',
          backend,
          random: Random.from(0, 'none'),
        });
        expect(tensors.get(`rounds/${i + 1}/samples`)?.data.length).toBe(samples);
        const { criterion, selection } = record;
        const { masks: after } = selectedBy(
          network,
          { ...selection, criterion, exclude: [] },
          scores,
          target,
          masks,
        );
        expect(after).toEqual(masksAfter(file, i + 1));
        if (i + 1 < record.rounds.length) continue;
        for (const [name, part] of scores) expect(part).toEqual(tensors.get(`scores/${name}`)?.data);
      }
    } finally {
      await backend.dispose();
    }
  });

  it('has other samples in every round, each once in the table', async () => {
    const { file } = await run({ paradigm: 'force', prune: { rounds: 3 } });
    const places = [1, 2, 3].map((n) => [
      ...((file.tensors.get(`rounds/${n}/samples`)?.data ?? []) as Int32Array),
    ]);
    expect(places[0]).not.toEqual(places[1]);
    const all = new Set(places.flat());
    expect(file.tensors.get('samples/values')?.shape).toEqual([all.size, 1, 28, 28]);
    expect(new Set(file.tensors.get('samples/row')?.data as Int32Array).size).toBe(all.size);
  });

  it('has the rescaled weights of SBP and their factors', async () => {
    const { file, scored } = await run({ paradigm: 'sbp' });
    const rho = Object.entries(file.record.rho ?? {});
    expect(rho.map(([name]) => name)).toEqual(file.record.selection.params);
    for (const [name, factor] of rho) {
      const [weight, mask] = [file.weights.get(name), scored.masks.get(name)];
      const rescaled = file.tensors.get(`rescaled/${name}`)?.data as Float32Array;
      rescaled.forEach((value, i) => {
        expect(value).toBe(Math.fround(factor * (mask?.[i] ?? NaN) * (weight?.data[i] ?? NaN)) + 0);
      });
      // ReLU follows the layers, and the last one has what the others have: fan in * mean square = 2.
      const energy = rescaled.reduce((sum, value) => sum + value * value, 0) / rescaled.length;
      expect(fans(weight?.shape ?? []).fanIn * energy).toBeCloseTo(2, 4);
    }
  });

  it('has the shuffled masks where the recipe asks for that control', async () => {
    const { file, scored } = await run({ prune: { control: 'shuffle' } });
    expect(file.record.shuffled).toBe(true);
    for (const [name, mask] of scored.masks) {
      const shuffled = file.tensors.get(`shuffled/${name}`)?.data as Uint8Array;
      expect(countKept(shuffled)).toBe(countKept(mask));
      expect(shuffled).not.toEqual(mask);
    }
  });

  it('has initial weights for criteria that compare with them, and no samples where none were looked at', async () => {
    const { file } = await run({ paradigm: 'magnitude-one-shot', prune: { criterion: 'movement' } });
    const [before, after, score] = ['initial', 'weights', 'scores'].map(
      (kind) => file.tensors.get(`${kind}/fc3.weight`)?.data as Float32Array,
    );
    score?.forEach((value, i) =>
      expect(value).toBe(Math.fround(Math.abs((after?.[i] ?? NaN) - (before?.[i] ?? NaN)))),
    );
    expect(file.record.batchSize).toBeUndefined();
    expect(file.tensors.get('samples/label')?.shape).toEqual([0]);
    expect(file.tensors.has('samples/values')).toBe(false);
  });

  it('leaves out samples that would fill it, and still says which they are', () => {
    const split = { size: 3, values: Uint8Array.of(1, 2, 3), labels: Int32Array.of(0, 1, 0) };
    const origin = { part: 'train' as const, rows: Int32Array.of(7, 8, 9) };
    const pass = { samples: Int32Array.of(2, 0), batchSize: 2 };
    const table = sampleTable({ ...split, origin }, 2 ** 28, [pass]);
    expect(table).toMatchObject({ holdsValues: false, bytes: 2 ** 29 });
    const tensors = sampleTensors(table, { ...split, origin }, [2 ** 28], 2);
    expect(tensors.map(({ name, data }) => [name, [...data]])).toEqual([
      ['samples/label', [0, 0]],
      ['samples/row', [9, 7]],
    ]);
  });
});
