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
        call(kernelName, rule, fallback, inputs, attrs ?? {}, backend as OnnxruntimeBackend),
    });
  }
}

/** Some kernels for ragged tensors take lists of tensors under one name. */
type TensorInfos = Record<string, tf.TensorInfo | tf.TensorInfo[] | null | undefined>;

function call(
  name: string,
  rule: KernelRule | undefined,
  fallback: tf.KernelFunc | undefined,
  inputs: TensorInfos,
  attrs: tf.NamedAttrMap,
  backend: OnnxruntimeBackend,
): tf.TensorInfo | tf.TensorInfo[] {
  const tensors = Object.entries(inputs).flatMap(([key, given]) =>
    [given ?? []].flat().map((info): readonly [string, tf.TensorInfo] => [key, info]),
  );
  if (rule !== undefined && tensors.every(([, info]) => isRecordable(info))) {
    const views = tensors.map(([key, info]) => [key, backend.viewOf(info)] as const);
    const result = rule({
      g: backend.graph,
      inputs: Object.fromEntries(views),
      list: views.map(([, view]) => view),
      attrs,
    });
    if (result !== undefined) {
      const output = (view: View): tf.TensorInfo => {
        const same = views.findIndex(([, input]) => input === view);
        return same < 0
          ? made(view, backend)
          : alias((tensors[same] as (typeof tensors)[number])[1], backend);
      };
      return 'value' in result ? output(result) : result.map(output);
    }
  }
  if (fallback === undefined) throw new Error(`kernel ${name} has no form for these arguments`);
  for (const [, info] of tensors) if (backend.isPending(info.dataId)) backend.readSync(info.dataId);
  return fallback({ inputs: inputs as tf.NamedTensorInfoMap, attrs, backend });
}

/** A kernel that returns its input as it is shares the data, as tfjs expects of Identity. */
function alias({ dataId, shape, dtype }: tf.TensorInfo, backend: OnnxruntimeBackend): tf.TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}

/** Empty tensors stay on the host: ONNX operations disagree about them. */
function isRecordable(info: tf.TensorInfo): boolean {
  return info.dtype !== 'string' && info.dtype !== 'complex64' && tf.util.sizeFromShape(info.shape) > 0;
}

function made(view: View, backend: OnnxruntimeBackend): tf.TensorInfo {
  const type = view.value.type;
  if (type === 'int64') throw new Error('a kernel returned positions as int64');
  const dtype = graphType(type);
  const shape = [...view.shape];
  if (shape.includes(0))
    return backend.makeTensorInfo(shape, dtype, tf.util.getTypedArrayFromDType(dtype, 0));
  return backend.record(view, dtype);
}
