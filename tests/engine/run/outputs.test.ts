import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recipeSchema, type RecipeInput } from '../../../main/contract/recipe.ts';
import { reportSchema } from '../../../main/contract/report.ts';
import { Control } from '../../../main/engine/base/control.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { assemble } from '../../../main/engine/data/assemble.ts';
import type { Labels } from '../../../main/engine/data/labels.ts';
import { fitModel } from '../../../main/engine/evaluate/fit-model.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { renderReport } from '../../../main/engine/report/html.ts';
import { runSession } from '../../../main/engine/run/session.ts';
import { npy } from '../data/npy.ts';

const FEATURES = 4;
const SIZE = 240;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'espalier-outputs-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const random = Random.from(1, 'outputs');
const x = Float32Array.from({ length: SIZE * FEATURES }, () => random.normal());
/** Feature c of sample n. */
const at = (n: number, c: number) => x[n * FEATURES + c] ?? 0;

/** A hidden layer that copies the features, and heads that read it; the weights of a head are `scale` times the identity's first rows. */
function networkOf(heads: readonly { name: string; width: number; scale: number; sigmoid?: boolean }[]): {
  network: Network;
  weights: WeightSet;
} {
  const weights: WeightSet = new Map();
  const rows = (name: string, width: number, scale: number) =>
    weights.set(name, {
      shape: [width, FEATURES],
      data: Float32Array.from({ length: width * FEATURES }, (_, i) =>
        Math.floor(i / FEATURES) === i % FEATURES ? scale : 0.01 * random.normal(),
      ),
    });
  rows('hidden.w', FEATURES, 1);
  const dense = (name: string, from: string, weight: string) => ({
    ...{ name, op: 'Dense', inputs: [from], outputs: [name], params: { weight }, attrs: {} },
  });
  const nodes: Network['nodes'][number][] = [dense('hidden', 'x', 'hidden.w')];
  for (const { name, width, scale, sigmoid } of heads) {
    const inner = sigmoid === true ? `${name}/z` : name;
    rows(`${name}.w`, width, scale);
    nodes.push(dense(inner, 'hidden', `${name}.w`));
    if (sigmoid === true) {
      nodes.push({ name, op: 'Sigmoid', inputs: [inner], outputs: [name], params: {}, attrs: {} });
    }
  }
  const params: Network['params'] = Object.fromEntries(
    [...weights].map(([name, { shape }]) => [name, { shape, role: 'weight', init: { kind: 'zeros' } }]),
  );
  const outputs = heads.map(({ name }) => name);
  return {
    network: { name: 'heads', inputs: [{ name: 'x', shape: [FEATURES] }], outputs, nodes, params },
    weights,
  };
}

const best = Int32Array.from({ length: SIZE }, (_, n) =>
  [0, 1, 2].reduce((c, other) => (at(n, other) > at(n, c) ? other : c), 0),
);
const several = Uint8Array.from({ length: SIZE * 3 }, (_, i) => Number(at(Math.floor(i / 3), i % 3) > 0));
const two = Int32Array.from({ length: SIZE }, (_, n) => Number(at(n, 0) > 0));

function dataset(labels: Labels, classes: string[]) {
  const source = { name: 'd', classes, sampleShape: [FEATURES], train: { values: x, labels } };
  return assemble(source, { normalize: 'none', validation: 0.1, test: 0.2, seed: 1, source: 'd' });
}

/** Files of a network and labels, and a run on them; the report as it is stored. */
async function run(
  name: string,
  { network, weights }: ReturnType<typeof networkOf>,
  labels: { shape: number[]; data: Int32Array | Uint8Array },
  more: Partial<RecipeInput> = {},
) {
  await writeFile(join(folder, `${name}.onnx`), writeOnnx(network, weights));
  await writeFile(
    join(folder, `${name}.npz`),
    zipSync({ 'x.npy': npy([SIZE, FEATURES], x), 'y.npy': npy(labels.shape, labels.data) }),
  );
  const recipe = recipeSchema.parse({
    network: `./${name}.onnx`,
    data: { kind: 'npz', path: `${name}.npz`, normalize: 'none' },
    paradigm: 'magnitude-one-shot',
    budget: { sparsity: 0.3 },
    finetune: { epochs: 1 },
    export: ['onnx', 'onnx-int8', 'espalier', 'keras', 'tfjs'],
    ...more,
  });
  const options = { recipe, folder: join(folder, name), baseFolder: folder, device: 'cpu', resume: false };
  const logs: string[] = [];
  const report = await runSession(options, new Control(), (message) => {
    if (message.type === 'log') logs.push(message.text);
  });
  return { report: reportSchema.parse(JSON.parse(JSON.stringify(report))), logs, page: renderReport(report) };
}

