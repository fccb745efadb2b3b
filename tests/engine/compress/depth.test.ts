import { describe, expect, it } from 'vitest';
import { edgeOfChaos } from '../../../main/engine/compress/edge-of-chaos.ts';
import { NetworkBuilder } from '../../../main/engine/network/builder.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { noise, score, useBackend } from './support.ts';

const backend = useBackend('onnxruntime');
const [DEPTH, WIDTH, SEEDS] = [40, 200, 3];

const builder = new NetworkBuilder('deep-tanh', [WIDTH]);
for (let l = 1; l <= DEPTH; l++) builder.dense(`fc${l}`, WIDTH).layer(`act${l}`, 'Tanh');
const network = builder.dense('out', 10).build();

/** Slope of log mean (w g)^2 over the layers, biases of variance 0.04. */
async function slopeOf(sigma: number): Promise<number> {
  const logs = new Array<number>(DEPTH).fill(0);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const random = Random.from(seed, 'deep');
    const weights = initialize(network, random);
    for (const [name, { data }] of weights) {
      const std = network.params[name]?.role === 'weight' ? sigma / Math.sqrt(WIDTH) : 0.2;
      data.forEach((_, i) => (data[i] = std * random.normal()));
    }
    const scores = await score('snip', {
      network,
      weights,
      data: noise([WIDTH], 1, 10, seed),
      backend: backend(),
    });
    for (let l = 0; l < DEPTH; l++) {
      const part = scores.get(`fc${l + 1}.weight`) ?? [];
      let squares = 0;
      for (const value of part) squares += value * value;
      logs[l] = (logs[l] ?? 0) + Math.log(squares / part.length) / SEEDS;
    }
  }
  const middle = (DEPTH - 1) / 2;
  let [top, bottom] = [0, 0];
  logs.forEach((log, l) => {
    top += (l - middle) * log;
    bottom += (l - middle) ** 2;
  });
  return top / bottom;
}

describe('sensitivity through depth (mean field: its logarithm has slope -log chi)', () => {
  it('falls towards the input below the edge of chaos, rises above it, and is level on it', async () => {
    expect(Math.abs((await slopeOf(1)) / 0.2496 - 1)).toBeLessThan(0.15);
    expect(Math.abs((await slopeOf(2)) / -0.2974 - 1)).toBeLessThan(0.15);
    const edge = Math.sqrt(edgeOfChaos(network).get('fc1.weight')?.weight ?? NaN);
    expect(Math.abs(await slopeOf(edge))).toBeLessThan(0.04);
  });
});
