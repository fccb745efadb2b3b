import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadDataset } from '../../main/engine/data/load.ts';
import { endDifferences } from '../../main/engine/evaluate/same-ends.ts';
import { onnxModelOf, writeOnnx } from '../../main/engine/formats/onnx/write.ts';
import { exportFormats } from '../../main/engine/formats/index.ts';
import { readModel } from '../../main/engine/formats/read.ts';
import { NetworkBuilder } from '../../main/engine/network/builder.ts';
import { fitToData } from '../../main/engine/network/fit.ts';
import { encodeModel, type OnnxModel } from '../../main/engine/protobuf/onnx.ts';
import { temporaryFolder } from '../support/folder.ts';
import { missingData, sharedData } from '../support/shared-data.ts';
import { randomWeights } from '../engine/network/run.ts';
import { cli } from './harness.ts';

interface Found {
  readonly original: {
    readonly file: string;
    readonly unchanged: boolean;
    readonly endsCompared: boolean;
    readonly samples: number;
    readonly equalDecisions: number;
    readonly maxDifference: number | null;
    readonly range: { readonly original: readonly number[]; readonly file: readonly number[] };
    readonly told: readonly string[];
    readonly faults: readonly string[];
  } | null;
  readonly notes: readonly string[];
}

const folder = temporaryFolder();

/** A recipe that leaves a network as it came, and one that prunes half of it. */
const recipe = (network: string, sparsity: number) => ({
  network,
  data: { kind: 'npz', path: 'data.npz', normalize: 'none' },
  seed: 1,
  paradigm: 'magnitude-one-shot',
  budget: { sparsity },
});

async function verify(file: string, data: string, cwd: string, ...more: string[]) {
  const { code, stdout, stderr } = await cli(['verify', file, '--data', data, '--json', ...more], { cwd });
  return { code, stderr, original: (JSON.parse(stdout || '{}') as Found).original, stdout };
}

