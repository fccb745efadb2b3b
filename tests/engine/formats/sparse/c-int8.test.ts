import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { codeBytes } from '../../../../main/engine/formats/sparse/c/code-size.ts';
import { constantBytes } from '../../../../main/engine/formats/sparse/c/constants.ts';
import { int8C } from '../../../../main/engine/formats/sparse/c/format.ts';
import { readAccount } from '../../../../main/engine/formats/sparse/c/account.ts';
import { EIGHT_BITS } from '../../../../main/engine/formats/sparse/c/names.ts';
import { writeC } from '../../../../main/engine/formats/sparse/c/write.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import { rounded, roundedSet } from '../../../../main/engine/formats/sparse/rounded.ts';
import { C } from '../../../../main/engine/formats/sparse/tuning.ts';
import { foldBatchNorm } from '../../../../main/engine/network/fold-batch-norm.ts';
import type { MaskSet, Network, WeightSet } from '../../../../main/engine/network/graph.ts';
import { sizeOf } from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
import { problemWith } from '../../../support/problem.ts';
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
import { drawnMasks, drawnNetwork, together } from './networks.ts';
import { armSize, CHECKED, has, runC } from './run-c.ts';

const filesOf = (network: Network, weights: WeightSet, masks: MaskSet = new Map(), tuning = C) =>
  writeC(makePlan(network, weights, masks, tuning, { eightBits: true }), [], { names: EIGHT_BITS });

/** The network in float32 with the weights that eight bits stand for. */
function roundedNetwork(network: Network, weights: WeightSet, masks: MaskSet = new Map()) {
  const folded = foldBatchNorm(network, maskedSet(weights, masks));
  return { network: folded.network, weights: roundedSet(folded.network, folded.weights) };
}

/** A network of the zoo whose weights are pruned at random. */
function fromZoo(id: string, sparsity: number) {
  const entry = zoo.get(id);
  const network = entry.build({ input: entry.defaultInput, classes: 10 });
  const weights = randomWeights(network);
  return { network, weights, masks: drawnMasks(network, weights, sparsity, Random.from(1, 'masks')) };
}

describe('weights in eight bits', () => {
  it('are off by half a step at most; the largest is 127 of them, and zeros are zeros', () => {
    const random = Random.from(1, 'weights');
    const weights = Array.from({ length: 500 }, (_, i) => (i % 7 === 0 ? 0 : random.normal()));
    const { whole, scale } = rounded(weights);
    expect(Math.max(...whole.map(Math.abs))).toBe(127);
    weights.forEach((weight, i) => {
      expect(Math.abs(weight - (whole[i] ?? 0) * scale)).toBeLessThanOrEqual((scale / 2) * 1.000_01);
      if (weight === 0) expect(whole[i]).toBe(0);
    });
  });

  it('are zero where float32 has no scale for them, and where all are zero', () => {
    expect(rounded([0, -0])).toEqual({ whole: Int8Array.of(0, 0), scale: 1 });
    expect(rounded([1e-40, -3e-42])).toEqual({ whole: Int8Array.of(0, 0), scale: 1 });
  });

  it('rounded once more are the same', () => {
    const { network, weights } = fromZoo('lenet-5-caffe', 0.5);
    const once = roundedSet(network, weights);
    for (const [name, { data }] of roundedSet(network, once))
      expect(
        difference(
          { shape: [data.length], data },
          { shape: [data.length], data: once.get(name)?.data ?? data },
        ),
      ).toBeLessThan(1e-6);
  });
});

