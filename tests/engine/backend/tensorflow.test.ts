import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { openTensorflow } from '../../../main/engine/backend/tensorflow.ts';

const GPU = '@tensorflow/tfjs-node-gpu';
const CPU = '@tensorflow/tfjs-node';

function missing(name: string): Error {
  const error = new Error(`Cannot find package '${name}' imported from /somewhere/tensorflow.ts`);
  return Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
}

describe('the tensorflow device (the real one: npm run test:tensorflow)', () => {
  it('says in one sentence that its packages are not installed', async () => {
    await expect(openTensorflow((name) => Promise.reject(missing(name)))).rejects.toThrow(
      `${GPU} and ${CPU} are not installed here.`,
    );
  });

  it('tells a package that lacks something from a missing one, without its path', async () => {
    const broken = new Error(
      'The native addon module can not be found at path: /home/x/lib.node. \nRun this',
    );
    const load = (name: string): Promise<never> => Promise.reject(name === CPU ? missing(name) : broken);
    await expect(openTensorflow(load)).rejects.toThrow(
      new Error(`${GPU}: The native addon module can not be found.`),
    );
    const needs = (name: string): Promise<never> =>
      Promise.reject(missing(name === CPU ? 'a-dependency' : name));
    await expect(openTensorflow(needs)).rejects.toThrow(`${CPU}: Cannot find package 'a-dependency'`);
  });

  it("keeps Espalier's gradients over those that a package registers", async () => {
    const ours = tf.getGradient('Relu');
    await openTensorflow((name) => {
      tf.registerGradient({ kernelName: 'Relu', gradFunc: () => ({}) });
      return Promise.reject(missing(name));
    }).catch(() => undefined);
    expect(tf.getGradient('Relu')).toBe(ours);
  });
});
