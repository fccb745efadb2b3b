import { describe, expect, it } from 'vitest';
import { Random } from '../../../../main/engine/base/random.ts';
import { planForC } from '../../../../main/engine/formats/sparse/c/plan.ts';
import { writeC } from '../../../../main/engine/formats/sparse/c/write.ts';
import { makePlan } from '../../../../main/engine/formats/sparse/make-plan.ts';
import { C } from '../../../../main/engine/formats/sparse/tuning.ts';
import { sizeOf } from '../../../../main/engine/network/graph.ts';
import { maskedSet } from '../../../../main/engine/network/masked.ts';
import { zoo } from '../../../../main/engine/zoo/index.ts';
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

/** Cases that one program holds. */
const AT_ONCE = 24;
const SAMPLES = 2;

describe.each(['gcc', 'clang'])('networks as C, by %s', (compiler) => {
  const entries = Object.entries(cases);
  const parts = Array.from({ length: Math.ceil(entries.length / AT_ONCE) }, (_, i) =>
    entries.slice(i * AT_ONCE, (i + 1) * AT_ONCE),
  );

  it
    .skipIf(!has(compiler))
    .each(parts.map((part, i) => ({ name: `part ${i + 1} of ${parts.length}`, part })))(
    'every layer computes what the forward pass does, within its memory: $name',
    async ({ part }) => {
      const network = together(part.map(([, entry]) => entry));
      const plan = makePlan(network, randomWeightsOf(part), new Map(), C);
      const given = part.map(([, entry]) => Object.values(inputsOf(entry)).map(twoSamples));
      const expected = part.map(([, entry]) => {
        const alone = oneOpNetwork(entry);
        return twoSamples(runTf(alone, randomWeights(alone), inputsOf(entry)));
      });
      const sizes = expected.map(({ shape }) => sizeOf(shape.slice(1)));
      const found = await runC(writeC(plan, []), given.flat(), sizes, { compiler, flags: CHECKED[compiler] });
      part.forEach(([title], i) => {
        const wanted = expected[i] ?? { shape: [], data: new Float32Array() };
        const data = found[i] ?? new Float32Array();
        expect(difference({ shape: wanted.shape, data }, wanted), title).toBeLessThan(1e-5);
      });
    },
  );

  it.skipIf(!has(compiler)).each([1, 2])(
    'generated network %i, sparse, with and without vectors',
    async (seed) => {
      const network = drawnNetwork(seed);
      const weights = randomWeights(network);
      const masks = drawnMasks(network, weights, 0.8, Random.from(seed, 'masks'));
      const input = normalTensor([3, ...(network.inputs[0]?.shape ?? [])], 'samples');
      const expected = await runOnnx(network, maskedSet(weights, masks), { input });
      const files = writeC(makePlan(network, weights, masks, C), []);
      for (const flags of [CHECKED[compiler], ['-O3', '-DMODEL_SCALAR']]) {
        const [data = new Float32Array()] = await runC(files, [input], [5], { compiler, flags });
        expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-4);
      }
    },
  );

  it.skipIf(!has(compiler))('a network of the zoo, for this processor', async () => {
    const entry = zoo.get('lenet-5-caffe');
    const network = entry.build({ input: entry.defaultInput, classes: 10 });
    const weights = randomWeights(network);
    const masks = drawnMasks(network, weights, 0.9, Random.from(1, 'masks'));
    const input = normalTensor([4, ...entry.defaultInput], 'samples');
    const expected = await runOnnx(network, maskedSet(weights, masks), { input });
    const flags = ['-O3', '-march=native'];
    const [data = new Float32Array()] = await runC(
      writeC(makePlan(network, weights, masks, C), []),
      [input],
      [10],
      { compiler, flags },
    );
    expect(difference({ shape: expected.shape, data }, expected)).toBeLessThan(1e-4);
  });
});

describe('a network for a microcontroller', () => {
  it.skipIf(!has('arm-none-eabi-gcc'))(
    'compiles without a warning where layers have no weight left',
    async () => {
      const network = drawnNetwork(1);
      const weights = randomWeights(network);
      const masks = drawnMasks(network, weights, 1, Random.from(1, 'masks'));
      expect((await armSize(writeC(makePlan(network, weights, masks, C), []))).flash).toBeGreaterThan(0);
    },
  );

  it.skipIf(!has('arm-none-eabi-gcc'))('LeNet-300-100 at 95 % fits into 128 kB of flash', async () => {
    const entry = zoo.get('lenet-300-100');
    const network = entry.build({ input: entry.defaultInput, classes: 10 });
    const weights = randomWeights(network);
    const masks = drawnMasks(network, weights, 0.95, Random.from(1, 'masks'));
    const { flash, memory } = await armSize(writeC(planForC(network, weights, masks), []));
    expect(flash).toBeLessThan(128_000);
    expect(memory).toBeLessThan(8_000);
  });
});

function twoSamples({ shape, data }: { shape: readonly number[]; data: Float32Array }) {
  const each = sizeOf(shape.slice(1));
  return { shape: [SAMPLES, ...shape.slice(1)], data: data.slice(0, SAMPLES * each) };
}

/** The weights that each case has alone. */
function randomWeightsOf(part: readonly (readonly [string, (typeof cases)[string]])[]) {
  return new Map(
    part.flatMap(([, entry], i) =>
      [...randomWeights(oneOpNetwork(entry))].map(([name, values]) => [`${i}/${name}`, values] as const),
    ),
  );
}
