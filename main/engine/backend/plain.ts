import * as tf from '@tensorflow/tfjs-core';
import type { Backend, CompiledStep, DeviceState, HostRecord, HostTensor, TensorRecord } from './backend.ts';

import '../gradients/index.ts';
import { takeResults } from './results.ts';

/** Espalier's backend interface over any ordinary tfjs backend: compiling a step means calling it. */

/** Makes a registered tfjs backend the active one. */
export async function openPlain(name: string, tfjsName: string, device: string): Promise<Backend> {
  if (!(await tf.setBackend(tfjsName)))
    throw new Error(`TensorFlow.js could not start its backend '${tfjsName}'.`);
  return {
    name,
    device,
    createState: (values) => new TensorState(values),
    compile: (step): CompiledStep => ({
      run: async (state, inputs) => {
        if (!(state instanceof TensorState)) throw new TypeError('The state belongs to another backend.');
        const fed = toTensors(inputs);
        const { outputs, updates } = tf.tidy(() => {
          const current = state.tensors();
          return takeResults(step(fed, current), fed, current);
        });
        tf.dispose(fed);
        for (const [key, tensor] of Object.entries(updates)) state.replace(key, tensor);
        try {
          return await readAll(Object.entries(outputs));
        } finally {
          tf.dispose(outputs);
        }
      },
      dispose: () => undefined,
    }),
    dispose: async () => undefined,
  };
}

class TensorState implements DeviceState {
  private readonly entries = new Map<string, tf.Tensor>();

  constructor(values: HostRecord) {
    for (const [key, tensor] of Object.entries(toTensors(values))) this.entries.set(key, tf.keep(tensor));
  }

  tensors(): TensorRecord {
    return Object.fromEntries(this.entries);
  }

  replace(key: string, tensor: tf.Tensor): void {
    const old = this.entries.get(key);
    if (old === undefined) throw new Error(`The state has no entry '${key}'.`);
    if (tensor.dtype !== old.dtype || tensor.shape.join() !== old.shape.join()) {
      const [got, want] = [tensor, old].map(({ dtype, shape }) => `${dtype} [${shape.join()}]`);
      tensor.dispose();
      throw new Error(`State '${key}' is ${want}, not ${got}.`);
    }
    old.dispose();
    this.entries.set(key, tf.keep(tensor));
  }

  async read(names: readonly string[] = [...this.entries.keys()]): Promise<HostRecord> {
    return readAll(
      names.map((name) => {
        const tensor = this.entries.get(name);
        if (tensor === undefined) throw new Error(`The state has no entry '${name}'.`);
        return [name, tensor];
      }),
    );
  }

  write(values: HostRecord): void {
    for (const [key, tensor] of Object.entries(toTensors(values))) this.replace(key, tensor);
  }

  dispose(): void {
    for (const tensor of this.entries.values()) tensor.dispose();
    this.entries.clear();
  }
}

/** tfjs may keep the array that it is given, so it gets its own. */
function toTensors(values: HostRecord): TensorRecord {
  const made = Object.entries(values).map(([key, { shape, data }]): [string, tf.Tensor] => [
    key,
    tf.tensor(data.slice(), [...shape], data instanceof Int32Array ? 'int32' : 'float32'),
  ]);
  return Object.fromEntries(made);
}

async function readAll(tensors: readonly (readonly [string, tf.Tensor])[]): Promise<HostRecord> {
  const read = tensors.map(async ([key, tensor]): Promise<[string, HostTensor]> => {
    const data = (await tensor.data()) as Float32Array | Int32Array;
    return [key, { shape: [...tensor.shape], data: data.slice() }];
  });
  return Object.fromEntries(await Promise.all(read));
}
