import { summedValues, type Values } from './constants.ts';
import { coupling } from './coupling/index.ts';
import { componentMasks, signalMasks } from './coupling/masks.ts';
import { componentsOf, type Cut } from './cut-by-masks.ts';
import { foldConstants, type Folded } from './fold-constants.ts';
import type { MaskSet } from './graph.ts';
import { maskedSet } from './masked.ts';
import type { Model, Weighed } from './model.ts';
import type { NewBiases } from './shift-outputs.ts';

/** A model whose channels are about to leave, and what became of the constants that they are. */
export interface Leaving {
  /** Nothing of the channels moves, but constants of theirs are still there. */
  readonly constant: Weighed;
  /** All of the channels is zero, and their constants are where they are read. */
  readonly masked: Model;
  readonly biases: NewBiases;
  /** How many channels were constants other than zero, and of how many of them there was no place for it. */
  readonly constants: number;
  readonly lost: number;
  readonly borders: Folded['borders'];
}

/**
 * Moves what is left of channels without their signal into what reads them: the constants of their biases and shifts.
 * @param model with its weights as they were before they were masked
 * @param valuesOf values of a network for any one sample, by name
 */
export async function foldLeaving(
  model: Model,
  { coupling: options, left }: Cut,
  valuesOf: (model: Weighed, names: readonly string[]) => Promise<Values>,
): Promise<Leaving> {
  const { network, weights, masks } = model;
  const found = coupling(network, options);
  const leaving = componentsOf(found, left);
  const whole = componentMasks(network, leaving);
  const constant = {
    network,
    weights: maskedSet(weights, signalOnly(masks, whole, signalMasks(network, leaving))),
  };
  const inputs = new Set(network.inputs.map(({ name }) => name));
  const names = summedValues(found.record).filter((name) => !inputs.has(name));
  const folded = foldConstants(constant, found, await valuesOf(constant, names), new Set(leaving));
  return {
    constant,
    masked: { ...model, network: folded.network, weights: maskedSet(folded.weights, masks) },
    biases: folded.biases,
    constants: folded.constants,
    lost: leaving.length - folded.removed.length,
    borders: folded.borders,
  };
}

/** Masks that leave of what leaves whole all but its signal. */
function signalOnly(masks: MaskSet, whole: MaskSet, signal: MaskSet): MaskSet {
  return new Map(
    [...masks].map(([name, mask]) => {
      const [all, own] = [whole.get(name), signal.get(name)];
      return [name, mask.map((bit, i) => (bit === 0 && all?.[i] === 0 && own?.[i] !== 0 ? 1 : bit))];
    }),
  );
}
