import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { setup } from '../../bench/train/setup.ts';
import type { Backend, HostRecord } from '../../main/engine/backend/backend.ts';
import { openBackend } from '../../main/engine/backend/choose.ts';
import { difference, probeLosses } from '../../main/engine/backend/probe.ts';
import { openTensorflow } from '../../main/engine/backend/tensorflow.ts';
import { stateName } from '../../main/engine/train/step.ts';
import { layerLoss } from '../engine/backend/layer-loss.ts';
import { cases } from '../engine/network/cases.ts';

/*
 * Compares the tensorflow device with plain JavaScript and with onnxruntime: `node parity.ts FOLDER`, where FOLDER has tfjs-node
 * in its node_modules. Prints a list of comparisons as JSON.
 */

export interface Comparison {
  readonly what: string;
  /** Relative; infinite where something could not be computed. */
  readonly error: number | null;
  readonly message?: string;
}

const STEPS = 20;
/**
 * Small enough for plain JavaScript to train, slow enough that rounding does not grow from step to step. MobileNet on such small
 * images is at the edge: changing its weights by one unit in the last place can change later losses by 1e-2 on one device.
 */
const NETWORKS = [
  { id: 'lenet-300-100', batch: 8, input: [1, 28, 28], lr: 0.002 },
  { id: 'lenet-5-caffe', batch: 2, input: [1, 28, 28], lr: 0.002 },
  { id: 'resnet-20', batch: 4, input: [3, 8, 8], lr: 0.002 },
  { id: 'mobilenet-like', batch: 10, input: [3, 8, 8], lr: 0.0002 },
];

const require = createRequire(join(process.argv[2] ?? '.', 'package.json'));
const open: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: () => openBackend({ device: 'cpu' }),
  onnxruntime: () => openBackend({ device: 'onnxruntime', threads: 2 }),
  tensorflow: () => openTensorflow(async (name): Promise<unknown> => require(name)),
};

interface Course {
  readonly losses: number[];
  /** After the first step the optimiser's velocity is the gradient. */
  readonly gradients: HostRecord;
}

async function course(backend: Backend, network: (typeof NETWORKS)[number]): Promise<Course> {
  const { train, state, inputs } = setup(network.id, network);
  const device = backend.createState(state);
  const step = backend.compile(train);
  const losses: number[] = [];
  let gradients: HostRecord = {};
  const velocities = Object.keys(state).filter((name) => name.startsWith(stateName.slot('velocity', '')));
  for (let i = 0; i < STEPS; i++) {
    losses.push((await step.run(device, inputs))['loss']?.data[0] ?? NaN);
    if (i === 0) gradients = await device.read(velocities);
  }
  device.dispose();
  step.dispose();
  return { losses, gradients };
}

/**
 * Largest difference over all tensors, each relative to its own largest entry, or to a thousandth of the network's largest: a
 * scale before another batch norm has a gradient of zero but for rounding.
 */
function gradientError(actual: HostRecord, expected: HostRecord): number {
  const size = (data: ArrayLike<number>): number =>
    Array.from(data).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const floor = 1e-3 * Math.max(...Object.values(expected).map(({ data }) => size(data)), 1e-5);
  const errors = Object.entries(expected).map(([name, { data }]) => {
    const other = actual[name]?.data ?? new Float32Array();
    return size(Array.from(data, (value, i) => value - (other[i] ?? NaN))) / Math.max(size(data), floor);
  });
  return Math.max(...errors);
}

async function layerGradients(backend: Backend): Promise<Map<string, HostRecord | Error>> {
  const found = new Map<string, HostRecord | Error>();
  for (const [title, entry] of Object.entries(cases)) {
    try {
      found.set(title, gradientsOf(entry));
    } catch (error) {
      found.set(title, error instanceof Error ? error : new Error(String(error)));
    }
  }
  await backend.dispose();
  return found;
}

function gradientsOf(entry: (typeof cases)[string]): HostRecord {
  return tf.tidy(() => {
    const { values, loss } = layerLoss(entry);
    const names = Object.keys(values);
    const tensors = Object.values(values).map(({ shape, data }) => tf.tensor(data, [...shape]));
    const gradients = tf.grads((...given: tf.Tensor[]) =>
      loss(Object.fromEntries(names.map((name, i) => [name, given[i] as tf.Tensor]))),
    )(tensors);
    return Object.fromEntries(
      gradients.map((g, i) => [names[i] ?? '', { shape: g.shape, data: g.dataSync() as Float32Array }]),
    );
  });
}

const courses = new Map<string, Course[]>();
const layers = new Map<string, Map<string, HostRecord | Error>>();
const probes = new Map<string, number[]>();
for (const [name, start] of Object.entries(open)) {
  const backend = await start();
  probes.set(name, await probeLosses(backend));
  const taken: Course[] = [];
  for (const network of NETWORKS) taken.push(await course(backend, network));
  courses.set(name, taken);
  if (name !== 'onnxruntime') layers.set(name, await layerGradients(backend));
  else await backend.dispose();
}

const comparisons: Comparison[] = [];
for (const other of ['cpu', 'onnxruntime']) {
  const error = difference(probes.get(other) ?? [], probes.get('tensorflow') ?? []);
  comparisons.push({ what: `device check, losses, against ${other}`, error });
  NETWORKS.forEach(({ id }, i) => {
    const [ours, theirs] = [courses.get('tensorflow')?.[i], courses.get(other)?.[i]];
    if (ours === undefined || theirs === undefined) throw new Error(`${id} was not trained`);
    const losses = difference(theirs.losses, ours.losses);
    comparisons.push({ what: `${id}, losses of ${STEPS} steps, against ${other}`, error: losses });
    const gradients = gradientError(ours.gradients, theirs.gradients);
    comparisons.push({ what: `${id}, gradients, against ${other}`, error: gradients });
  });
}
for (const [title, expected] of layers.get('cpu') ?? []) {
  const actual = layers.get('tensorflow')?.get(title);
  // What plain JavaScript cannot differentiate is no measure.
  if (expected instanceof Error) continue;
  const failed = actual === undefined || actual instanceof Error;
  comparisons.push({
    what: `layer '${title}', gradients, against cpu`,
    error: failed ? null : gradientError(actual, expected),
    ...(actual instanceof Error ? { message: actual.message } : {}),
  });
}
console.log(JSON.stringify(comparisons));
