import type { Node, WeightSet } from './graph.ts';
import type { Mixing } from './op.ts';
import { opOf } from './ops/index.ts';

/** What one channel of the input gives to one of the output where it is 1 everywhere. */
interface Share {
  /** The mean over all places, which is what a place has but for borders. */
  readonly mean: number;
  /** By how much less or more a place may have, as some taps lie beside the input at some places. */
  readonly border: number;
}

const NOTHING: Share = { mean: 0, border: 0 };

/** The weights of a layer that mixes channels, by channels of its output and its input. */
export class Mixed {
  readonly mixing: Mixing;
  private readonly data: Float32Array;
  /** Channels of one group. */
  private readonly ins: number;
  private readonly outs: number;
  private readonly area: number;

  private constructor(mixing: Mixing, data: Float32Array, shape: readonly number[], channels: number) {
    const [rows = 1, columns = 1, ...taps] = shape;
    this.mixing = mixing;
    this.data = data;
    this.area = taps.reduce((area, size) => area * size, 1);
    this.ins = channels / mixing.group;
    this.outs = mixing.makes === 0 ? rows / mixing.group : columns;
  }

  /** Undefined for a layer that does not mix channels. @param input the shape of its input */
  static of(node: Node, weights: WeightSet, input: readonly number[]): Mixed | undefined {
    const weight = weights.get(node.params['weight'] ?? '');
    if (weight === undefined) return undefined;
    const mixing = opOf(node).mixing?.(node, input, weight.shape);
    if (mixing === undefined) return undefined;
    return new Mixed(mixing, weight.data, weight.shape, input[mixing.channels] ?? 0);
  }

  /** How many channels the output has. */
  get outputs(): number {
    return this.outs * this.mixing.group;
  }

  /** The channels of the input that a channel of the output may read. */
  read(output: number): number[] {
    const group = Math.floor(output / this.outs);
    return Array.from({ length: this.ins }, (_, i) => group * this.ins + i);
  }

  /** The channels of the output that may read a channel of the input. */
  readers(input: number): number[] {
    const group = Math.floor(input / this.ins);
    return Array.from({ length: this.outs }, (_, o) => group * this.outs + o);
  }

  /** Whether all weights between two channels are zero. */
  isZero(output: number, input: number): boolean {
    const from = this.offset(output, input);
    for (let i = from; i < from + this.area; i++) if (this.data[i] !== 0) return false;
    return true;
  }

  /** What a constant gives; undefined where the places of the output differ in more than what lies beside the input. */
  share(output: number, input: number): Share | undefined {
    const from = this.offset(output, input);
    if (this.isZero(output, input)) return NOTHING;
    if (this.mixing.taps === undefined) return undefined;
    let [mean, border] = [0, 0];
    this.mixing.taps.forEach((inside, i) => {
      const weight = this.data[from + i] ?? 0;
      mean += weight * inside;
      if (inside > 0 && inside < 1) border += Math.abs(weight) * Math.max(inside, 1 - inside);
    });
    return { mean, border };
  }

  private offset(output: number, input: number): number {
    const [row, column, width] =
      this.mixing.makes === 0 ? [output, input % this.ins, this.ins] : [input, output % this.outs, this.outs];
    return (row * width + column) * this.area;
  }
}
