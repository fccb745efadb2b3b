import type { Component } from './coupling/components.ts';
import type { CouplingOptions } from '../../contract/groups.ts';
import { coupling, type Coupling } from './coupling/index.ts';
import { isTrained, sizeOf, type MaskSet, type Network } from './graph.ts';
import { withBiases, type NewBiases } from './shift-outputs.ts';
import { shrink, type Shrunk } from './shrink.ts';

/** What left a network at one time, as it can be kept and done again. */
export interface Cut {
  /** With which of the couplings that the network allows. */
  readonly coupling: CouplingOptions;
  /** By the name of a group, the places among its components of those that left, ascending. */
  readonly left: Readonly<Record<string, readonly number[]>>;
  /** Of layers that had none, and took the constants of what left in. */
  readonly biases?: NewBiases;
}

/** How many channels, units and heads leave; what leaves together counts as one. */
export function channelsIn(left: Cut['left']): number {
  return Object.values(left).reduce((sum, places) => sum + places.length, 0);
}

/** The components of which masks keep no number that is trained. */
export function cutBy(masks: MaskSet, network: Network, options: CouplingOptions = {}): Cut {
  const left = coupling(network, options).groups.flatMap(({ name, components }) => {
    const places = components.flatMap((component, place) =>
      isMasked(component, masks, network) ? [place] : [],
    );
    return places.length === 0 ? [] : [[name, places] as const];
  });
  return { coupling: options, left: Object.fromEntries(left) };
}

/**
 * The network without what left.
 * @throws Error when the cut is of another network
 */
export function applyCut(network: Network, { coupling: options, left, biases = {} }: Cut): Shrunk {
  const whole = withBiases(network, biases);
  const found = coupling(whole, options);
  return shrink(whole, found, componentsOf(found, left));
}

/**
 * The components of a network's coupling that a cut names.
 * @throws Error where it has none such
 */
export function componentsOf({ groups }: Coupling, left: Cut['left']): Component[] {
  return Object.entries(left).flatMap(([name, places]) => {
    const group = groups.find((each) => each.name === name);
    return places.map((place) => {
      const component = group?.components[place];
      if (component === undefined) throw new Error(`there is no component ${place} of '${name}'`);
      return component;
    });
  });
}

function isMasked({ members }: Component, masks: MaskSet, network: Network): boolean {
  const trained = members.filter(({ role }) => isTrained(role));
  return (
    trained.length > 0 &&
    trained.every(({ param, axis, indices }) => {
      const mask = masks.get(param);
      const shape = network.params[param]?.shape ?? [];
      const inner = sizeOf(shape.slice(axis + 1));
      const size = (shape[axis] ?? 1) * inner;
      if (mask === undefined) return false;
      for (let outer = 0; outer < mask.length; outer += size) {
        for (const index of indices) {
          const at = outer + index * inner;
          if (mask.subarray(at, at + inner).includes(1)) return false;
        }
      }
      return true;
    })
  );
}
