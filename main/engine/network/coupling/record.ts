import type { CouplingOptions, Side } from '../../../contract/groups.ts';
import { isTrained, type Network, type Node } from '../graph.ts';
import { axisOf, nodeError } from '../node-reading.ts';
import { opOf } from '../ops/index.ts';
import { inferShapes } from '../shape.ts';
import type { Axis, Coupler } from './coupler.ts';
import { factorsOf, partsOf, type Factor } from './factors.ts';
import { Facts } from './facts.ts';
import { Slots } from './slots.ts';

/** Why slots stay: as what they are (`position`, `only`), or since an op or the network's ends need them (`held`). */
export interface Pin {
  readonly kind: 'held' | 'only' | 'position';
  readonly axis: Axis;
  /** Absent for the network's own inputs and outputs. */
  readonly node?: Node;
  /** For kind 'held', in words that follow the node's type and name, or that stand alone where there is none. */
  readonly reason: string;
}

/** Part of a reshape in which one factor may keep slots of its own. */
export interface Choice {
  readonly node: Node;
  readonly from: readonly Axis[];
  readonly to: readonly Axis[];
  readonly factors: readonly Factor[];
}

/** Bits of a note for each kind of pin, so that the one that tells most is the smallest. */
const RANK = { held: 0, only: 1, position: 2 } as const;
const RANK_SIZE = 2 ** 28;

/** All that a network's ops say of their slots. */
export class CouplingRecord {
  readonly options: Required<CouplingOptions>;
  readonly axes: Axis[] = [];
  readonly values = new Map<string, readonly Axis[]>();
  readonly params = new Map<string, readonly Axis[]>();
  readonly slots: Slots;
  readonly pins: Pin[] = [];
  readonly choices: Choice[] = [];
  readonly sides = new Map<Axis, { readonly side: Side; readonly node: Node }>();
  readonly heads: Axis[] = [];
  readonly widths: Axis[] = [];
  readonly facts: Facts;
  private readonly network: Network;

  constructor(network: Network, { attention = 'heads', grouped = 'relative' }: CouplingOptions) {
    this.network = network;
    this.options = { attention, grouped };
    this.facts = new Facts(network);
    let first = 0;
    const axesOf = (kind: Axis['kind'], name: string, shape: readonly number[]) =>
      shape.map((size, axis) => {
        const made = { kind, name, axis, size, first };
        first += size;
        this.axes.push(made);
        return made;
      });
    for (const [name, shape] of inferShapes(network, 1)) this.values.set(name, axesOf('value', name, shape));
    for (const [name, { shape }] of Object.entries(network.params)) {
      this.params.set(name, axesOf('param', name, shape));
    }
    this.slots = new Slots(first);
    for (const axis of this.axes) if (axis.size === 1) this.pin({ kind: 'only', axis, reason: '' });
    this.pinEnds();
    for (const node of network.nodes) this.hear(node);
  }

  /** All slots of an axis stay. */
  pin(pin: Pin): void {
    const note = RANK[pin.kind] * RANK_SIZE + this.pins.length;
    this.pins.push(pin);
    for (let i = 0; i < pin.axis.size; i++) this.slots.note(pin.axis.first + i, note);
  }

  /** The pin that tells most of why a slot stays; undefined where it may go. */
  pinOf(slot: number): Pin | undefined {
    const note = this.slots.noteOf(slot);
    return note === undefined ? undefined : this.pins[note % RANK_SIZE];
  }

  /** Index i of the one goes with index i of the other. */
  same(a: Axis, b: Axis): void {
    for (let i = 0; i < a.size; i++) this.slots.unite(a.first + i, b.first + i);
  }

  /** What an output's index has of an input's where it holds its numbers: zeros and constants. */
  passes(node: Node, output: Axis, input: Axis): void {
    this.facts.addZeros(node, output, [input], 'every');
    this.facts.addConstants(node, output, [input]);
  }

  /** Holds the slots of every sum for which nothing says that what is masked adds nothing. */
  holdSums(): void {
    const silent = this.facts.silent(this.params);
    for (const { node, axis, factors } of this.facts.sums) {
      if (factors.some((factor) => silent.has(factor))) continue;
      this.pin({ kind: 'held', axis, node, reason: 'adds them up, and what is masked is not zero there' });
    }
  }

