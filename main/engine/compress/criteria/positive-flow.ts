import { inputError, type EspalierError } from '../../../contract/errors.ts';
import { neededNodes, sizeOf, type Network, type Node } from '../../network/graph.ts';
import { inferShapes, logitsName } from '../../network/shape.ts';
import type { ScoreSet } from '../scores.ts';
import { flowLayerOf } from './flow/index.ts';
import { needed, type Field, type FlowParams, type Passed } from './flow/rule.ts';

/** A value as field * 2^exponent. */
interface Scaled {
  readonly field: Field;
  readonly exponent: number;
}

/** A node on the way: what it took, by which powers of two values were multiplied, and the way back through it. */
interface Step {
  readonly node: Node;
  readonly passed: Passed;
  /** Of each input, to bring them to one exponent. */
  readonly before: readonly number[];
  /** Of the output, to bring its mean to between 1 and 2. */
  readonly after: number;
}

/** dR/dw of the asked parameters, divided by 2^exponent. */
export interface Flow {
  readonly gradients: ScoreSet;
  readonly exponent: number;
}

/**
 * The gradients of R, the sum of a network's outputs for an input of ones, where no parameter is negative; in double precision, on
 * one sample. Every layer's output is divided by a power of two and the powers are counted apart, so that no depth leaves the
 * range of float64 (a residual network of 56 layers has a flow of 10^70); the division is exact.
 * @param values of every parameter, none negative. Weights of zero are skipped: their gradients stay zero.
 * @param params whose gradients are asked for: weights of convolutions and dense layers.
 * @throws EspalierError for layers whose output does not grow in proportion with their input.
 */
export function positiveFlow(
  network: Network,
  values: ReadonlyMap<string, Float64Array>,
  params: readonly string[],
): Flow {
  const gradients = new Map(params.map((name) => [name, new Float64Array(values.get(name)?.length ?? 0)]));
  const wanted = logitsName(network);
  const shapes = inferShapes(network, 1);
  const [input] = network.inputs;
  const [source, sample] = [input?.name ?? '', [1, ...(input?.shape ?? [])]];
  const made = new Map<string, Scaled>([
    [source, { field: { shape: sample, data: new Float64Array(sizeOf(sample)).fill(1) }, exponent: 0 }],
  ]);
  const steps: Step[] = [];
  for (const node of neededNodes(network, [wanted])) {
    const layer = flowLayerOf(node);
    if (layer === null) throw unfit(node);
    const given = node.inputs.map((name) => needed(made.get(name)));
    const common = given.reduce((largest, { exponent }) => Math.max(largest, exponent), -Infinity);
    const before = given.map(({ exponent }) => 2 ** (exponent - common));
    const fields = given.map(({ field }, i) => times(field, before[i] as number));
    const [name = ''] = node.outputs;
    const shape = needed(shapes.get(name));
    const paramsOfNode = paramsAt(network, values, gradients, 2 ** -common);
    const passed = layer.rule(node, fields, shape, paramsOfNode);
    // What changes size is brought back to a mean between 1 and 2.
    const power = layer.resizes ? powerOf(passed.data) : 0;
    const field = times({ shape, data: passed.data }, 2 ** -power);
    for (const output of node.outputs) made.set(output, { field, exponent: common + power });
    steps.push({ node, passed, before, after: 2 ** -power });
  }
  const { field, exponent } = needed(made.get(wanted));
  goBack(steps, wanted, field.data.length);
  return { gradients, exponent };
}

/** Passes the slopes of the sum of the wanted value back through all steps. */
function goBack(steps: readonly Step[], wanted: string, size: number): void {
  const slopes = new Map([[wanted, new Float64Array(size).fill(1)]]);
  for (const { node, passed, before, after } of steps.toReversed()) {
    const own = slopes.get(node.outputs[0] ?? '');
    if (own === undefined) continue;
    const back = passed.back(own.map((slope) => slope * after));
    node.inputs.forEach((name, i) => {
      const factor = before[i] as number;
      const found = needed(back[i]).map((slope) => slope * factor);
      const known = slopes.get(name);
      slopes.set(name, known === undefined ? found : known.map((slope, at) => slope + (found[at] as number)));
    });
  }
}

function times(field: Field, factor: number): Field {
  return factor === 1 ? field : { shape: field.shape, data: field.data.map((value) => value * factor) };
}

/** The power of two below the mean size; 0 where nothing flows. */
function powerOf(data: Float64Array): number {
  let sum = 0;
  for (const value of data) sum += Math.abs(value);
  return sum > 0 ? Math.floor(Math.log2(sum / data.length)) : 0;
}

/** @param share what additive parameters are multiplied by. */
function paramsAt(
  network: Network,
  values: ReadonlyMap<string, Float64Array>,
  gradients: ReadonlyMap<string, Float64Array>,
  share: number,
): FlowParams {
  const get = (node: Node, role: string): Field | undefined => {
    const name = node.params[role];
    if (name === undefined) return undefined;
    return { shape: network.params[name]?.shape ?? [], data: needed(values.get(name)) };
  };
  return {
    get,
    added(node, role) {
      const field = get(node, role);
      return field === undefined ? undefined : times(field, share);
    },
    addedNumber: (value) => value * share,
    gradient: (node, role) => gradients.get(node.params[role] ?? ''),
  };
}

/** Why a network has no positive flow: the first layer whose output does not grow in proportion with its input. */
export function withoutFlow(network: Network): EspalierError | undefined {
  const stop = neededNodes(network, [logitsName(network)]).find((node) => flowLayerOf(node) === null);
  return stop === undefined ? undefined : unfit(stop);
}

function unfit(node: Node): EspalierError {
  return inputError(
    'criterion/not-homogeneous',
    `SynFlow has no scores for a network with ${node.op} '${node.name}': its output does not grow in proportion with its input.`,
    {
      field: 'prune.criterion',
      remedy: "Choose a criterion that looks at data, such as 'snip', or a network with ReLU activations.",
    },
  );
}
