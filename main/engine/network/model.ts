import type { MaskSet, Network, WeightSet } from './graph.ts';

/** Arrays on the host by name: optimiser slots ('velocity/conv1.weight'), extra tensors of dynamics. */
export type SlotSet = Map<string, Float32Array>;

/** What an optimiser remembers: its slots, none where all are zero, and the steps that they have seen (Adam's t). */
export interface OptimizerState {
  readonly slots: SlotSet;
  readonly steps: number;
}

/** An optimiser before its first step. */
export const freshOptimizer = (): OptimizerState => ({ slots: new Map(), steps: 0 });

/** A network with all the numbers that hang on its shapes: where channels leave, they leave all of these. */
export interface Model {
  network: Network;
  weights: WeightSet;
  /** What is pruned; a parameter without a mask is whole. */
  masks: MaskSet;
  optimizer: OptimizerState;
}

/** What a model computes. */
export type Weighed = Readonly<Pick<Model, 'network' | 'weights'>>;

/** A model at an earlier moment. */
export type Snapshot = Readonly<Omit<Model, 'masks'>>;

/** A model of which nothing is pruned and that nothing has trained yet. */
export function wholeModel({ network, weights }: Weighed): Model {
  return { network, weights, masks: new Map(), optimizer: freshOptimizer() };
}
