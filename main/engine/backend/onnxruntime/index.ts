import * as tf from '@tensorflow/tfjs-core';
import { env } from 'onnxruntime-node';
import type { Backend } from '../backend.ts';
import { OnnxruntimeBackend } from './backend.ts';
import { DeviceMemory, keepsTensors } from './device-memory.ts';
import { ResidentState } from './device-state.ts';
import './kernels/index.ts';
import '../../gradients/index.ts';
import { BACKEND_NAME, registerKernels } from './record.ts';
import { Runner } from './run.ts';
import type { SessionOptions } from './session.ts';
import { OnnxState } from './state.ts';
import { OnnxStep } from './step.ts';

/*
 * TensorFlow.js on onnxruntime. tfjs calls kernels one by one; this backend runs none of them. Each call records ONNX
 * operations, and what has been recorded runs as one graph, natively and on several threads.
 *
 *   graph.ts     what is recorded: values and the operations that make them; equal ones are shared
 *   layout.ts    tensors as permuted, repeated views of values, so that NHWC <-> NCHW costs nothing inside
 *   record.ts    how a tfjs kernel gets its ONNX form, and the fallback for those that have none
 *   backend.ts   the tfjs backend: data ids, reference counts, reading = computing
 *   compile.ts   recorded values -> ONNX model, and the key by which a compiled graph is found again
 *   faults.ts    what an execution provider other than the CPU must not be given
 *   session.ts   one onnxruntime session
 *   run.ts       computes values for eager code; bounded cache of sessions
 *   step.ts      traces a step once and replays it; state.ts holds the tensors that live between steps
 *   device-memory.ts, device-state.ts  the same for a provider that keeps tensors on the device between runs
 *   block-size.ts  finds the block of onnxruntime's blocked layout on this processor (kernels/blocked.ts)
 *   kernels/     the ONNX forms, one file per family
 *
 * To add a kernel: find its family in `kernels/`, or start a file and list it in `kernels/index.ts`. Write a rule that
 * takes the inputs as views and records what the kernel means - `elementwise` for functions of each element, `reduce` for
 * folds, `g.op` for the rest, `arranged`/`dense` where an operation needs a certain order - and returns views with tfjs's
 * output shapes. Return undefined for arguments that ONNX has no form for. Name it in `defineKernels`. The conformance suite
 * (`npm run conformance`) tells whether it is right.
 */

export interface OnnxruntimeOptions {
  readonly threads: number;
  /** Execution providers in order of preference; the CPU alone when left out. */
  readonly providers?: readonly string[];
  /** Prefix for onnxruntime's profiles of compiled steps; none when left out. */
  readonly profile?: string;
}

/** Registers the backend's kernels and a factory with tfjs; sessions outlive the instances that tfjs makes and drops. */
export function registerOnnxruntime({ threads, providers = ['cpu'], profile }: OnnxruntimeOptions): Runner {
  const options: SessionOptions = {
    threads,
    providers,
    optimize: 'all',
    spin: true,
    ...(profile === undefined ? {} : { profile }),
  };
  const runner = new Runner(options);
  if (tf.getKernelsForBackend(BACKEND_NAME).length === 0) registerKernels();
  if (tf.findBackendFactory(BACKEND_NAME) !== null) tf.removeBackend(BACKEND_NAME);
  tf.registerBackend(BACKEND_NAME, () => new OnnxruntimeBackend(runner), 3);
  return runner;
}

/** Makes this backend the active one of the process. */
export async function openOnnxruntime(options: OnnxruntimeOptions): Promise<Backend> {
  const runner = registerOnnxruntime(options);
  await tf.setBackend(BACKEND_NAME);
  const backend = tf.backend() as OnnxruntimeBackend;
  const provider = options.providers?.[0] ?? 'cpu';
  const memory = keepsTensors(provider) ? new DeviceMemory(runner.options) : undefined;
  const threads = options.threads === 1 ? '1 thread' : `${options.threads} threads`;
  return {
    name: BACKEND_NAME,
    device: `${provider.toUpperCase()}, ${threads} (onnxruntime ${env.versions.node})`,
    createState: (values) =>
      memory === undefined ? new OnnxState(values) : new ResidentState(values, memory),
    compile: (step) => new OnnxStep(step, backend, runner.options),
    dispose: async () => {
      tf.removeBackend(BACKEND_NAME);
      memory?.dispose();
      runner.dispose();
    },
  };
}
