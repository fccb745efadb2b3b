import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportedFile } from '../../../main/engine/formats/export-format.ts';
import { readModel } from '../../../main/engine/formats/read.ts';
import { tfjs } from '../../../main/engine/formats/tfjs/format.ts';
import { writeGraphModel } from '../../../main/engine/formats/tfjs/write/graph-model.ts';
import { writeWeights } from '../../../main/engine/formats/tfjs/write/weights.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import type { Network, WeightSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { temporaryFolder } from '../../support/folder.ts';
import { problemWith } from '../../support/problem.ts';
import { cases } from '../network/cases.ts';
import { difference, inputsOf, normalTensor, oneOpNetwork, randomWeights, runTf } from '../network/run.ts';
import { runTensorFlowJs } from './tensorflow-js.ts';

const folder = temporaryFolder();

function asGraph(network: Network, weights: WeightSet): ExportedFile[] {
  const { json, tensors } = writeGraphModel(network, weights);
  const { manifest, shards } = writeWeights(tensors);
  const bytes = Buffer.from(JSON.stringify({ ...json, weightsManifest: manifest }));
  return [
    { name: 'model.json', kind: 'tfjs', bytes },
    ...shards.map((shard) => ({ ...shard, kind: 'tfjs-weights' })),
  ];
}

const write = async (network: Network, weights: WeightSet, metadata: Record<string, string> = {}) =>
  tfjs.write({ network, weights, masks: new Map(), metadata });
const jsonOf = ([main]: readonly ExportedFile[]) =>
  JSON.parse(new TextDecoder().decode(main?.bytes)) as {
    modelTopology: { model_config: { config: { layers: { class_name: string }[] } } };
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[] }[] }[];
    userDefinedMetadata: unknown;
  };

async function readBack(files: readonly ExportedFile[], name: string) {
  await mkdir(join(folder, name), { recursive: true });
  for (const file of files) await writeFile(join(folder, name, file.name), file.bytes);
  return readModel(name, folder);
}

describe('layers in TensorFlow.js', () => {
  const written = { 'layers-model': [], 'graph-model': [], refused: [] } as Record<string, string[]>;

  for (const [title, entry] of Object.entries(cases)) {
    it(`${title}: its own loaders and our reader compute what we do`, async () => {
      const network = oneOpNetwork(entry);
      const weights = randomWeights(network);
      const inputs = inputsOf(entry);
      const expected = runTf(network, weights, inputs);
      let first: ExportedFile[];
      try {
        first = await write(network, weights);
      } catch (error) {
        expect(error).toEqual(problemWith({ code: 'export/unsupported', field: 'layer' }));
        written['refused']?.push(title);
        return;
      }
      for (const files of [first, asGraph(network, weights)]) {
        const { kind, output } = await runTensorFlowJs(files, Object.values(inputs));
        expect(difference(output, expected), kind).toBeLessThan(1e-5);
        if (files === first) written[kind]?.push(title);
        const back = await readBack(files, title.replaceAll(' ', '-'));
        const given = back.network.inputs.map(({ name }, i) => [name, Object.values(inputs)[i]]);
        const [wanted = ''] = back.network.outputs;
        const again = runTf(
          { ...back.network, outputs: [wanted] },
          back.weights,
          Object.fromEntries(given) as typeof inputs,
        );
        expect(difference(again, expected), `${kind}, read again`).toBeLessThan(1e-5);
      }
    });
  }

  it('writes nearly all, most as layers', () => {
    for (const [kind, titles] of Object.entries(written)) {
      console.log(`${kind}, ${titles.length}: ${titles.join(', ')}`);
    }
    expect(written['layers-model']?.length).toBeGreaterThan(50);
    expect(written['graph-model']?.length).toBeGreaterThan(25);
    expect(written['refused']?.length).toBeLessThan(10);
  });
});

