import { execFileSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend } from '../../../main/engine/backend/backend.ts';
import { openBackend } from '../../../main/engine/backend/choose.ts';
import type { OnnxStep } from '../../../main/engine/backend/onnxruntime/step.ts';
import { cases } from '../network/cases.ts';
import { layerLoss } from './layer-loss.ts';

type Derivatives = Record<string, Record<string, { at: number; slope: number }[]>>;

/** Relative to the slope, or to 1 for slopes smaller than that. */
const TOLERANCE = 1e-3;

describe('gradients agree with central finite differences in double precision', () => {
  let expected: Derivatives = {};
  let backend: Backend;

  beforeAll(async () => {
    const script = new URL('./double-precision.ts', import.meta.url).pathname;
    expected = JSON.parse(
      execFileSync(process.execPath, [script], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    ) as Derivatives;
    backend = await openBackend({ device: 'onnxruntime', threads: 2 });
  });
  afterAll(() => backend.dispose());

  it.each(Object.entries(cases))('%s', async (title, entry) => {
    const { values, loss } = layerLoss(entry);
    const names = Object.keys(values);
    const step = backend.compile((inputs) => {
      const of = (...tensors: tf.Tensor[]) =>
        loss(Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor])));
      const { grads } = tf.valueAndGrads(of)(names.map((name) => inputs[name] as tf.Tensor));
      return {
        outputs: Object.fromEntries(names.map((name, i) => [name, grads[i] as tf.Tensor])),
        state: {},
      };
    });
    const gradients = await step.run(backend.createState({}), values);
    expect((step as OnnxStep).traced, 'one graph').toBe(true);
    step.dispose();
    for (const name of names) {
      const slopes = expected[title]?.[name] ?? [];
      expect(slopes.length, name).toBeGreaterThan(0);
      for (const { at, slope } of slopes) {
        const error = Math.abs((gradients[name]?.data[at] ?? NaN) - slope) / Math.max(1, Math.abs(slope));
        expect(error, `${name}[${at}]: ${gradients[name]?.data[at]} for ${slope}`).toBeLessThan(TOLERANCE);
      }
    }
  });
});
