import * as tf from '@tensorflow/tfjs-core';
import { setup } from '../../../bench/train/setup.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';

/** Trains for 2,000 steps and prints tensors and resident bytes after 200 and at the end: `node --expose-gc endurance.ts`. */
const backend = await openBackend({ device: 'onnxruntime', threads: 2 });
const { train, state, inputs } = setup('lenet-5-caffe', { batch: 4 });
const device = backend.createState(state);
const step = backend.compile(train);

function measure(): { tensors: number; bytes: number; resident: number } {
  globalThis.gc?.();
  const { numTensors: tensors, numBytes: bytes } = tf.memory();
  return { tensors, bytes, resident: process.memoryUsage.rss() };
}

const measured: ReturnType<typeof measure>[] = [];
for (let i = 1; i <= 2000; i++) {
  await step.run(device, inputs);
  // Eager code between steps, as criteria have it.
  if (i % 10 === 0) tf.tidy(() => void tf.sum(tf.square(tf.range(0, (i % 50) + 2))).dataSync());
  if (i === 200 || i === 2000) measured.push(measure());
}
console.log(JSON.stringify(measured));
