import '@tensorflow/tfjs-backend-cpu';
import '../../../main/engine/gradients/index.ts';
import * as tf from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnx } from '../../../main/engine/formats/onnx/write.ts';
import { forwardValues } from '../../../main/engine/network/forward.ts';
import type { Network, ParamInfo, TensorData, WeightSet } from '../../../main/engine/network/graph.ts';
import { sizeOf } from '../../../main/engine/network/graph.ts';
import { Random } from '../../../main/engine/base/random.ts';

// Without this, tfjs prints an advertisement for its native packages.
tf.enableProdMode();

/** Standard normal values, the same for the same label. */
export function normalTensor(shape: readonly number[], label: string): TensorData {
  const random = Random.from(1, label);
  return { shape, data: Float32Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

/** Random values for every parameter, also for those that would start as zeros; variances are positive. */
export function randomWeights(network: Network): WeightSet {
  const weights: WeightSet = new Map();
  for (const [name, { shape, role }] of Object.entries(network.params)) {
    const values = normalTensor(shape, name);
    const data = role === 'variance' ? values.data.map((value) => 0.5 + value * value) : values.data;
    weights.set(name, { shape, data });
  }
  return weights;
}

export function toTf({ shape, data }: TensorData): tf.Tensor {
  return tf.tensor(data, [...shape]);
}

export function paramTensors(weights: WeightSet): Record<string, tf.Tensor> {
  return Object.fromEntries([...weights].map(([name, values]) => [name, toTf(values)]));
}

type Inputs = Readonly<Record<string, TensorData>>;

/** The network's last output by our forward pass, on tfjs's reference backend. */
export function runTf(network: Network, weights: WeightSet, inputs: Inputs): TensorData {
  const wanted = network.outputs.at(-1) ?? '';
  const given = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, toTf(values)]));
  const { values } = forwardValues(network, paramTensors(weights), given, [wanted], { training: false });
  const result = values.get(wanted);
  if (result === undefined) throw new Error(`no value for ${wanted}`);
  return { shape: result.shape, data: result.logical().dataSync() as Float32Array };
}

/** The network's last output by onnxruntime, from the file we write. */
export async function runOnnx(network: Network, weights: WeightSet, inputs: Inputs): Promise<TensorData> {
  const session = await InferenceSession.create(writeOnnx(network, weights), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  try {
    const feeds = Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, data }]) => [name, new Tensor('float32', data, shape)]),
    );
    const output = (await session.run(feeds))[network.outputs.at(-1) ?? ''];
    if (output === undefined) throw new Error('no output');
    return { shape: output.dims, data: output.data as Float32Array };
  } finally {
    await session.release();
  }
}

/** Largest |a - b| relative to the largest |b| (at least 1). */
export function difference(a: TensorData, b: TensorData): number {
  if (a.shape.join() !== b.shape.join())
    throw new Error(`shapes differ: [${a.shape.join()}] and [${b.shape.join()}]`);
  let scale = 1;
  let largest = 0;
  b.data.forEach((value, i) => {
    scale = Math.max(scale, Math.abs(value));
    const apart = Math.abs(value - (a.data[i] ?? NaN));
    largest = apart <= largest ? largest : apart;
  });
  return largest / scale;
}

export interface OneOp {
  readonly op: string;
  readonly inputs: readonly (readonly number[])[];
  readonly attrs?: Readonly<Record<string, number | string | boolean | readonly number[]>>;
  readonly params?: Readonly<Record<string, readonly number[]>>;
  /** Only 'y' where left out. */
  readonly outputs?: readonly string[];
  /** For functions of positive numbers. */
  readonly positive?: boolean;
}

/** A network of one layer; its inputs are 'x0', 'x1', ..., its parameters bear their role's name, its output is 'y'. */
export function oneOpNetwork({ op, inputs, attrs = {}, params = {}, outputs = ['y'] }: OneOp): Network {
  const infos: Record<string, ParamInfo> = {};
  for (const [role, shape] of Object.entries(params)) {
    infos[role] = { shape, role: role as ParamInfo['role'], init: { kind: 'zeros' } };
  }
  return {
    name: op,
    inputs: inputs.map((shape, i) => ({ name: `x${i}`, shape: shape.slice(1) })),
    outputs: ['y'],
    nodes: [
      {
        name: 'layer',
        op,
        inputs: inputs.map((_, i) => `x${i}`),
        outputs,
        params: Object.fromEntries(Object.keys(params).map((role) => [role, role])),
        attrs,
      },
    ],
    params: infos,
  };
}

/** Random inputs for a case. */
export function inputsOf({ inputs, positive = false }: OneOp): Record<string, TensorData> {
  return Object.fromEntries(
    inputs.map((shape, i) => {
      const { data } = normalTensor(shape, `x${i}`);
      return [`x${i}`, { shape, data: positive ? data.map((value) => Math.abs(value) + 0.1) : data }];
    }),
  );
}
