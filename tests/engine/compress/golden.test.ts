import { describe, expect, it } from 'vitest';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { hessianProducts } from '../../../main/engine/compress/criteria/hessian/products.ts';
import { meanGradients } from '../../../main/engine/compress/criteria/gradients.ts';
import { topK } from '../../../main/engine/compress/top-k.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { dataOf, score, useBackend, weightsOf, type Scored, singly } from './support.ts';

/**
 * A net of 2, 3 (ReLU) and 2 units without biases and one sample, small enough to work out by hand. The reference numbers
 * come from float64; both backends compute in float32, whose rounding leaves them within 1e-5 of the largest of each layer.
 */
const network = new NetworkBuilder('golden', [2])
  .dense('fc1', 3, { bias: false })
  .relu()
  .dense('fc2', 2, { bias: false })
  .build();
const weights = weightsOf(network, {
  'fc1.weight': [0.5, -1, 1.5, 0.25, -0.75, 2],
  'fc2.weight': [1, -0.5, 0.25, -2, 0.75, 1.25],
});
const data = dataOf([2], Float32Array.of(1, 0.5), Int32Array.of(0));

const golden: Record<string, readonly [readonly number[], readonly number[]]> = {
  snip: [
    [0, 0, 1.70121, 0.141768, 0.680484, 0.907312],
    [0, 0.737191, 0.056707, 0, 1.105787, 0.283535],
  ],
  synflow: [
    [1.5, 3, 1.875, 0.3125, 1.125, 3],
    [1.5, 0.875, 0.6875, 3, 1.3125, 3.4375],
  ],
  lamp: [
    [0.031008, 0.137931, 0.36, 0.007692, 0.072, 1],
    [0.152381, 0.033898, 0.008403, 1, 0.078947, 0.280899],
  ],
  fisher: [
    [0, 0, 1.447058, 0.010049, 0.231529, 0.411608],
    [0, 0.271725, 0.001608, 0, 0.611382, 0.040196],
  ],
  // First order without the half.
  taylor: [
    [0, 0, 2.894116, 0.020098, 0.463058, 0.823215],
    [0, 0.54345, 0.003216, 0, 1.222765, 0.080392],
  ],
};

/** w Hg, the negative of the paper's S. */
const graspAt: Record<number, readonly [readonly number[], readonly number[]]> = {
  1: [
    [0, 0, 5.244887, 0.437074, -0.80139, 1.06852],
    [0, 1.176879, -0.298312, 0, 1.765318, 1.491559],
  ],
  200: [
    [0, 0, 31.071e-6, 2.5892e-6, -2.472e-6, 3.296e-6],
    [0, 5.0486e-6, -1.9839e-6, 0, 7.5729e-6, 9.9196e-6],
  ],
};

describe.each(['cpu', 'onnxruntime'])('section N on %s', (device) => {
  const backend = useBackend(device);
  const context = (): Scored => ({ network, weights, data, backend: backend() });

  it.each(Object.entries(golden))('%s', async (id, layers) => {
    const scores = [...(await score(id, context())).values()];
    layers.forEach((expected, layer) => near(scores[layer], expected));
  });

  it('GraSP at temperature 1 and 200, and its ranking, which the temperature changes', async () => {
    for (const [temperature, layers] of Object.entries(graspAt)) {
      const scores = await graspScores(context(), Number(temperature));
      layers.forEach((expected, layer) => near(scores[layer], expected));
    }
    const firstTwo = async (temperature: number) =>
      topK(await graspScores(context(), temperature), 2).map((mask) => [...mask]);
    expect(await firstTwo(1)).toEqual([[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]]); // prettier-ignore
    expect(await firstTwo(200)).toEqual([[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 0, 1]]); // prettier-ignore
    const criterion = [...(await score('grasp', context())).values()];
    graspAt[200]?.forEach((expected, layer) => near(criterion[layer], expected));
  });

  it('signed sensitivities balance at every hidden unit', async () => {
    const gradients = await meanGradients(full(context()), [sample()]);
    const [first, second] = [...gradients.keys()].map((name) =>
      weights.get(name)?.data.map((w, i) => w * (gradients.get(name)?.[i] ?? 0)),
    );
    near(unitsIn(first), [0, 1.842978, 0.226828]);
    near(unitsOut(second), [0, 1.842978, 0.226828]);
  });

  it('sensitivities of a linear last layer sum to those of its outputs', async () => {
    const gradients = await meanGradients(full(context()), [sample()]);
    const name = 'fc2.weight';
    const found = weights.get(name)?.data.map((w, i) => w * (gradients.get(name)?.[i] ?? 0));
    // The outputs are -0.75 and 1.53125, and dL/do is the probability without the label's 1.
    near([total(found)], [-0.75 * (0.092688 - 1) + 1.53125 * 0.907312]);
  });

  it('synaptic flow is conserved by layer and by unit', async () => {
    const [first, second] = [...(await score('synflow', context())).values()];
    near([total(first), total(second)], [10.8125, 10.8125]);
    near(unitsIn(first), [4.5, 2.1875, 4.125]);
    near(unitsOut(second), [4.5, 2.1875, 4.125]);
  });

  it('one global LAMP ranking keeps the four that the reference keeps', async () => {
    const scores = [...(await score('lamp', context())).values()];
    expect(topK(scores, 4).map((mask) => [...mask])).toEqual([
      [0, 0, 1, 0, 0, 1],
      [0, 0, 0, 1, 0, 1],
    ]);
  });

  async function graspScores(scored: Scored, temperature: number): Promise<Float64Array[]> {
    const whole = full(scored);
    const direction = await meanGradients(whole, [sample()], temperature);
    const products = await hessianProducts(whole, [sample()], direction, temperature);
    return [...products].map(([name, values]) =>
      Float64Array.from(values, (value, i) => value * (weights.get(name)?.data[i] ?? 0)),
    );
  }
});

function full(context: Scored) {
  return {
    masks: new Map<string, Uint8Array>(),
    params: ['fc1.weight', 'fc2.weight'],
    random: Random.from(1, 'none'),
    batchNorm: 'training' as const,
    units: singly(context.network),
    ...context,
  };
}

function sample() {
  return { x: Float32Array.of(1, 0.5), y: Int32Array.of(0), size: 1 };
}

/** Within 1e-5 of the largest expected number. */
function near(actual: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(actual?.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs((actual?.[i] ?? NaN) - value) / scale).toBeLessThan(1e-5));
}

function total(values: ArrayLike<number> | undefined): number {
  return Array.from(values ?? []).reduce((a, b) => a + b, 0);
}

/** Sums over the weights into each of the three hidden units. */
function unitsIn(values: ArrayLike<number> | undefined): number[] {
  return [0, 1, 2].map((unit) => (values?.[2 * unit] ?? NaN) + (values?.[2 * unit + 1] ?? NaN));
}

/** Sums over the weights out of each of them. */
function unitsOut(values: ArrayLike<number> | undefined): number[] {
  return [0, 1, 2].map((unit) => (values?.[unit] ?? NaN) + (values?.[3 + unit] ?? NaN));
}
