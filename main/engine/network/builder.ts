import type { AttrValue, Initializer, InputInfo, Network, Node, ParamInfo, ParamRole } from './graph.ts';
import { nodeError } from './node-reading.ts';
import { opOf } from './ops/index.ts';
import { verifyNetwork } from './verify.ts';

const INPUT = 'input';

export interface DenseOptions {
  readonly bias?: boolean;
  readonly init?: Initializer;
}

export interface ConvOptions {
  /** Rows and columns of the kernel; 3 by default. */
  readonly kernel?: number;
  readonly stride?: number;
  /** Added on all four sides; by default what keeps the size at stride 1. */
  readonly pad?: number;
  readonly groups?: number;
  readonly bias?: boolean;
  readonly init?: Initializer;
}

export interface PoolOptions {
  readonly stride?: number;
  readonly pad?: number;
}

/**
 * Writes down a network layer by layer. Each method adds a layer to the current value and makes its output the current one;
 * `value` and `at` remember and take up a value elsewhere, for branches.
 *
 *     new NetworkBuilder('small', [1, 28, 28]).conv('conv1', 8).relu().maxPool(2).flatten().dense('fc', 10).build();
 */
export class NetworkBuilder {
  private readonly inputs: InputInfo[];
  private readonly nodes: Node[] = [];
  private readonly params: Record<string, ParamInfo> = {};
  private readonly shapes = new Map<string, readonly number[]>();
  private readonly name: string;
  private current = INPUT;

  constructor(name: string, inputShape: readonly number[]) {
    this.name = name;
    this.inputs = [{ name: INPUT, shape: inputShape }];
    this.shapes.set(INPUT, [1, ...inputShape]);
  }

  /** Name of the current value. */
  get value(): string {
    return this.current;
  }

  /** Shape of the current value for one sample. */
  get shape(): readonly number[] {
    return (this.shapes.get(this.current) ?? []).slice(1);
  }

  /** Takes up another value. */
  at(value: string): this {
    this.current = value;
    return this;
  }

  dense(name: string, units: number, { bias = true, init = { kind: 'he-normal' } }: DenseOptions = {}): this {
    const params = { weight: this.param(name, 'weight', [units, this.shape[0] ?? 0], init) };
    return this.layer(
      name,
      'Dense',
      {},
      bias ? { ...params, bias: this.zeros(name, 'bias', units) } : params,
    );
  }

  conv(name: string, filters: number, options: ConvOptions = {}): this {
    const { kernel = 3, stride = 1, pad = (kernel - 1) >> 1, groups = 1, bias = true } = options;
    const ins = (this.shape[0] ?? 0) / groups;
    const init = options.init ?? { kind: 'he-normal' };
    const params = { weight: this.param(name, 'weight', [filters, ins, kernel, kernel], init) };
    return this.layer(
      name,
      'Conv2D',
      { strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1], group: groups },
      bias ? { ...params, bias: this.zeros(name, 'bias', filters) } : params,
    );
  }

  /** One filter of kernel x kernel for each channel. */
  depthwise(name: string, options: Omit<ConvOptions, 'groups'> = {}): this {
    const channels = this.shape[0] ?? 0;
    return this.conv(name, channels, { ...options, groups: channels });
  }

  batchNorm(name: string): this {
    const channels = this.shape[0] ?? 0;
    const ones = (role: ParamRole) => this.param(name, role, [channels], { kind: 'ones' });
    return this.layer(
      name,
      'BatchNorm',
      { epsilon: 1e-5, momentum: 0.1 },
      {
        scale: ones('scale'),
        shift: this.zeros(name, 'shift', channels),
        mean: this.zeros(name, 'mean', channels),
        variance: ones('variance'),
      },
    );
  }

  relu(name?: string): this {
    return this.layer(name ?? this.fresh('relu'), 'Relu');
  }

  relu6(name?: string): this {
    return this.layer(name ?? this.fresh('relu6'), 'Clip', { min: 0, max: 6 });
  }

  maxPool(kernel: number, { stride = kernel, pad = 0 }: PoolOptions = {}): this {
    return this.layer(this.fresh('pool'), 'MaxPool', {
      kernel: [kernel, kernel],
      strides: [stride, stride],
      pads: [pad, pad, pad, pad],
    });
  }

  globalAvgPool(): this {
    return this.layer(this.fresh('pool'), 'GlobalAvgPool');
  }

  /** Does nothing where the value is flat already. */
  flatten(): this {
    return this.shape.length === 1 ? this : this.layer(this.fresh('flatten'), 'Flatten');
  }

  dropout(rate: number): this {
    return this.layer(this.fresh('dropout'), 'Dropout', { rate });
  }

  /** Adds another value to the current one. */
  add(other: string, name?: string): this {
    return this.layer(name ?? this.fresh('add'), 'Add', {}, {}, [this.current, other]);
  }

  /** Any layer, by its type. */
  layer(
    name: string,
    op: string,
    attrs: Readonly<Record<string, AttrValue>> = {},
    params: Readonly<Record<string, string>> = {},
    inputs: readonly string[] = [this.current],
  ): this {
    const node: Node = { name, op, inputs, outputs: [name], params, attrs };
    const given = inputs.map((value) => this.shapes.get(value) ?? []);
    const [shape] = opOf(node).infer(node, given, this.soFar());
    if (shape === undefined) throw nodeError(node, 'makes no value');
    this.nodes.push(node);
    this.shapes.set(name, shape);
    this.current = name;
    return this;
  }

  /** The network; its output is the current value. */
  build(): Network {
    const network = this.soFar();
    verifyNetwork(network);
    return network;
  }

  private soFar(): Network {
    return {
      name: this.name,
      inputs: this.inputs,
      outputs: [this.current],
      nodes: this.nodes,
      params: this.params,
    };
  }

  private param(layer: string, role: ParamRole, shape: readonly number[], init: Initializer): string {
    const name = `${layer}.${role}`;
    this.params[name] = { shape, role, init };
    return name;
  }

  private zeros(layer: string, role: ParamRole, size: number): string {
    return this.param(layer, role, [size], { kind: 'zeros' });
  }

  /** 'relu1', 'relu2', ... */
  private fresh(kind: string): string {
    for (let i = 1; ; i++) if (!this.shapes.has(`${kind}${i}`)) return `${kind}${i}`;
  }
}