describe('verify against the model that came into the run', () => {
  const cases = [
    ['05-tf2onnx-nhwc', [3, 8, 8], ['0', '1', '2', '3']],
    ['04-outputs-sigmoid1', [3, 8, 8], ['0', '1']],
    ['08-uint8-input', [3, 8, 8], ['0', '1', '2', '3']],
  ] as const;
  for (const [name, sampleShape, classes] of cases) {
    const missing = missingData(`../cases/${name}/m.onnx`);
    it.skipIf(missing !== '')(
      `${name}: unpruned answers agree, pruned ones have the same form${missing}`,
      async () => {
        const own = join(folder, name);
        await cp(sharedData(`../cases/${name}`), own, { recursive: true });
        const model = await readModel('m.onnx', own, sampleShape);
        const { network, weights } = fitToData(model, { sampleShape, classes }, 'm.onnx');
        const masks = new Map(
          Object.entries(network.params)
            .filter(([, { role }]) => role === 'weight')
            .map(([param, { shape }]) => [
              param,
              Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i % 2),
            ]),
        );
        for (const [sparsity, file] of [
          [0, 'same.onnx'],
          [0.5, 'half.onnx'],
        ] as const) {
          const metadata = { 'espalier.recipe': JSON.stringify(recipe('m.onnx', sparsity)) };
          const request = { network, weights, masks: sparsity === 0 ? new Map<string, Uint8Array>() : masks };
          const { signature } = model;
          const [made] = await exportFormats
            .get('onnx')
            .write({ ...request, metadata, ...(signature && { signature }) });
          await writeFile(join(own, file), made?.bytes ?? '');
          const { code, original, stderr } = await verify(file, 'r.json', own);
          expect([code, stderr]).toEqual([0, '']);
          expect(original).toMatchObject({ file: 'm.onnx', endsCompared: true, told: [], faults: [] });
          expect(original?.unchanged).toBe(sparsity === 0);
          if (sparsity === 0) {
            expect(original?.equalDecisions).toBe(1);
            expect(original?.maxDifference).toBeLessThan(1e-5);
          } else expect(original?.maxDifference).toBeGreaterThan(1e-3);
        }
      },
    );
  }

  it('fails where the interface or the answers of an unpruned network are others', async () => {
    const data = '{kind: digits, train: 50, validation: 0, test: 60}';
    const network = new NetworkBuilder('own', [1, 28, 28])
      .flatten()
      .dense('logits', 10)
      .layer('prob', 'Softmax', { axis: -1 })
      .build();
    const weights = randomWeights(network);
    const spec = { ...recipe('own.onnx', 0), data: { kind: 'digits', train: 50, validation: 0, test: 60 } };
    const { fingerprint } = await loadDataset(
      { ...spec.data, kind: 'digits', normalize: 'standard' },
      { seed: 1, baseFolder: folder },
    );
    const metadata = { 'espalier.recipe': JSON.stringify(spec), 'espalier.data': fingerprint };
    await writeFile(join(folder, 'own.onnx'), writeOnnx(network, weights));
    const model = onnxModelOf(network, weights, { metadata });
    const write = async (name: string, change: (model: OnnxModel) => OnnxModel) =>
      writeFile(join(folder, name), encodeModel(change(model)));
    const renamed = (made: OnnxModel): OnnxModel => {
      const to = (name: string) => (name === 'input' ? 'pixels' : name);
      const nodes = made.graph.nodes.map((node) => ({ ...node, inputs: node.inputs.map(to) }));
      const inputs = made.graph.inputs.map((port) => ({ ...port, name: to(port.name) }));
      return { ...made, graph: { ...made.graph, nodes, inputs } };
    };
    const logits = (made: OnnxModel): OnnxModel => {
      const { graph } = made;
      const nodes = graph.nodes.filter(({ opType }) => opType !== 'Softmax');
      const outputs = graph.outputs.map((port) => ({ ...port, name: 'logits' }));
      return { ...made, graph: { ...graph, nodes, outputs } };
    };

    await write('good.onnx', (made) => made);
    const good = await verify('good.onnx', data, folder);
    expect(good.code).toBe(0);
    expect(good.original).toMatchObject({
      unchanged: true,
      equalDecisions: 1,
      maxDifference: 0,
      samples: 60,
    });
    const { stdout } = await cli(['verify', 'good.onnx', '--data', data], { cwd: folder });
    expect(stdout).toContain(
      'Against own.onnx: takes and gives the same; 100.00 % of 60 decisions are equal',
    );

    for (const [name, change, words] of [
      ['renamed.onnx', renamed, "The input 'input' is not in it. It has an input 'pixels', which is new."],
      [
        'logits.onnx',
        logits,
        'Its answers are logits, where they were probabilities that sum to 1 (softmax).',
      ],
    ] as const) {
      await write(name, change);
      const { code, stderr, original } = await verify(name, data, folder);
      expect([code, original?.told]).toEqual([1, []]);
      expect(stderr).toContain("The file does not take the place of 'own.onnx'.");
      expect(stderr).toContain(words);
    }
    // What the file says of itself is no fault, and its answers are compared all the same.
    const changes = JSON.stringify([
      "The output 'prob' is not in it.",
      "Its answers are logits, in the output 'logits'.",
    ]);
    await write('said.onnx', (made) => ({
      ...logits(made),
      metadata: { ...metadata, 'espalier.changes': changes },
    }));
    const said = await verify('said.onnx', data, folder);
    expect(said.code).toBe(0);
    expect(said.original).toMatchObject({ faults: [], equalDecisions: 1, maxDifference: null });
    expect(said.original?.told).toHaveLength(3);

    const other = new Map(
      [...weights].map(([name, { shape, data: values }]) => [
        name,
        { shape, data: values.map((value) => value * 1.01) },
      ]),
    );
    await writeFile(join(folder, 'off.onnx'), writeOnnx(network, other, { metadata }));
    const off = await verify('off.onnx', data, folder);
    expect(off.code).toBe(1);
    expect(off.stderr).toContain('The run left the weights as they were, and the answers differ by');
  });

  it('says where the original is not found, and takes the one that is named', async () => {
    const own = join(folder, 'apart');
    await cp(join(folder, 'good.onnx'), join(own, 'good.onnx'));
    const data = '{kind: digits, train: 50, validation: 0, test: 60}';
    const lost = await verify('good.onnx', data, own);
    expect([lost.code, lost.original]).toEqual([0, null]);
    expect((JSON.parse(lost.stdout) as Found).notes.join()).toContain(
      "('own.onnx') is not where its recipe looks",
    );
    const named = await verify('good.onnx', data, own, '--original', '../own.onnx');
    expect(named.original).toMatchObject({ file: '../own.onnx', equalDecisions: 1, unchanged: true });
  });

  it('compares the ends of files alone', () => {
    const port = (name: string, type: 'float32' | 'uint8', ...shape: (number | null)[]) => ({
      name,
      type,
      shape,
    });
    const was = {
      inputs: [port('x', 'uint8', 1, 8, 8)],
      outputs: [port('a', 'float32', 1, 4), port('b', 'float32')],
    };
    expect(endDifferences(was, was)).toEqual([]);
    const open = {
      inputs: [port('x', 'uint8', null, 8, 8)],
      outputs: [port('a', 'float32', null, 4), port('b', 'float32', 2)],
    };
    expect(endDifferences(was, open)).toEqual([]);
    expect(endDifferences(open, was).map(({ text }) => text)).toEqual([
      "The input 'x' is [1, 8, 8], where it was [?, 8, 8].",
      "The output 'a' is [1, 4], where it was [?, 4].",
    ]);
    const other = { inputs: [port('x', 'float32', 1, 64)], outputs: [...was.outputs].reverse() };
    expect(endDifferences(was, other).map(({ text }) => text)).toEqual([
      "The input 'x' is float32, where it was uint8.",
      "The input 'x' is [1, 64], where it was [1, 8, 8].",
      "The outputs 'a' and 'b' changed places.",
      "The outputs 'b' and 'a' changed places.",
    ]);
  });
});
