import type { Network, Node, ParamInfo, ParamRole, WeightSet } from '../../../../network/graph.ts';
import { sizeOf } from '../../../../network/graph.ts';
import { inferShapes } from '../../../../network/shape.ts';

/** The parts of a network that was read, as idioms look for themselves in it and replace what they find. */
export class IdiomGraph {
  readonly weights: WeightSet;
  private readonly params: Record<string, ParamInfo>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  private readonly network: Network;
  private readonly madeBy = new Map<string, Node>();
  private readonly places = new Map<Node, number>();
  private readonly users = new Map<string, number>();
  private readonly readers = new Map<string, Node[]>();
  private readonly outputs: ReadonlySet<string>;
  private readonly replaced = new Map<Node, Node | null>();

  constructor(network: Network, weights: WeightSet) {
    this.network = network;
    this.weights = new Map(weights);
    this.params = { ...network.params };
    this.shapes = inferShapes(network, 1);
    this.outputs = new Set(network.outputs);
    network.nodes.forEach((node, place) => {
      this.places.set(node, place);
      for (const name of Object.values(node.params)) this.users.set(name, (this.users.get(name) ?? 0) + 1);
      for (const name of node.outputs) this.madeBy.set(name, node);
      for (const name of node.inputs) {
        const readers = this.readers.get(name);
        if (readers === undefined) this.readers.set(name, [node]);
        else readers.push(node);
      }
    });
  }

  /** Where in the network a node stands. */
  placeOf(node: Node): number {
    return this.places.get(node) ?? -1;
  }

  /** The node that makes a value, unless it was replaced; undefined for inputs. */
  maker(value: string | undefined): Node | undefined {
    const node = value === undefined ? undefined : this.madeBy.get(value);
    return node !== undefined && !this.replaced.has(node) ? node : undefined;
  }

  /** Whether nothing but these nodes reads the node's values. */
  onlyReadBy(node: Node, readers: ReadonlySet<Node>): boolean {
    return node.outputs.every(
      (name) =>
        !this.outputs.has(name) && (this.readers.get(name) ?? []).every((reader) => readers.has(reader)),
    );
  }

  /** The numbers of the node's stored operand. */
  constantOf(node: Node): Float32Array | undefined {
    const name = node.params['constant'];
    return name === undefined ? undefined : this.weights.get(name)?.data;
  }

  /** The stored operand, where it is a single number. */
  scalarOf(node: Node): number | undefined {
    const values = this.constantOf(node);
    return values?.length === 1 ? values[0] : undefined;
  }

  /** The only node that reads the node's value, where it has one and it is no output. */
  soleReader(node: Node): Node | undefined {
    const [reader, ...others] = this.readers.get(node.outputs[0] ?? '') ?? [];
    const sole = reader !== undefined && others.length === 0 && this.onlyReadBy(node, new Set([reader]));
    return sole && !this.replaced.has(reader) ? reader : undefined;
  }

  /** Makes a parameter one of another role and shape; false when others use it too. */
  giveRole(name: string, role: ParamRole, shape: readonly number[]): boolean {
    const values = this.weights.get(name);
    if (this.users.get(name) !== 1 || values?.data.length !== sizeOf(shape)) return false;
    this.params[name] = { shape, role, init: { kind: role === 'scale' ? 'ones' : 'zeros' } };
    this.weights.set(name, { ...values, shape });
    return true;
  }

  /** Whether the node was replaced already, or is gone. */
  isGone(node: Node): boolean {
    return this.replaced.has(node);
  }

  /** Puts one node in the place of the last of these; the others go. */
  replace(nodes: Iterable<Node>, last: Node, by: Node): void {
    for (const node of nodes) this.replaced.set(node, null);
    this.replaced.set(last, by);
    for (const name of by.outputs) this.madeBy.set(name, by);
  }

  /** The network with all replacements, and the parameters that are still used. */
  finish(): { network: Network; weights: WeightSet } {
    const nodes = this.network.nodes.flatMap((node) => {
      const now = this.replaced.get(node);
      return now === null ? [] : [now ?? node];
    });
    const used = new Set(nodes.flatMap((node) => Object.values(node.params)));
    const params = Object.fromEntries(Object.entries(this.params).filter(([name]) => used.has(name)));
    const weights: WeightSet = new Map([...this.weights].filter(([name]) => used.has(name)));
    return { network: { ...this.network, nodes, params }, weights };
  }
}
