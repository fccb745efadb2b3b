import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import { WASM } from '../../../../main/engine/formats/sparse/tuning.ts';
import { wasm } from '../../../../main/engine/formats/sparse/wasm/format.ts';
import { openModel } from '../../../../main/engine/formats/sparse/wasm/runtime.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { temporaryFolder } from '../../../support/folder.ts';
import { difference, normalTensor, randomWeights, runOnnx } from '../../network/run.ts';
import { drawnMasks } from './networks.ts';

const execute = promisify(execFile);
const folder = temporaryFolder();

/** A network of the zoo, sparse, so that lists are of single channels, or dense, so that some share theirs. */
function drawn(id: string, sparsity: number) {
  const entry = zoo.get(id);
  const network = entry.build({
    input: entry.defaultInput,
    classes: 10,
    width: id === 'resnet-20' ? 0.5 : 1,
  });
  const weights = randomWeights(network);
  const masks = drawnMasks(network, weights, sparsity, Random.from(1, 'masks'));
  return { network, weights, masks, input: normalTensor([3, ...entry.defaultInput], 'samples') };
}

describe('modules on several threads', () => {
  it.each([
    ['lenet-300-100', 0.8],
    ['resnet-20', 0.8],
    ['resnet-20', 0],
  ] as const)('%s at %d answers with the same bits on 1, 2 and 3', async (id, sparsity) => {
    const { network, weights, masks, input } = drawn(id, sparsity);
    expect(makePlan(network, weights, masks, WASM).steps.some(({ split }) => split !== undefined)).toBe(true);
    const own = join(folder, `${id}-${sparsity}`);
    await mkdir(own);
    for (const { name, bytes } of await wasm.write({ network, weights, masks, metadata: {} }))
      await writeFile(join(own, name), bytes);
    const program = `
      import { load } from ${JSON.stringify(pathToFileURL(join(own, 'model.mjs')).href)};
      const input = new Float32Array(${JSON.stringify([...input.data])});
      const found = [];
      for (const threads of [1, 2, 3]) {
        const model = await load({ threads });
        const answers = new Set();
        for (let time = 0; time < 5; time++) answers.add(Buffer.from(model.run(input).buffer).toString('hex'));
        found.push({ threads: model.threads, answers: [...answers] });
        if (threads === 2) model.close();
      }
      console.log(JSON.stringify(found));`;
    await writeFile(join(own, 'use.mjs'), program);
    // The program ends although a model with threads is still open.
    const { stdout } = await execute(process.execPath, [join(own, 'use.mjs')]);
    const found = JSON.parse(stdout) as { threads: number; answers: string[] }[];
    expect(found.map(({ threads }) => threads)).toEqual([1, 2, 3]);
    const [one = ''] = found[0]?.answers ?? [];
    expect(found.map(({ answers }) => answers)).toEqual([[one], [one], [one]]);
    const expected = await runOnnx(network, maskedSet(weights, masks), { input });
    const data = new Float32Array(Uint8Array.from(Buffer.from(one, 'hex')).buffer);
    expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-4);
  });

  it('are one where there is no shared memory, which is said', async () => {
    const { network, weights, masks, input } = drawn('lenet-300-100', 0.9);
    const [file] = await wasm.write({ network, weights, masks, metadata: {} });
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const start = () => Promise.reject(new Error('no thread is wanted'));
    const model = await openModel(file?.bytes ?? new Uint8Array(), { threads: 2, start });
    vi.unstubAllGlobals();
    expect(model.threads).toBe(1);
    expect(warn).toHaveBeenCalledWith(expect.stringContaining('runs on one thread'));
    expect(model.run(input.data)).toHaveLength(30);
    await expect(openModel(file?.bytes ?? new Uint8Array(), { threads: 0 })).rejects.toThrow(RangeError);
  });
});
