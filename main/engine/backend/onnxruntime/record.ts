import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { graphType, type OnnxruntimeBackend } from './backend.ts';
import type { Graph } from './graph.ts';
import type { View } from './layout.ts';

/** The name under which tfjs knows this backend. */
export const BACKEND_NAME = 'onnxruntime';

/** A kernel's call, its tensors seen as views. Optional inputs that were left out are absent. */
export interface KernelCall {
  readonly g: Graph;
  readonly inputs: Readonly<Record<string, View>>;
  /** The same views in the order in which the kernel was given them (Concat, AddN and Pack take lists). */
  readonly list: readonly View[];
  readonly attrs: Readonly<Record<string, unknown>>;
}

/**
 * The ONNX form of a kernel: records what the call means and returns a view per output.
 * It returns undefined for arguments that it has no form for; tfjs's cpu kernel then runs.
 */
export type KernelRule = (call: KernelCall) => View | readonly View[] | undefined;

const rules = new Map<string, KernelRule>();

/** Gives tfjs kernels their ONNX forms. */
export function defineKernels(kernels: Readonly<Record<string, KernelRule>>): void {
  for (const [name, rule] of Object.entries(kernels)) {
    if (rules.has(name)) throw new Error(`kernel ${name} is defined twice`);
    rules.set(name, rule);
  }
}

/** Registers all kernels with tfjs: those with a rule and, through it or without, every kernel that the cpu backend has. */
export function registerKernels(): void {
  const fallbacks = new Map(
    tf.getKernelsForBackend('cpu').map((config) => [config.kernelName, config.kernelFunc]),
  );
  for (const kernelName of new Set([...rules.keys(), ...fallbacks.keys()])) {
    const rule = rules.get(kernelName);
    const fallback = fallbacks.get(kernelName);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND_NAME,
      kernelFunc: ({ inputs, attrs, backend }) =>
        call(kernelName, rule, fallback, inputs as TensorInfos, attrs ?? {}, backend as OnnxruntimeBackend),
    });
  }
}

type TensorInfos = Record<string, tf.TensorInfo>;

function call(
  name: string,
  rule: KernelRule | undefined,
  fallback: tf.KernelFunc | undefined,
  inputs: TensorInfos,
  attrs: tf.NamedAttrMap,
  backend: OnnxruntimeBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const tensors = Object.entries(inputs).filter(([, info]) => info !== undefined && info !== null);
  if (rule !== undefined && tensors.every(([, info]) => isRecordable(info))) {
    const views = tensors.map(([key, info]) => [key, backend.viewOf(info)] as const);
    const result = rule({
      g: backend.graph,
      inputs: Object.fromEntries(views),
      list: views.map(([, view]) => view),
      attrs,
    });
    if (result !== undefined) {
      return 'value' in result ? output(result, backend) : result.map((view) => output(view, backend));
    }
  }
  if (fallback === undefined) throw new Error(`kernel ${name} has no form for these arguments`);
  for (const [, info] of tensors) if (backend.isPending(info.dataId)) backend.readSync(info.dataId);
  return fallback({ inputs, attrs, backend });
}

/** Empty tensors stay on the host: ONNX operations disagree about them. */
function isRecordable(info: tf.TensorInfo): boolean {
  return info.dtype !== 'string' && info.dtype !== 'complex64' && tf.util.sizeFromShape(info.shape) > 0;
}

function output(view: View, backend: OnnxruntimeBackend): tf.TensorInfo {
  const type = view.value.type;
  if (type === 'int64') throw new Error('a kernel returned positions as int64');
  const dtype = graphType(type);
  const shape = [...view.shape];
  if (shape.includes(0))
    return backend.makeTensorInfo(shape, dtype, tf.util.getTypedArrayFromDType(dtype, 0));
  return backend.record(view, dtype);
}