describe('files of a TensorFlow.js model', () => {
  it('has weights in files of at most 4 MiB, and the metadata', async () => {
    const network = new NetworkBuilder('wide', [1500]).dense('fc', 1500).relu().dense('out', 3).build();
    const weights = initialize(network, Random.from(1, 'weights'));
    const files = await write(network, weights, { recipe: '{"seed": 1}' });
    expect(files.map(({ name, kind }) => [name, kind])).toEqual([
      ['model.json', 'tfjs'],
      ['group1-shard1of3.bin', 'tfjs-weights'],
      ['group1-shard2of3.bin', 'tfjs-weights'],
      ['group1-shard3of3.bin', 'tfjs-weights'],
    ]);
    expect(files.slice(1).map(({ bytes }) => bytes.length)).toEqual([
      4194304,
      4194304,
      4 * (1500 * 1500 + 1500 + 3 * 1500 + 3) - 2 * 4194304,
    ]);
    expect(jsonOf(files).weightsManifest[0]?.paths).toEqual(files.slice(1).map(({ name }) => name));
    expect(jsonOf(files).userDefinedMetadata).toEqual({ recipe: '{"seed": 1}' });
    const back = await readBack(files, 'wide');
    expect(back.metadata).toEqual({ recipe: '{"seed": 1}' });
    expect(back.producer).toBe('Espalier');
    expect([...(back.weights.get('out/kernel')?.data ?? [])]).toEqual([
      ...(weights.get('out.weight')?.data ?? []),
    ]);
  });

  it('writes pruned weights as zeros', async () => {
    const network = new NetworkBuilder('line', [3]).dense('fc', 1, { bias: false }).build();
    const weights = new Map([['fc.weight', { shape: [1, 3], data: Float32Array.of(1, 10, 100) }]]);
    const masks = new Map([['fc.weight', Uint8Array.of(1, 0, 1)]]);
    const files = await tfjs.write({ network, weights, masks, metadata: {} });
    const { output } = await runTensorFlowJs(files, [{ shape: [1, 3], data: Float32Array.of(1, 1, 1) }]);
    expect([...output.data]).toEqual([101]);
  });

  it('answers with probabilities only where a softmax comes last', async () => {
    const plain = new NetworkBuilder('p', [4]).dense('fc', 3).layer('softmax', 'Softmax').build();
    const head = { kind: 'softmax', output: 'softmax', axis: 1 } as const;
    const network = { ...plain, outputs: ['softmax', 'fc'], head };
    const weights = initialize(network, Random.from(1, 'weights'));
    for (const files of [await write(network, weights), asGraph(network, weights)]) {
      const { output } = await runTensorFlowJs(files, [normalTensor([1, 4], 'x')]);
      expect(output.data.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
      expect((await readBack(files, 'softmax')).network.outputs).toEqual(['softmax']);
    }
  });

  it('keeps a layer that is used twice one layer', async () => {
    const one = new NetworkBuilder('twice', [4]).dense('fc', 4).relu('relu').build();
    const again = {
      ...one.nodes[0],
      name: 'again',
      inputs: ['relu'],
      outputs: ['again'],
    } as Network['nodes'][0];
    const network = { ...one, nodes: [...one.nodes, again], outputs: ['again'] };
    const weights = initialize(network, Random.from(1, 'weights'));
    const files = await write(network, weights);
    const x = normalTensor([2, 4], 'x');
    const { output } = await runTensorFlowJs(files, [x]);
    expect(difference(output, runTf(network, weights, { input: x }))).toBeLessThan(1e-6);
    expect(jsonOf(files).weightsManifest[0]?.weights.map(({ name }) => name)).toEqual([
      'fc/kernel',
      'fc/bias',
    ]);
    expect(Object.keys((await readBack(files, 'twice')).network.params)).toHaveLength(2);
  });

  it('takes names as they come', async () => {
    const network = new NetworkBuilder('a b/c', [2]).dense('_x y/z:1', 2).relu('x_y_z_1').build();
    const weights = initialize(network, Random.from(1, 'weights'));
    for (const files of [await write(network, weights), asGraph(network, weights)]) {
      const x = normalTensor([1, 2], 'x');
      const { output } = await runTensorFlowJs(files, [x]);
      expect(difference(output, runTf(network, weights, { input: x }))).toBeLessThan(1e-6);
    }
  });

  it('says when it had to write a graph, and names what neither can hold', async () => {
    const abs = new NetworkBuilder('abs', [2]).layer('act', 'Abs').build();
    const [main] = await write(abs, new Map());
    expect(main?.notes?.join()).toMatch(/graph of operations.*Abs 'act'/);
    const dilated = new NetworkBuilder('gaps', [1, 9, 9]).conv('c', 2, { stride: 2 }).build();
    const nodes = dilated.nodes.map((node) => ({ ...node, attrs: { ...node.attrs, dilations: [2, 2] } }));
    const network = { ...dilated, nodes };
    await expect(write(network, initialize(network, Random.from(1, 'w')))).rejects.toEqual(
      problemWith({
        code: 'export/unsupported',
        field: 'c',
        message: expect.stringMatching(/Conv2D 'c' has both strides and gaps/) as string,
        remedy: expect.stringContaining('ONNX') as string,
      }),
    );
  });
});
