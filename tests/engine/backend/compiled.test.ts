import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../../bench/train/setup.ts';
import type { Backend, HostRecord, StepFunction } from '../../../main/engine/backend/backend.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import type { OnnxStep } from '../../../main/engine/backend/onnxruntime/step.ts';

const vector = (...data: number[]) => ({ shape: [data.length], data: Float32Array.from(data) });
const scalar = (value: number) => ({ shape: [], data: Float32Array.of(value) });

describe.each(['onnxruntime', 'cpu'])('a compiled step on %s', (device) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ device, threads: 2 });
  });
  afterAll(() => backend.dispose());

  /** w <- w - rate * x; count stays; reports the sum of w before. */
  const descend: StepFunction = ({ x, rate }, { w }) => ({
    outputs: { total: tf.sum(w as tf.Tensor) },
    state: { w: tf.sub(w as tf.Tensor, tf.mul(rate as tf.Tensor, x as tf.Tensor)) },
  });

  it('reads and replaces state, and leaves the entries that it does not return', async () => {
    const state = backend.createState({ w: vector(1, 2), other: vector(7) });
    const step = backend.compile(descend);
    const first = await step.run(state, { x: vector(1, 1), rate: scalar(1) });
    const second = await step.run(state, { x: vector(1, 1), rate: scalar(0.5) });
    expect(first['total']?.data[0]).toBe(3);
    expect(second['total']?.data[0]).toBe(1);
    const values = await state.read();
    expect([...(values['w']?.data ?? [])]).toEqual([-0.5, 0.5]);
    expect([...(values['other']?.data ?? [])]).toEqual([7]);
  });

  it('gives arrays that later steps and the caller do not share', async () => {
    const given = vector(1, 2);
    const state = backend.createState({ w: given });
    const step = backend.compile(descend);
    given.data.fill(100);
    const before = await state.read(['w']);
    const output = await step.run(state, { x: vector(1, 1), rate: scalar(1) });
    await step.run(state, { x: vector(1, 1), rate: scalar(1) });
    expect([...(before['w']?.data ?? [])]).toEqual([1, 2]);
    expect(output['total']?.data[0]).toBe(3);
    const written = vector(5, 5);
    state.write({ w: written });
    written.data.fill(0);
    expect([...((await state.read())['w']?.data ?? [])]).toEqual([5, 5]);
  });

  it('refuses state that does not exist or does not fit', async () => {
    const state = backend.createState({ w: vector(1, 2) });
    expect(() => state.write({ v: vector(1) })).toThrow(/'v'/);
    expect(() => state.write({ w: vector(1) })).toThrow(/'w'/);
    await expect(state.read(['v'])).rejects.toThrow(/'v'/);
    const wrong = backend.compile(() => ({ outputs: {}, state: { w: tf.ones([3]) } }));
    await expect(wrong.run(state, {})).rejects.toThrow(/'w'/);
  });

  it('takes integers in and gives integers out', async () => {
    const state = backend.createState({ seen: { shape: [], data: Int32Array.of(0) } });
    const step = backend.compile(({ y }, { seen }) => ({
      outputs: {
        hot: tf.cast(tf.oneHot(y as tf.Tensor1D, 4), 'int32'),
        best: tf.argMax(tf.oneHot(y as tf.Tensor1D, 4), 1),
      },
      state: { seen: tf.add(seen as tf.Tensor, tf.sum(y as tf.Tensor)) },
    }));
    const y = { shape: [2], data: Int32Array.of(3, 1) };
    const { hot, best } = await step.run(state, { y });
    await step.run(state, { y });
    expect([...(hot?.data ?? [])]).toEqual([0, 0, 0, 1, 0, 1, 0, 0]);
    expect(best?.data).toEqual(Int32Array.of(3, 1));
    expect((await state.read())['seen']?.data).toEqual(Int32Array.of(8));
  });

  it('passes state through, swaps entries and returns one tensor under two names', async () => {
    const state = backend.createState({ a: vector(1), b: vector(2), c: vector(3) });
    const step = backend.compile((_, { a, b, c }) => {
      const sum = tf.add(a as tf.Tensor, b as tf.Tensor);
      return {
        outputs: { sum, again: sum, constant: tf.scalar(4) },
        state: { a: b as tf.Tensor, b: a as tf.Tensor, c: c as tf.Tensor },
      };
    });
    const outputs = await step.run(state, {});
    expect(['sum', 'again', 'constant'].map((name) => outputs[name]?.data[0])).toEqual([3, 3, 4]);
    const { a, b, c } = await state.read();
    expect([a, b, c].map((value) => value?.data[0])).toEqual([2, 1, 3]);
  });

  it('leaves no tensors behind', async () => {
    const { train, state: values, inputs } = setup('lenet-300-100', { batch: 4 });
    const before = tf.memory().numTensors;
    const state = backend.createState(values);
    const step = backend.compile(train);
    await step.run(state, inputs);
    const during = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) await step.run(state, inputs);
    expect(tf.memory().numTensors).toBe(during);
    state.dispose();
    step.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('a compiled step on onnxruntime', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await openBackend({ device: 'onnxruntime', threads: 2 });
  });
  afterAll(() => backend.dispose());

  it('is called once per signature, and keeps a bounded number of them', async () => {
    let calls = 0;
    const step = backend.compile(({ x }) => {
      calls++;
      return { outputs: { y: tf.mul(x as tf.Tensor, 2) }, state: {} };
    }) as OnnxStep;
    const state = backend.createState({});
    for (const size of [3, 3, 2, 3, 2]) {
      const { y } = await step.run(state, { x: vector(...Array<number>(size).fill(size)) });
      expect([...(y?.data ?? [])]).toEqual(Array(size).fill(2 * size));
    }
    expect(calls).toBe(2);
    for (let size = 1; size <= 40; size++)
      await step.run(state, { x: vector(...Array<number>(size).fill(1)) });
    expect(step.compiled).toBeLessThanOrEqual(8);
  });

  it('still runs a step whose kernels onnxruntime does not have', async () => {
    const step = backend.compile(({ x }, { w }) => ({
      outputs: { order: tf.cumsum(tf.add(x as tf.Tensor, w as tf.Tensor)) },
      state: { w: tf.mul(w as tf.Tensor, 2) },
    })) as OnnxStep;
    const state = backend.createState({ w: vector(1, 1) });
    await step.run(state, { x: vector(1, 2) });
    const { order } = await step.run(state, { x: vector(1, 2) });
    expect([...(order?.data ?? [])]).toEqual([3, 7]);
    expect(step.traced).toBe(false);
  });

  it('computes what the same function computes when it is simply called', async () => {
    const { train, state: values, inputs } = setup('lenet-5-caffe', { batch: 4 });
    const state = backend.createState(values);
    await backend.compile(train).run(state, inputs);
    const compiled = await state.read();
    const called = tf.tidy(() => {
      const result = train(tensors(inputs), tensors(values));
      return Object.fromEntries(
        Object.entries(result.state).map(([name, tensor]) => [name, tf.keep(tf.clone(tensor))]),
      );
    });
    for (const [name, tensor] of Object.entries(called)) {
      const data = tensor.dataSync();
      data.forEach((value, i) => expect(compiled[name]?.data[i]).toBeCloseTo(value, 5));
    }
    tf.dispose(called);
  });

  it('sees new weights also after many evaluations on the old ones', async () => {
    const { evaluate, train, state: values, inputs } = setup('resnet-20', { batch: 2, input: [3, 8, 8] });
    const state = backend.createState(values);
    const evaluation = backend.compile(evaluate);
    const logits = async (): Promise<number[]> => [
      ...((await evaluation.run(state, inputs))['logits']?.data ?? []),
    ];
    const close = (actual: number[], expected: number[]): void =>
      actual.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 4));
    const before = await logits();
    for (let i = 0; i < 40; i++) close(await logits(), before);
    await backend.compile(train).run(state, inputs);
    const after = await logits();
    expect(Math.max(...after.map((value, i) => Math.abs(value - (before[i] ?? 0))))).toBeGreaterThan(1e-3);
    for (let i = 0; i < 40; i++) close(await logits(), after);
    state.write(values);
    close(await logits(), before);
  });

  it('gives the same bytes in every run and every process', async () => {
    const digests = [1, 2].map(() => run('resnet-20', 3)); // prettier-ignore
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });
});

function tensors(values: HostRecord): Record<string, tf.Tensor> {
  return Object.fromEntries(
    Object.entries(values).map(([name, { shape, data }]) => [
      name,
      tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  );
}

/** A digest of weights and momentum after a few steps in a process of its own. */
function run(id: string, steps: number): string {
  const script = new URL('./digest.ts', import.meta.url).pathname;
  return execFileSync(process.execPath, ['--experimental-strip-types', script, id, String(steps)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}