  private pinEnds(): void {
    const hold = (name: string, reason: string) => {
      for (const axis of this.values.get(name) ?? []) this.pin({ kind: 'held', axis, reason });
    };
    for (const { name } of this.network.inputs) hold(name, `'${name}' is what the network is given`);
    for (const name of this.network.outputs) hold(name, `'${name}' is what the network answers`);
  }

  private hear(node: Node): void {
    const heard = new Set<Axis>();
    opOf(node).couple(this.coupler(node, heard));
    const values = [...node.inputs, ...node.outputs].flatMap((name) =>
      (this.values.get(name) ?? []).slice(1),
    );
    const params = Object.values(node.params).flatMap((name) => this.params.get(name) ?? []);
    for (const axis of [...values, ...params]) {
      if (heard.has(axis)) continue;
      this.pin({ kind: 'held', axis, node, reason: 'has no rule for them' });
    }
  }

  private coupler(node: Node, heard: Set<Axis>): Coupler {
    const pick = (axes: readonly Axis[] | undefined, axis: number): Axis => {
      const found = axes?.[axisOf(node, axis, axes.length)];
      if (found === undefined) throw nodeError(node, `has no axis ${axis}`);
      heard.add(found);
      return found;
    };
    const value = (names: readonly string[], i: number) => this.values.get(names[i] ?? '');
    const param = (role: string) => this.params.get(node.params[role] ?? '');
    const run = (
      a: Axis,
      from: number,
      b: Axis,
      to: number,
      count = Math.min(a.size - from, b.size - to),
    ) => {
      for (let i = 0; i < count; i++) this.slots.unite(a.first + from + i, b.first + to + i);
    };
    return {
      node,
      options: this.options,
      inputs: node.inputs.length,
      outputs: node.outputs.length,
      rank: (input) => value(node.inputs, input)?.length ?? 0,
      outputRank: (output) => value(node.outputs, output)?.length ?? 0,
      input: (axis, input = 0) => pick(value(node.inputs, input), axis),
      output: (axis, output = 0) => pick(value(node.outputs, output), axis),
      has: (role) => node.params[role] !== undefined,
      trained: (role) => {
        const info = this.network.params[node.params[role] ?? ''];
        return info !== undefined && isTrained(info.role);
      },
      paramRank: (role) => param(role)?.length ?? 0,
      param: (role, axis) => pick(param(role), axis),
      same: (a, b) => this.same(a, b),
      run,
      tie: (a, i, b, j) => run(a, i, b, j, 1),
      reshaped: (from, to) => this.reshaped(node, from, to),
      side: (axis, side) => {
        if (!this.sides.has(axis)) this.sides.set(axis, { side, node });
      },
      position: (axis) => this.pin({ kind: 'position', axis, node, reason: '' }),
      free: () => undefined,
      hold: (axis, reason) => this.pin({ kind: 'held', axis, node, reason }),
      sums: (axis, factors) => this.facts.sums.push({ node, axis, factors }),
      zeros: (output, given, how = 'every') => this.facts.addZeros(node, output, given, how),
      constants: (output, given) => this.facts.addConstants(node, output, given),
      shares: (output) => void this.facts.shares.add(output),
      areShares: (input) => this.facts.shares.has(input),
      passes: (output, input) => this.passes(node, output, input),
      heads: (axis) => this.heads.push(axis),
      width: (axis) => this.widths.push(axis),
    };
  }

  private reshaped(node: Node, from: readonly Axis[], to: readonly Axis[]): void {
    const sizes = (axes: readonly Axis[]) => axes.map(({ size }) => size);
    for (const part of partsOf(sizes(from), sizes(to))) {
      const [inner, outer] = [part.from.map((i) => from[i] as Axis), part.to.map((i) => to[i] as Axis)];
      const [only, other] = [inner[0] as Axis, outer[0] as Axis];
      if (inner.length === 1 && outer.length === 1) {
        this.same(only, other);
        this.passes(node, other, only);
        continue;
      }
      const factors = factorsOf(sizes(inner), sizes(outer));
      if (factors !== undefined) this.choices.push({ node, from: inner, to: outer, factors });
      else {
        const shapes = `[${sizes(inner).join(', ')}] in [${sizes(outer).join(', ')}]`;
        for (const axis of [...inner, ...outer]) {
          this.pin({ kind: 'held', axis, node, reason: `mixes their indices: it lays ${shapes}` });
        }
      }
    }
  }
}
