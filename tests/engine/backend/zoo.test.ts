import { afterAll, describe, expect, it } from 'vitest';
import { setup } from '../../../bench/train/setup.ts';
import type { Backend, HostRecord } from '../../../main/engine/backend/backend.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import { OnnxStep } from '../../../main/engine/backend/onnxruntime/step.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { largestDifference } from './compare.ts';

/** Small enough for plain JavaScript to train here. */
const cases = [
  { id: 'lenet-300-100', batch: 8, input: [1, 28, 28], steps: 5 },
  { id: 'lenet-5-caffe', batch: 2, input: [1, 28, 28], steps: 2 },
  { id: 'vgg-like', batch: 1, input: [3, 8, 8], steps: 2 },
  { id: 'resnet-20', batch: 4, input: [3, 8, 8], steps: 2 },
  { id: 'resnet-32', batch: 4, input: [3, 8, 8], steps: 2 },
  { id: 'resnet-56', batch: 4, input: [3, 8, 8], steps: 2 },
  { id: 'mobilenet-like', batch: 10, input: [3, 8, 8], steps: 2 },
];

interface Course {
  logits: HostRecord;
  losses: number[];
  /** Weights, statistics and momentum after the first step. */
  first: HostRecord;
}

async function course(
  backend: Backend,
  { id, batch, input, steps }: (typeof cases)[number],
): Promise<Course> {
  const { train, evaluate, state, inputs } = setup(id, { batch, input });
  const device = backend.createState(state);
  const step = backend.compile(train);
  const evaluation = backend.compile(evaluate);
  const logits = await evaluation.run(device, inputs);
  const losses: number[] = [];
  let first: HostRecord = {};
  for (let i = 0; i < steps; i++) {
    losses.push((await step.run(device, inputs))['loss']?.data[0] ?? NaN);
    if (i === 0) first = await device.read();
  }
  for (const each of [step, evaluation]) {
    if (each instanceof OnnxStep) expect(each.traced, `${id} is one graph`).toBe(true);
  }
  for (const each of [device, step, evaluation]) each.dispose();
  return { logits, losses, first };
}

describe('every network of the zoo trains as on plain JavaScript', () => {
  let backend: Backend | undefined;
  afterAll(() => backend?.dispose());

  it('leaves no network out', () => {
    expect(cases.map(({ id }) => id).sort()).toEqual(zoo.items.map(({ id }) => id).sort());
  });

  it.each(cases)('$id', async (each) => {
    backend = await openBackend({ device: 'onnxruntime', threads: 2 });
    const ours = await course(backend, each);
    backend = await openBackend({ device: 'cpu' });
    const reference = await course(backend, each);
    expect(largestDifference(ours.logits, reference.logits)).toBeLessThan(1e-4);
    expect(largestDifference(ours.first, reference.first)).toBeLessThan(1e-4);
    ours.losses.forEach((loss, i) => expect(loss).toBeCloseTo(reference.losses[i] ?? NaN, 4));
  });
});
