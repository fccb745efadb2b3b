import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import { WASM } from '../../../../main/engine/formats/sparse/tuning.ts';
import { wasm } from '../../../../main/engine/formats/sparse/wasm/format.ts';
import { readEnds } from '../../../../main/engine/formats/sparse/wasm/sections.ts';
import { openModel } from '../../../../main/engine/formats/sparse/wasm/runtime.ts';
import { writeWasm } from '../../../../main/engine/formats/sparse/wasm/write.ts';
import { lowerings } from '../../../../main/engine/formats/sparse/lower/index.ts';
import { ops } from '../../../../main/engine/network/ops/index.ts';
import { problemWith } from '../../../support/problem.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../../../../main/engine/network/graph.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { cases } from '../../network/cases.ts';
import {
  difference,
  inputsOf,
  normalTensor,
  oneOpNetwork,
  randomWeights,
  runOnnx,
  runTf,
} from '../../network/run.ts';
import { infoOf } from './info.ts';
import { drawnMasks, drawnNetwork } from './networks.ts';

const execute = promisify(execFile);
const folder = temporaryFolder();

function bytesOf(
  network: Network,
  weights: WeightSet,
  masks: MaskSet = new Map(),
  tuning = WASM,
): Uint8Array {
  const plan = makePlan(network, weights, masks, tuning);
  return writeWasm(plan, infoOf(plan));
}

async function answers(bytes: Uint8Array, inputs: readonly TensorData[]): Promise<Float32Array> {
  const data = (await openModel(bytes)).run(...inputs.map((input) => input.data));
  return data instanceof Float32Array ? data : new Float32Array();
}

describe('networks as WebAssembly', () => {
  for (const [title, entry] of Object.entries(cases)) {
    it(`${title}: computes what the forward pass does, with and without fused sums`, async () => {
      const network = oneOpNetwork(entry);
      const weights = randomWeights(network);
      const inputs = inputsOf(entry);
      const expected = runTf(network, weights, inputs);
      const bytes = bytesOf(network, weights);
      // An engine without relaxed SIMD refuses that section, and then takes the module itself.
      for (const module of [bytes, withoutRelaxed(bytes)]) {
        const data = await answers(module, Object.values(inputs));
        expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-5);
      }
    });
  }

  it.each(Array.from({ length: 40 }, (_, i) => i + 1))(
    'generated network %i computes what onnxruntime does',
    async (seed) => {
      const network = drawnNetwork(seed);
      const weights = randomWeights(network);
      const random = Random.from(seed, 'masks');
      const sparsity = [0, 0.5, 0.9, 0.98][seed % 4] ?? 0;
      // Some layers have no weight left.
      const masks = drawnMasks(network, weights, sparsity, random, () => random.float() < 0.1);
      const input = normalTensor([3, ...(network.inputs[0]?.shape ?? [])], 'samples');
      const expected = await runOnnx(network, maskedSet(weights, masks), { input });
      const data = await answers(bytesOf(network, weights, masks), [input]);
      expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-4);
    },
  );

  it.each(zoo.items.map(({ id }) => id))('%s of the zoo computes what onnxruntime does', async (id) => {
    const entry = zoo.get(id);
    const network = entry.build({ input: entry.defaultInput, classes: 10, width: 0.25 });
    const weights = randomWeights(network);
    const masks = drawnMasks(network, weights, 0.9, Random.from(1, 'masks'));
    const input = normalTensor([2, ...entry.defaultInput], 'samples');
    const expected = await runOnnx(network, maskedSet(weights, masks), { input });
    // With no room in the cache every input channel is a call of its own, whose sums go on from the last one's.
    for (const cache of [WASM.cache, 1]) {
      const data = await answers(bytesOf(network, weights, masks, { ...WASM, cache }), [input]);
      expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-4);
    }
  });

  it('has kernels for every layer type', () => {
    expect(Object.keys(lowerings).sort()).toEqual(Object.keys(ops).sort());
  });
});

describe('the files of the format', () => {
  const network = drawnNetwork(7);
  const weights = randomWeights(network);
  const sample = normalTensor([1, ...(network.inputs[0]?.shape ?? [])], 'samples');

  it('run in Node by their own module, which says what is wrong with an input', async () => {
    const metadata = { 'espalier.classes': '["a","b","c","d","e"]', 'espalier.accuracy': '0.5' };
    for (const { name, bytes } of await wasm.write({ network, weights, masks: new Map(), metadata })) {
      await writeFile(join(folder, name), bytes);
    }
    const expected = await runOnnx(network, weights, { input: sample });
    const program = `
      import { load } from ${JSON.stringify(pathToFileURL(join(folder, 'model.mjs')).href)};
      const model = await load();
      const errors = [[], [new Float32Array(3)], ['text'], [null], [new DataView(new ArrayBuffer(8))]].map((given) => {
        try { model.run(...given); return 'none'; } catch (error) { return error.constructor.name; }
      });
      console.log(JSON.stringify({ info: model.info, errors, scores: [...model.run(${JSON.stringify([...sample.data])})] }));`;
    await writeFile(join(folder, 'use.mjs'), program);
    for (const node of [process.execPath, '/usr/bin/node']) {
      const { stdout } = await execute(node, [join(folder, 'use.mjs')]).catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === 'ENOENT') return { stdout: '' };
          throw error;
        },
      );
      if (stdout === '') continue;
      const said = JSON.parse(stdout) as { info: { labels: string[] }; errors: string[]; scores: number[] };
      expect(said.info.labels).toEqual(['a', 'b', 'c', 'd', 'e']);
      expect(said.errors).toEqual(['TypeError', 'RangeError', 'TypeError', 'TypeError', 'TypeError']);
      expect(difference({ shape: [1, 5], data: Float32Array.from(said.scores) }, expected)).toBeLessThan(
        1e-4,
      );
    }
  });

  it('are a module that validates', () => {
    const engine = globalThis as unknown as { WebAssembly: { validate: (bytes: Uint8Array) => boolean } };
    expect(engine.WebAssembly.validate(bytesOf(network, weights))).toBe(true);
  });

  it('cannot be opened when they are something else', async () => {
    await expect(openModel(new Uint8Array([1, 2, 3]))).rejects.toThrow(/compile/);
    const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    await expect(openModel(empty)).rejects.toThrow(/none of Espalier's: its section 'about' is missing/);
    await expect(readEnds(empty, 'model.wasm')).rejects.toEqual(
      problemWith({ code: 'wasm/unreadable', file: 'model.wasm' }),
    );
  });

  it('refuse a layer that cannot be written, before a run', () => {
    const odd = { ...network, nodes: network.nodes.map((node) => ({ ...node, op: 'Unheard' })) };
    expect(() => wasm.check?.(odd, weights)).toThrow(problemWith({ code: 'network/unsupported-op' }));
  });
});

/** The module with its section 'relaxed' made unreadable. */
function withoutRelaxed(bytes: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(bytes);
  const at = Buffer.from(bytes).indexOf('relaxed');
  changed[at + 'relaxed'.length] = 1;
  return changed;
}