describe('runs of networks with several outputs', () => {
  const heads = [
    { name: 'first', width: 3, scale: -1 },
    { name: 'second', width: 3, scale: 1 },
    { name: 'embedding', width: 2, scale: 1 },
  ];

  it('use the one that is right on the data, whatever its place', async () => {
    const data = dataset(best, ['a', 'b', 'c']);
    for (const order of [heads, heads.toReversed()]) {
      const fitted = await fitModel(networkOf(order), data, 'm.onnx');
      expect(fitted.output).toBe('second');
      expect(fitted.notes[0]).toMatch(
        /'second' is used, since it is right most often.*'second' \d+ % of 1\d\d/,
      );
      expect([...fitted.weights.keys()].sort()).toEqual(['hidden.w', 'second.w']);
    }
    expect((await fitModel(networkOf(heads), data, 'm.onnx', 'first')).output).toBe('first');
  });

  it('train and export it, by itself or by name', async () => {
    const labels = { shape: [SIZE], data: best };
    const { report, logs } = await run('heads', networkOf(heads), labels);
    expect(report.network).toMatchObject({ output: 'second', head: 'none' });
    expect(report.dense?.accuracy).toBeGreaterThan(0.9);
    expect(report.layers.map(({ param }) => param)).toEqual(['hidden.w', 'second.w']);
    expect(logs.join('\n')).toContain("'second' is used");
    const named = await run('named', networkOf(heads), labels, { output: 'first' });
    expect(named.report.network.output).toBe('first');
    expect(named.report.dense?.accuracy).toBeLessThan(0.3);
    await expect(run('wrong', networkOf(heads), labels, { output: 'third' })).rejects.toThrow(
      /no output 'third'/,
    );
  }, 120_000);
});

describe('runs of networks that end in sigmoids', () => {
  it('one for two classes', async () => {
    const model = networkOf([{ name: 'p', width: 1, scale: 2, sigmoid: true }]);
    const { report, page } = await run('single', model, { shape: [SIZE], data: two });
    expect(report.network).toMatchObject({ output: 'p', head: 'single-sigmoid' });
    expect(report.dense?.accuracy).toBeGreaterThan(0.9);
    expect(report.dense?.f1).toBeNull();
    expect(report.compressed.perClass).toHaveLength(2);
    expect(report.sizes.map(({ format }) => format)).toContain('onnx-int8');
    expect(page).toContain('Test accuracy');
    // Every file gives the one number again, and is read as what it was.
    const files = report.files.filter(({ path }) => /^model\.(onnx|h5|json|espalier)$/.test(path));
    expect(files).toHaveLength(4);
    for (const { path } of files) {
      const back = await readModel(path, join(folder, 'single'));
      const fitted = await fitModel(back, dataset(two, ['0', '1']), path);
      expect(fitted.network.head?.kind).toBe('single-sigmoid');
      expect(fitted.notes.join('\n')).not.toContain('has the outputs');
    }
  }, 120_000);

  it('one for each class, on data with several classes a sample', async () => {
    const model = networkOf([{ name: 'p', width: 3, scale: 4, sigmoid: true }]);
    const { report, page } = await run(
      'several',
      model,
      { shape: [SIZE, 3], data: several },
      {
        finetune: { epochs: 1, distill: {} },
      },
    );
    expect(report.network.head).toBe('sigmoid');
    expect(report.data.multiLabel).toBe(true);
    expect(report.dense?.accuracy).toBeGreaterThan(0.8);
    expect(report.dense?.f1?.micro).toBeGreaterThan(0.9);
    expect(report.compressed.f1?.macro).toBeGreaterThan(0.5);
    expect(report.compressed.top5).toBeNull();
    for (const words of [
      'Exact match',
      'F1, micro',
      'F1, macro',
      'F1 on the test part',
      'binary cross-entropy',
    ]) {
      expect(page).toContain(words);
    }
  }, 120_000);

  it('and methods that score by the loss, and a network that says nothing of its head', async () => {
    for (const paradigm of ['snip', 'grasp', 'obd', 'taylor']) {
      const model = networkOf([{ name: 'y', width: 3, scale: 4 }]);
      const { report } = await run(
        paradigm,
        model,
        { shape: [SIZE, 3], data: several },
        {
          paradigm,
          export: ['onnx'],
          prune: {},
        },
      );
      expect(report.compressed.f1).not.toBeNull();
    }
  }, 120_000);
});