describe.each(['gcc', 'clang'])('networks as C with weights of eight bits, by %s', (compiler) => {
  it.skipIf(!has(compiler))('layers compute what they do in float32 with the rounded weights', async () => {
    const part = Object.entries(cases).filter(([, { op }]) =>
      ['Conv2D', 'ConvTranspose2D', 'Dense'].includes(op),
    );
    const network = together(part.map(([, entry]) => entry));
    const weights = new Map(
      part.flatMap(([, entry], i) =>
        [...randomWeights(oneOpNetwork(entry))].map(([name, values]) => [`${i}/${name}`, values] as const),
      ),
    );
    const given = part.map(([, entry]) => Object.values(inputsOf(entry)).map(oneSample));
    const expected = part.map(([, entry]) => {
      const alone = oneOpNetwork(entry);
      return oneSample(runTf(alone, roundedSet(alone, randomWeights(alone)), inputsOf(entry)));
    });
    const sizes = expected.map(({ shape }) => sizeOf(shape.slice(1)));
    const found = await runC(filesOf(network, weights), given.flat(), sizes, {
      ...{ compiler, flags: CHECKED[compiler], names: EIGHT_BITS },
    });
    part.forEach(([title], i) => {
      const wanted = expected[i] ?? { shape: [], data: new Float32Array() };
      const data = found[i] ?? new Float32Array();
      expect(difference({ shape: wanted.shape, data }, wanted), title).toBeLessThan(1e-5);
    });
  });

  it.skipIf(!has(compiler)).each([2])(
    'generated network %i, with and without vectors, in one piece and in many',
    async (seed) => {
      const network = drawnNetwork(seed);
      const weights = randomWeights(network);
      const masks = drawnMasks(network, weights, 0.8, Random.from(seed, 'masks'));
      const input = normalTensor([3, ...(network.inputs[0]?.shape ?? [])], 'samples');
      const plain = roundedNetwork(network, weights, masks);
      const expected = await runOnnx(plain.network, plain.weights, { input });
      for (const [flags, tuning] of [
        [CHECKED[compiler], C],
        [['-O3', '-DMODEL_SCALAR'], C],
        [['-O1', '-march=native'], { ...C, cache: 1 }],
      ] as const) {
        const how = { compiler, flags, names: EIGHT_BITS };
        const [data = new Float32Array()] = await runC(
          filesOf(network, weights, masks, tuning),
          [input],
          [5],
          how,
        );
        expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-5);
      }
    },
  );
});

describe('a network with weights of eight bits for a microcontroller', () => {
  it.skipIf(!has('arm-none-eabi-gcc'))('takes less than half of the flash of float32', async () => {
    const { network, weights, masks } = fromZoo('lenet-300-100', 0.95);
    const { flash, memory } = await armSize(filesOf(network, weights, masks), EIGHT_BITS);
    expect(flash).toBeLessThan(50_000);
    expect(memory).toBeLessThan(8_000);
  });

  it.skipIf(!has('arm-none-eabi-gcc')).each(['lenet-300-100', 'mobilenet-like'])(
    'the header tells about what %s takes of code',
    async (id) => {
      const { network, weights, masks } = fromZoo(id, 0.98);
      for (const eightBits of [false, true]) {
        const plan = makePlan(network, weights, masks, C, { eightBits });
        const { flash } = await armSize(writeC(plan, []));
        const code = flash - constantBytes(plan.data);
        expect(codeBytes(plan) / code).toBeGreaterThan(0.7);
        expect(codeBytes(plan) / code).toBeLessThan(1.4);
      }
    },
  );
});

describe('the file', () => {
  const network = drawnNetwork(3);
  const weights = randomWeights(network);
  const metadata = { 'espalier.accuracy': '0.5', 'espalier.recipe': '{"data":"a/*.png"}' };
  const request = { network, weights, masks: new Map(), metadata };

  it('says what was measured of it beside what was before', async () => {
    const score = async () => 0.48;
    const dataset = async () => ({}) as never;
    const [file] = await int8C.write({ ...request, score, dataset });
    expect(file).toMatchObject({ name: 'model-int8.c', accuracy: 0.48 });
    const words =
      'With weights of 8 bits 48.00 % of the test samples are right, with those of 32 bits 50.00 %.';
    expect(file?.notes).toEqual([words]);
    const text = Buffer.from(file?.bytes ?? []).toString();
    expect(text).toContain(words);
    const account = readAccount(text, 'model-int8.c');
    expect(account.metadata).toMatchObject({
      'espalier.accuracy': '0.48',
      'espalier.float32-accuracy': '0.5',
      'espalier.recipe': metadata['espalier.recipe'],
    });
    expect(account.ends).toMatchObject({ kind: 'none', shape: network.inputs[0]?.shape });
  });

  it('states no accuracy where there are no data', async () => {
    const [file] = await int8C.write(request);
    expect(file?.accuracy).toBeUndefined();
    const text = Buffer.from(file?.bytes ?? []).toString();
    expect(readAccount(text, 'x').metadata['espalier.accuracy']).toBeUndefined();
  });

  it('is told from any other C', () => {
    expect(() => readAccount('int main(void) { return 0; }', 'x.c')).toThrow(
      problemWith({ code: 'c/unreadable', file: 'x.c' }),
    );
  });
});

function oneSample({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  return { shape: [1, ...shape.slice(1)], data: data.slice(0, sizeOf(shape.slice(1))) };
}
