import { isTrained, type Network, type Node } from '../graph.ts';
import type { Axis } from './coupler.ts';

/** Something of an output's axis follows from the same of others. */
interface Fact {
  readonly at: number;
  readonly output: Axis;
  readonly given: readonly Axis[];
  readonly how: 'every' | 'some';
}

/** A sum over an axis of an input. */
interface Sum {
  readonly node: Node;
  readonly axis: Axis;
  /** What is multiplied before it is added up: the input's axis, and that of a weight or of another input. */
  readonly factors: readonly Axis[];
}

/** What ops say of their numbers: where zeros and constants come from, and where sums need them. */
export class Facts {
  readonly sums: Sum[] = [];
  /** Axes of values along which numbers add up to 1. */
  readonly shares = new Set<Axis>();
  private readonly zeros: Fact[] = [];
  private readonly constants = new Map<Node, Fact[]>();
  private readonly order: ReadonlyMap<Node, number>;
  private readonly network: Network;

  constructor(network: Network) {
    this.network = network;
    this.order = new Map(network.nodes.map((node, i) => [node, i]));
  }

  addZeros(node: Node, output: Axis, given: readonly Axis[], how: 'every' | 'some'): void {
    this.zeros.push({ at: this.order.get(node) ?? 0, output, given, how });
  }

  addConstants(node: Node, output: Axis, given: readonly Axis[]): void {
    const facts = this.constants.get(node) ?? [];
    this.constants.set(node, facts);
    facts.push({ at: this.order.get(node) ?? 0, output, given, how: 'every' });
  }

  /** The axes of a node's outputs at whose indices numbers are constant where those of the given axes are. */
  constantsOf(node: Node): readonly Pick<Fact, 'output' | 'given'>[] {
    return this.constants.get(node) ?? [];
  }

  /** The axes whose masked slots hold zeros; a trained parameter's do. */
  silent(params: ReadonlyMap<string, readonly Axis[]>): Set<Axis> {
    const trained = Object.entries(this.network.params).filter(([, { role }]) => isTrained(role));
    const silent = new Set(trained.flatMap(([name]) => params.get(name) ?? []));
    for (const { output, given, how } of this.zeros.toSorted((a, b) => a.at - b.at)) {
      const zero =
        how === 'every' ? given.every((axis) => silent.has(axis)) : given.some((axis) => silent.has(axis));
      if (zero) silent.add(output);
    }
    return silent;
  }
}
