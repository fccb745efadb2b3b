import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { openPlain } from '../../../main/engine/backend/plain.ts';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';
import {
  applyMasks,
  layerSparsities,
  layersLeft,
  overallSparsity,
  revivedWeights,
} from '../../../main/engine/compress/masks.ts';
import {
  candidates,
  selectMasks,
  wholeMasks,
  type SelectionContext,
} from '../../../main/engine/compress/select.ts';
import type { MaskSet } from '../../../main/engine/network/graph.ts';
import { initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';

const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
const weights = initialize(network, Random.from(1, 'weights'));
const selection = { criterion: 'magnitude', scope: 'global', exclude: [], regrow: false, invert: false };
let context: SelectionContext;
beforeAll(async () => {
  const dataset = await loadDataset(
    { kind: 'digits', train: 50, validation: 0, test: 10, normalize: 'standard' },
    { seed: 1, baseFolder: '.' },
  );
  context = {
    network,
    recipe: { seed: 1 },
    dataset,
    backend: await openPlain('cpu', 'cpu', 'plain JavaScript'),
  };
});
const select = async (masks: MaskSet, change: Partial<Selection>, sparsity: number, label: string) =>
  (await selectMasks(context, { ...selection, ...change }, weights, masks, sparsity, label)).masks;

describe('selecting masks', () => {
  it('reaches the sparsity to the nearest weight and never touches biases', async () => {
    const masks = await select(new Map(), {}, 0.9, 'test');
    expect(overallSparsity(network, masks)).toBeCloseTo(0.9, 5);
    for (const name of masks.keys()) expect(network.params[name]?.role).toBe('weight');
  });

  it.each(['magnitude', 'random'])('never brings a weight back (%s)', async (criterion) => {
    const first = await select(new Map(), { criterion }, 0.5, 'first');
    const second = await select(first, { criterion }, 0.8, 'second');
    for (const [name, mask] of second) {
      const before = first.get(name) as Uint8Array;
      expect(mask.every((kept, i) => kept === 0 || before[i] === 1)).toBe(true);
    }
    expect(overallSparsity(network, second)).toBeCloseTo(0.8, 5);
  });

  it('draws the same random mask for the same seed and label, another one for another label', async () => {
    const draw = (label: string) => select(new Map(), { criterion: 'random' }, 0.5, label);
    expect(await draw('a')).toEqual(await draw('a'));
    expect(await draw('a')).not.toEqual(await draw('b'));
  });

  it('leaves excluded layers whole and refuses names that are none', async () => {
    const [first = ''] = candidates(network, []);
    const masks = await select(new Map(), { exclude: [first] }, 0.9, 'test');
    const layer = layerSparsities(network, masks).find(({ name }) => name === first);
    expect(layer?.kept).toBe(layer?.total);
    expect(() => candidates(network, ['nonsense'])).toThrow(/nonsense/);
    expect(() => candidates(network, candidates(network, []))).toThrow(/no weights left/);
  });

  it("counts a layer's width by the channels of which some weight is kept", async () => {
    const masks = await select(new Map(), {}, 0.5, 'test');
    const [name = ''] = candidates(network, []);
    const rows = network.params[name]?.shape[0] ?? 0;
    const mask = masks.get(name) as Uint8Array;
    const size = mask.length / rows;
    mask.fill(1).fill(0, 0, 2 * size);
    const left = layersLeft(network, masks).find((layer) => layer.name === name);
    expect(left?.channels).toEqual({ total: rows, kept: rows - 2 });
    expect(left?.kept).toBe(mask.length - 2 * size);
    // Channels that have left count beside those of the network as it came.
    const smaller = {
      ...network,
      params: {
        ...network.params,
        [name]: { ...network.params[name], shape: [rows - 2, size] },
      },
    } as typeof network;
    const without = new Map([...masks].filter(([other]) => other !== name));
    const after = layersLeft(smaller, without, network).find((layer) => layer.name === name);
    expect(after?.channels).toEqual({ total: rows, kept: rows - 2 });
  });

  it('zeroes what a mask prunes and notices what comes back', async () => {
    const masks = await select(wholeMasks(network, selection), {}, 0.7, 'test');
    const copy = new Map([...weights].map(([name, w]) => [name, { ...w, data: w.data.slice() }]));
    applyMasks(copy, masks);
    expect(revivedWeights(copy, masks)).toBe(0);
    const [name, mask] = [...masks][0] as [string, Uint8Array];
    (copy.get(name)?.data as Float32Array)[mask.indexOf(0)] = 1e-20;
    expect(revivedWeights(copy, masks)).toBe(1);
  });
});
