import { Constants, type Values } from './constants.ts';
import type { Component } from './coupling/components.ts';
import type { Axis } from './coupling/coupler.ts';
import { coupling, type Coupling } from './coupling/index.ts';
import { componentMasks } from './coupling/masks.ts';
import { maskedSet } from './masked.ts';
import { Mixed } from './mixed.ts';
import type { Weighed } from './model.ts';
import { placeOfShift, shiftOutputs, type NewBiases } from './shift-outputs.ts';
import type { Network, Node, WeightSet } from './graph.ts';

/** Where a constant that was folded is more at some places and less at others: beside the border of an image are zeros. */
interface Border {
  /** The layer that read it. */
  readonly node: string;
  /** How many channels. */
  readonly channels: number;
  /** The most that a value of the layer may be off. */
  readonly most: number;
}

export interface Folded extends Weighed {
  /** Of this network. */
  readonly coupling: Coupling;
  /** What can leave now: nothing that moves is in these components, and all their trained numbers are zero. */
  readonly removed: readonly Component[];
  /** How many of them were another constant than zero that something reads. */
  readonly constants: number;
  /** Of layers that had none, and now take constants in. */
  readonly biases: NewBiases;
  /** Empty where the network computes what it did. */
  readonly borders: readonly Border[];
}

/** What a constant channel of a layer's input gives to a channel of its output. */
interface Gift {
  readonly node: Node;
  readonly input: number;
  readonly output: number;
  readonly amount: number;
  readonly border: number;
}

/**
 * Makes channels that carry no signal ready to leave. A channel whose weights are zero is a constant: its batch norm's shift
 * behind its activation, say. What layers with weights would get of it is added to their biases (or taken from the mean of the
 * batch norm behind them), and the channel is set to zero. With zero padding that is not the same at the border of an image:
 * constants are folded as they are on average over all places, and how far off places may be is told.
 * @param found of this network
 * @param values those that `summedValues` names, of any one sample
 * @param among components that may leave
 */
export function foldConstants(
  { network, weights }: Weighed,
  found: Coupling,
  values: Values,
  among: ReadonlySet<Component> = new Set(found.groups.flatMap(({ components }) => components)),
): Folded {
  const readers = new Readers(network, found, weights, values);
  const removed: Component[] = [];
  const gifts: Gift[] = [];
  let constants = 0;
  for (const { components } of found.groups) {
    const still = components.flatMap((component) => {
      const given = among.has(component) ? readers.gifts(component) : undefined;
      return given === undefined ? [] : [{ component, given }];
    });
    // One of every group stays.
    for (const { component, given } of still.length < components.length ? still : still.slice(1)) {
      removed.push(component);
      gifts.push(...given);
      if (given.length > 0) constants++;
    }
  }
  const shifted = shiftOutputs({ network, weights }, readers.amounts(gifts));
  const again = shifted.network === network ? found : coupling(shifted.network, found.record.options);
  const same = again === found ? removed : sameIn(again, removed);
  const masked = maskedSet(shifted.weights, componentMasks(shifted.network, same));
  return {
    network: shifted.network,
    weights: masked,
    coupling: again,
    removed: same,
    constants,
    biases: shifted.biases,
    borders: bordersOf(gifts),
  };
}

/** One index of an axis that a layer adds up. */
interface Read {
  readonly node: Node;
  readonly axis: Axis;
  readonly factors: readonly Axis[];
  readonly index: number;
}

/** Who reads channels, and what they would get of constant ones. */
class Readers {
  private readonly constants: Constants;
  private readonly mixed = new Map<Node, Mixed>();
  private readonly network: Network;
  private readonly sums = new Map<number, Read[]>();

  constructor(network: Network, found: Coupling, weights: WeightSet, values: Values) {
    const { record } = found;
    this.network = network;
    for (const sum of record.facts.sums) {
      for (let index = 0; index < sum.axis.size; index++) {
        const slot = record.slots.find(sum.axis.first + index);
        const reads = this.sums.get(slot) ?? [];
        this.sums.set(slot, reads);
        reads.push({ ...sum, index });
      }
    }
    this.constants = new Constants(network, record, weights, values);
    for (const node of network.nodes) {
      const input = record.values.get(node.inputs[0] ?? '') ?? [];
      const mixed = Mixed.of(
        node,
        weights,
        input.map(({ size }) => size),
      );
      if (mixed !== undefined) this.mixed.set(node, mixed);
    }
  }

  /** What a component gives to all that read it; undefined where a signal goes through it, or there is no place to add to. */
  gifts({ slot }: Component): Gift[] | undefined {
    const gifts: Gift[] = [];
    for (const { node, axis, factors, index } of this.sums.get(slot) ?? []) {
      const mixed = this.mixed.get(node);
      const given = mixed === undefined ? this.product(factors, index) : this.sum(node, mixed, axis, index);
      if (given === undefined) return undefined;
      gifts.push(...given);
    }
    return gifts;
  }

  /** By layer, what each channel of its output gets. */
  amounts(gifts: readonly Gift[]): Map<Node, Float64Array> {
    const sums = new Map<Node, Float64Array>();
    for (const { node, output, amount } of gifts) {
      const sum = sums.get(node) ?? new Float64Array(this.mixed.get(node)?.outputs ?? 0);
      sums.set(node, sum);
      sum[output] = (sum[output] ?? 0) + amount;
    }
    return sums;
  }

  /** Of values that are multiplied with one another, one must be zero. */
  private product(factors: readonly Axis[], index: number): Gift[] | undefined {
    return factors.some((factor) => this.constants.at(factor, index) === 0) ? [] : undefined;
  }

  private sum(node: Node, mixed: Mixed, axis: Axis, input: number): Gift[] | undefined {
    const outputs = mixed.readers(input).filter((output) => !mixed.isZero(output, input));
    if (outputs.length === 0) return [];
    const number = this.constants.at(axis, input);
    if (number === undefined) return undefined;
    if (number === 0) return [];
    if (placeOfShift(this.network, node) === undefined) return undefined;
    const gifts = outputs.map((output): Gift | undefined => {
      const share = mixed.share(output, input);
      const border = Math.abs(number) * (share?.border ?? 0);
      return share && { node, input, output, amount: number * share.mean, border };
    });
    return gifts.every((gift) => gift !== undefined) ? gifts : undefined;
  }
}

/** By layer, how far off its values may be at borders. */
function bordersOf(gifts: readonly Gift[]): Border[] {
  const layers = new Map<string, { inputs: Set<number>; off: number[] }>();
  for (const { node, input, output, border } of gifts) {
    if (border === 0) continue;
    const layer = layers.get(node.name) ?? { inputs: new Set(), off: [] };
    layers.set(node.name, layer);
    layer.inputs.add(input);
    layer.off[output] = (layer.off[output] ?? 0) + border;
  }
  return [...layers].map(([node, { inputs, off }]) => ({
    node,
    channels: inputs.size,
    most: off.reduce((most, each) => Math.max(most, each), 0),
  }));
}

/** The components of a network's coupling that have the slices of those of another one's. */
function sameIn({ groups }: Coupling, components: readonly Component[]): Component[] {
  const key = ({ members: [first] }: Component) => `${first?.param}/${first?.axis}/${first?.indices[0]}`;
  const all = new Map(groups.flatMap((group) => group.components).map((each) => [key(each), each]));
  return components.flatMap((component) => all.get(key(component)) ?? []);
}
