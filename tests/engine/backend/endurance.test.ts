import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { registerOnnxruntime } from '../../../main/engine/backend/onnxruntime/index.ts';

it('neither tensors nor memory grow over 2,000 training steps', () => {
  const script = new URL('./endurance.ts', import.meta.url).pathname;
  const output = execFileSync(process.execPath, ['--expose-gc', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [early, late] = JSON.parse(output) as { tensors: number; bytes: number; resident: number }[];
  expect(late?.tensors).toBe(early?.tensors);
  expect(late?.bytes).toBe(early?.bytes);
  expect(late?.resident).toBeLessThan((early?.resident ?? 0) * 1.05);
});

it('keeps a bounded number of compiled graphs, and finds a structure again whatever its numbers are', async () => {
  const runner = registerOnnxruntime({ threads: 1 });
  await tf.setBackend('onnxruntime');
  const scaled = (rate: number): number | undefined =>
    tf.tidy(() => tf.mul(tf.tensor1d([1, 2, rate]), tf.scalar(rate)).dataSync()[0]);
  scaled(0.1);
  const compiled = runner.compiled;
  for (const rate of [0.2, 0.3, 0.4]) expect(scaled(rate)).toBeCloseTo(rate);
  expect(runner.compiled).toBe(compiled);
  for (let size = 1; size <= 300; size++) tf.tidy(() => tf.neg(tf.ones([size])).dataSync().length);
  expect(runner.cached).toBeLessThanOrEqual(128);
  runner.dispose();
});
