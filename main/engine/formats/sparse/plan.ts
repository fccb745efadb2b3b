import type { Kernel } from './kernel.ts';
import { identityOf } from './kernel.ts';

/** How a table may be stored in less room, at some time for each entry that is read. */
export interface Stored {
  /** Bits that hold any of its entries. */
  readonly bits?: number;
  /** Entries come in periods of so many, each of which differs from the first one by one number. */
  readonly period?: number;
}

/** Constants of a network: numbers, whole numbers of eight bits that stand for numbers, or a table of positions. */
export type Data =
  | { readonly is: 'floats'; readonly values: Float32Array }
  | { readonly is: 'bytes'; readonly values: Int8Array }
  | { readonly is: 'table'; readonly values: Uint32Array; readonly stored?: Stored | undefined };

/** What a kernel is given, in the order of its parameters. */
export type Arg =
  | { readonly is: 'int'; readonly value: number }
  | { readonly is: 'buffer'; readonly buffer: number; readonly offset: number }
  | { readonly is: 'data'; readonly data: number };

/** One call of a kernel. */
export interface Step {
  /** The layer that it computes, or a part of. */
  readonly layer: string;
  readonly kernel: Kernel;
  readonly args: readonly Arg[];
  /** How some threads may share it; undefined where one computes it alone. */
  readonly split?: Split | undefined;
}

/** A call that is several units of work after one another, which write to different places and need nothing of each other. */
export interface Split {
  readonly units: number;
  /** How many pieces of neighbouring units it is best cut into. */
  readonly pieces: number;
  /** For each argument: how far it moves with every unit that is left out at the beginning. */
  readonly moves: readonly number[];
  /** The argument that says how much is computed, and how much of it a unit is. */
  readonly count: { readonly arg: number; readonly each: number };
}

/** Room for float32 values, from its first use to its last. */
export interface Buffer {
  /** Number of values. */
  readonly size: number;
  /** Where it is: the caller's input or output of that number, or the arena. */
  readonly place: { readonly is: 'input' | 'output'; readonly index: number } | { readonly is: 'arena' };
}

/** What goes in or comes out, for one sample, row-major. */
export interface PlanPort {
  readonly name: string;
  readonly shape: readonly number[];
}

/** How one layer with weights is computed. */
export interface LayerPlan {
  readonly layer: string;
  readonly weights: number;
  readonly kept: number;
  /** Weights that are multiplied: those kept, and zeros among them. */
  readonly stored: number;
  /** Output channels or rows that share their lists. */
  readonly block: number;
}

/**
 * A network lowered to calls of kernels, for one sample: what both writers print. Weights are folded and sparse or dense a layer,
 * buffers lie in one arena.
 */
export interface Plan {
  readonly name: string;
  readonly inputs: readonly PlanPort[];
  readonly outputs: readonly PlanPort[];
  readonly steps: readonly Step[];
  readonly data: readonly Data[];
  readonly buffers: readonly Buffer[];
  /** Where each buffer begins in the arena, in values; of inputs and outputs 0. */
  readonly offsets: readonly number[];
  /** Values that the arena holds. */
  readonly arena: number;
  readonly layers: readonly LayerPlan[];
}

/** The kernels that a plan calls, each once, in the order of their first call, by what they do. */
export function kernelsOf({ steps }: Pick<Plan, 'steps'>): Map<string, Kernel> {
  return new Map(steps.map(({ kernel }) => [identityOf(kernel), kernel]));
}
