import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { listSupportedBackends } from 'onnxruntime-node';
import type { ProviderName } from '../../contract/messages.ts';
import type { Backend } from './backend.ts';
import { openOnnxruntime } from './onnxruntime/index.ts';
import { openPlain } from './plain.ts';
import type { ProviderProbe } from './provider.ts';
import { openTensorflow } from './tensorflow.ts';

/** Everything that could run the numerics, in one list: a new device is a new entry. */
export interface Device {
  readonly id: string;
  /** For people. */
  readonly label: string;
  /** Whether `auto` may take it. */
  readonly automatic: boolean;
  /** Too slow for anything but the smallest measurement. */
  readonly slow?: boolean;
  /** @throws with the reason when it cannot be used here. */
  open(options: DeviceOptions): Promise<Backend>;
}

export interface DeviceOptions {
  readonly threads: number;
  /** How execution providers are tried. */
  readonly probe: ProviderProbe;
}

/** More threads than this gain nothing on the networks that Espalier trains. */
const MAX_THREADS = 16;

export function defaultThreads(): number {
  return Math.min(availableParallelism(), MAX_THREADS);
}

/**
 * onnxruntime with an execution provider of its own, where the binary that is installed has it.
 * @param where operating systems for which onnxruntime-node brings it, for people
 * @param automatic whether `auto` may take it
 */
function provider(id: ProviderName, label: string, where: string, automatic = true): Device {
  return {
    id,
    label,
    automatic,
    open: async ({ threads, probe }) => {
      if (!listSupportedBackends().some(({ name }) => name === id)) {
        throw new Error(
          `onnxruntime-node brings it for ${where}, not for ${process.platform} on ${process.arch}.`,
        );
      }
      const reason = await probe(id);
      if (reason !== null) throw new Error(reason);
      return openOnnxruntime({ threads, providers: [id, 'cpu'] });
    },
  };
}

/**
 * Linux desktops often have a Vulkan driver that draws in software: it takes ten seconds to find out that it is slow, so `auto`
 * does not ask where no graphics hardware is.
 */
function hasGraphicsHardware(): boolean {
  if (process.platform !== 'linux') return true;
  const folder = '/dev/dri';
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith('renderD'));
}

async function openJavaScript(): Promise<Backend> {
  const backend = await openPlain('cpu', 'cpu', 'CPU, plain JavaScript');
  // Otherwise its first write prints an advertisement for tfjs-node.
  (tf.backend() as { firstUse?: boolean }).firstUse = false;
  return backend;
}

export const devices: readonly Device[] = [
  {
    id: 'onnxruntime',
    label: 'onnxruntime on the CPU',
    automatic: true,
    open: ({ threads }) => openOnnxruntime({ threads }),
  },
  provider('cuda', 'onnxruntime on an NVIDIA GPU (CUDA)', 'Linux on x64'),
  provider('dml', 'onnxruntime on a GPU (DirectML)', 'Windows'),
  provider('coreml', 'onnxruntime on Apple hardware (Core ML)', 'macOS on Apple processors'),
  provider(
    'webgpu',
    'onnxruntime on a GPU (WebGPU)',
    'Linux on x64, Windows, and macOS on Apple processors',
    hasGraphicsHardware(),
  ),
  { id: 'tensorflow', label: 'TensorFlow', automatic: true, open: () => openTensorflow() },
  {
    id: 'cpu',
    label: "TensorFlow.js's reference in plain JavaScript",
    automatic: false,
    slow: true,
    open: openJavaScript,
  },
];
