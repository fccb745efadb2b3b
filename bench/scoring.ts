import type { Batch } from '../main/engine/data/batches.ts';
import type { Dataset } from '../main/engine/data/dataset.ts';
import { trainSpecSchema } from '../main/contract/recipe.ts';
import { openBackend } from '../main/engine/backend/choose.ts';
import { element } from '../main/engine/compress/structures/element.ts';
import type { ScoringContext } from '../main/engine/compress/criteria/criterion.ts';
import { criteria } from '../main/engine/compress/criteria/index.ts';
import { scoringData } from '../main/engine/compress/criteria/scoring-data.ts';
import { prunableParams } from '../main/engine/network/graph.ts';
import { wholeModel } from '../main/engine/network/model.ts';
import { initialize } from '../main/engine/network/initialize.ts';
import { Random } from '../main/engine/base/random.ts';
import { TrainingModel } from '../main/engine/train/training-model.ts';
import { zoo } from '../main/engine/zoo/index.ts';

/**
 * What scoring a network costs: the time of a criterion's scores against that of three training epochs on the samples that
 * the data criteria look at, ten of every class. Both are measured in turn in the same process, so that a busy machine slows both.
 *
 *     node bench/scoring.ts [network] [--threads n] [--repeats n] [--device name]
 */

const SHAPE = [3, 32, 32];
const CLASSES = 10;
const PER_CLASS = 10;
/** The recipe's default. */
const BATCH = 64;
const EPOCHS = 3;

const [id = 'resnet-56'] = process.argv.slice(2).filter((arg, i, all) => !arg.startsWith('--') && !all[i - 1]?.startsWith('--')); // prettier-ignore
const option = (name: string, fallback: string) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
};
const repeats = Number(option('repeats', '5'));
const backend = await openBackend({
  device: option('device', 'onnxruntime'),
  threads: Number(option('threads', '2')),
});
const network = zoo.get(id).build({ input: SHAPE, classes: CLASSES });
const weights = initialize(network, Random.from(1, 'weights'));
const dataset = noise(20 * PER_CLASS);
const model = new TrainingModel(
  backend,
  wholeModel({ network, weights }),
  trainSpecSchema.parse({ epochs: EPOCHS }),
);
let steps = 0;

const jobs: Record<string, () => Promise<unknown>> = {
  [`${EPOCHS} epochs`]: async () => {
    for (let epoch = 0; epoch < EPOCHS; epoch++) {
      for (const batch of samples()) await model.train(batch, SHAPE, 1e-4, ++steps);
    }
  },
};
for (const name of ['snip', 'grasp', 'synflow']) jobs[name] = () => criteria.get(name).score(context());

interface Times {
  readonly wall: number[];
  /** Of all threads: what a busy machine disturbs less. */
  readonly cpu: number[];
}
const times = new Map<string, Times>(Object.keys(jobs).map((name) => [name, { wall: [], cpu: [] }]));
for (let round = 0; round <= repeats; round++) {
  for (const [name, job] of Object.entries(jobs)) {
    const [start, used] = [performance.now(), process.cpuUsage()];
    await job();
    const wall = (performance.now() - start) / 1000;
    const { user, system } = process.cpuUsage(used);
    // The first round traces and compiles, for training as for scoring.
    if (round === 0) continue;
    times.get(name)?.wall.push(wall);
    times.get(name)?.cpu.push((user + system) / 1e6);
  }
}
console.log(
  `${id}, ${CLASSES * PER_CLASS} samples of ${SHAPE.join('x')}, ${backend.device}; median of ${repeats}`,
);
const [reference] = times.values();
for (const [name, { wall, cpu }] of times) {
  const column = (own: readonly number[], whole: readonly number[] = []) =>
    `${median(own).toFixed(3)} s = ${(median(own) / median(whole)).toFixed(2)} x ${EPOCHS} epochs`;
  console.log(
    `${name.padEnd(10)} ${column(wall, reference?.wall)}   processor time ${column(cpu, reference?.cpu)}`,
  );
}
model.dispose();
await backend.dispose();

function context(): ScoringContext {
  return {
    network,
    weights,
    masks: new Map(),
    params: prunableParams(network),
    units: element.units(network, prunableParams(network), {}),
    data: scoringData(dataset, 1, 'bench'),
    batchNorm: 'training',
    backend,
    random: Random.from(1, 'bench'),
  };
}

function samples(): Iterable<Batch> {
  return scoringData(dataset, 1, 'bench').balanced(PER_CLASS, BATCH);
}

function noise(size: number): Dataset {
  const random = Random.from(1, 'samples');
  const values = Float32Array.from({ length: size * SHAPE.reduce((a, b) => a * b, 1) }, () =>
    random.normal(),
  );
  const train = { size, values, labels: Int32Array.from({ length: size }, (_, i) => i % CLASSES) };
  const none = { size: 0, values: new Float32Array(), labels: new Int32Array() };
  return {
    name: 'noise',
    classes: Array.from({ length: CLASSES }, (_, i) => String(i)),
    sampleShape: SHAPE,
    train,
    validation: none,
    test: none,
    normalization: { mean: [0, 0, 0], std: [1, 1, 1] },
    fingerprint: '',
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
