import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from './backend.ts';
import { allowExplicitPadding } from './explicit-padding.ts';
import { firstLine } from './first-line.ts';
import { restoreGradients } from '../gradients/rule.ts';
import { openPlain } from './plain.ts';

/** TensorFlow's own C library through tfjs-node, where its npm package is installed and its native part could be fetched. */

const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'];

/** Loads an npm package by its name; it registers the backend 'tensorflow' with tfjs. */
export type LoadPackage = (name: string) => Promise<unknown>;

/** @throws with the reason when no package can be used here. */
export async function openTensorflow(load: LoadPackage = (name) => import(name)): Promise<Backend> {
  const reasons: string[] = [];
  offerRemovedFunctions();
  for (const name of PACKAGES) {
    try {
      await load(name);
      allowExplicitPadding('tensorflow');
      return await openPlain('tensorflow', 'tensorflow', `${processor()} (${name})`);
    } catch (error) {
      if (!isMissing(name, error)) reasons.push(`${name}: ${withoutPath(firstLine(error))}`);
    } finally {
      // The package brings tfjs's gradients and registers them over ours.
      restoreGradients();
    }
  }
  if (reasons.length === 0) throw new Error(`${PACKAGES.join(' and ')} are not installed here.`);
  throw new Error(reasons.join(' '));
}

/** tfjs-node 4.22 calls a function that Node 23 removed; without it most kernels throw. */
function offerRemovedFunctions(): void {
  const offered = util as { isNullOrUndefined?: (value: unknown) => boolean };
  offered.isNullOrUndefined ??= (value) => value === null || value === undefined;
}

/** The package for GPUs computes on the CPU where it finds none. */
function processor(): string {
  return (tf.backend() as { isUsingGpuDevice?: boolean }).isUsingGpuDevice === true ? 'CUDA' : 'CPU';
}

/** Whether the package itself is not there, as opposed to something that it needs. */
function isMissing(name: string, error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') && String(message).includes(`'${name}'`)
  );
}

function withoutPath(reason: string): string {
  return reason.replace(/ at path: .*$/, '.');
}
