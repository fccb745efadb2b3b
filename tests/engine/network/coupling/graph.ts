import type {
  AttrValue,
  Network,
  Node,
  ParamInfo,
  ParamRole,
} from '../../../../main/engine/network/graph.ts';
import { opOf } from '../../../../main/engine/network/ops/index.ts';
import { verifyNetwork } from '../../../../main/engine/network/verify.ts';

type Attrs = Readonly<Record<string, AttrValue>>;
type Shape = readonly number[];

interface Conv {
  readonly kernel?: number;
  /** What keeps the size at stride 1 where left out. */
  readonly pad?: number;
  readonly group?: number;
  readonly bias?: boolean;
  readonly stride?: number;
}

/** What a parameter is for, by the role that it plays in a layer. */
const ROLES: Readonly<Record<string, ParamRole>> = { slope: 'scale', constant: 'shift' };

/** A network of any layers, with a shorthand for the usual ones; every method adds a layer and returns its value. */
export class Graph {
  readonly x = 'x';
  private readonly inputs: { name: string; shape: Shape }[] = [];
  private readonly nodes: Node[] = [];
  private readonly params: Record<string, ParamInfo> = {};
  private readonly shapes = new Map<string, Shape>();

  constructor(...inputs: Shape[]) {
    inputs.forEach((shape, i) => {
      const name = i === 0 ? this.x : `x${i}`;
      this.inputs.push({ name, shape });
      this.shapes.set(name, [1, ...shape]);
    });
  }

  /** Of one sample. */
  shape(value: string): Shape {
    return (this.shapes.get(value) ?? []).slice(1);
  }

  /** A parameter that several layers may have. */
  param(name: string, shape: Shape, role: ParamRole = 'weight'): string {
    this.params[name] = { shape, role, init: { kind: 'zeros' } };
    return name;
  }

  /** Any layer. Parameters by role: a shape for one of its own, or the name of one that is shared. */
  add(
    op: string,
    inputs: readonly string[],
    attrs: Attrs = {},
    params: Readonly<Record<string, Shape | string>> = {},
    outputs = 1,
  ): string {
    const name = `${op.toLowerCase()}${this.nodes.length}`;
    const own = Object.entries(params).map(([role, given]) => [
      role,
      typeof given === 'string'
        ? given
        : this.param(`${name}.${role}`, given, ROLES[role] ?? (role as ParamRole)),
    ]);
    const names = outputs === 1 ? [name] : Array.from({ length: outputs }, (_, i) => `${name}:${i}`);
    const node = {
      name,
      op,
      inputs,
      outputs: names,
      params: Object.fromEntries(own) as Node['params'],
      attrs,
    };
    const shapes = opOf(node).infer(
      node,
      inputs.map((value) => this.shapes.get(value) ?? []),
      this.soFar([]),
    );
    names.forEach((value, i) => this.shapes.set(value, shapes[i] ?? []));
    this.nodes.push(node);
    return names[0] ?? '';
  }

  conv(x: string, out: number, { kernel = 3, group = 1, bias = true, stride = 1, pad }: Conv = {}): string {
    const weight = [out, (this.shape(x)[0] ?? 0) / group, kernel, kernel];
    const around = pad ?? kernel >> 1;
    const attrs = { pads: [around, around, around, around], strides: [stride, stride], group };
    return this.add('Conv2D', [x], attrs, bias ? { weight, bias: [out] } : { weight });
  }

  dense(x: string, out: number, bias = true): string {
    const weight = [out, this.shape(x).at(-1) ?? 0];
    return this.add('Dense', [x], {}, bias ? { weight, bias: [out] } : { weight });
  }

  norm(x: string): string {
    const shape = [this.shape(x)[0] ?? 0];
    return this.add('BatchNorm', [x], {}, { scale: shape, shift: shape, mean: shape, variance: shape });
  }

  relu(x: string): string {
    return this.add('Relu', [x]);
  }

  join(...values: string[]): string {
    return this.add('Concat', values, { axis: 1 });
  }

  sum(a: string, b: string): string {
    return this.add('Add', [a, b]);
  }

  transpose(x: string, ...perm: number[]): string {
    return this.add('Transpose', [x], { perm });
  }

  reshape(x: string, ...shape: number[]): string {
    return this.add('Reshape', [x], { shape });
  }

  /** Mean over pixels and a dense layer. */
  classify(x: string, classes = 3): string {
    return this.dense(this.add('Flatten', [this.add('GlobalAvgPool', [x])]), classes);
  }

  build(...outputs: string[]): Network {
    const network = this.soFar(outputs);
    verifyNetwork(network);
    return network;
  }

  private soFar(outputs: readonly string[]): Network {
    return { name: 'made', inputs: this.inputs, outputs, nodes: this.nodes, params: this.params };
  }
}
