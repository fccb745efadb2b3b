import { beforeAll, describe, expect, it } from 'vitest';
import type { Selection } from '../../../main/engine/compress/selection.ts';
import { countKept } from '../../../main/engine/compress/masks.ts';
import { iterative } from '../../../main/engine/compress/schedules/iterative.ts';
import { selectMasks, type SelectionContext } from '../../../main/engine/compress/select.ts';
import { loadDataset } from '../../../main/engine/data/load.ts';
import type { MaskSet, WeightSet } from '../../../main/engine/network/graph.ts';
import { fans, initialize } from '../../../main/engine/network/initialize.ts';
import { Random } from '../../../main/engine/base/random.ts';
import { zoo } from '../../../main/engine/zoo/index.ts';
import { useBackend } from './support.ts';

const backend = useBackend('onnxruntime');
const network = zoo.get('lenet-300-100').build({ input: [1, 28, 28], classes: 10 });
let context: SelectionContext;
beforeAll(async () => {
  const dataset = await loadDataset(
    { kind: 'digits', train: 300, validation: 0, test: 10, normalize: 'standard' },
    { seed: 1, baseFolder: '.' },
  );
  context = { network, dataset, backend: backend(), recipe: { seed: 1 } };
});

/** He-normal weights, for which the reference bands hold; the zoo's own are Glorot's. */
function heNormal(seed: number): WeightSet {
  const random = Random.from(seed, 'he');
  const weights = initialize(network, Random.from(seed, 'weights'));
  for (const [name, { shape, data }] of weights) {
    if (network.params[name]?.role !== 'weight') continue;
    const std = Math.sqrt(2 / fans(shape).fanIn);
    data.forEach((_, i) => (data[i] = std * random.normal()));
  }
  return weights;
}

const plain: Selection = {
  criterion: 'magnitude',
  scope: 'global',
  exclude: [],
  regrow: false,
  invert: false,
  protect: false,
};

/** All masks on the way to a density in a number of rounds. */
async function ladder(
  change: Partial<Selection>,
  density: number,
  rounds: number,
  weights = heNormal(1),
): Promise<MaskSet[]> {
  const found: MaskSet[] = [];
  for (const [round, target] of iterative.targets(1 - density, rounds).entries()) {
    const before = found.at(-1) ?? new Map<string, Uint8Array>();
    const selection = { ...plain, ...change };
    found.push((await selectMasks(context, selection, weights, before, target, `test/${round}`)).masks);
  }
  return found;
}
const shares = (masks: MaskSet | undefined) =>
  [...(masks ?? [])].map(([, mask]) => countKept(mask) / mask.length);

describe('SNIP in steps', () => {
  it('iterative SNIP, FORCE and SNIP have one mask after a single step', async () => {
    const [snip] = await ladder({ criterion: 'snip' }, 0.05, 1);
    expect(await ladder({ criterion: 'snip', regrow: true }, 0.05, 1)).toEqual([snip]);
    expect(shares(snip).every((share) => share > 0)).toBe(true);
  });

  it('masks of iterative SNIP are nested; those of FORCE need not be; both keep the exact count', async () => {
    const nested = (masks: readonly MaskSet[]) =>
      masks
        .slice(1)
        .every((mask, r) =>
          [...mask].every(([name, bits]) => bits.every((bit, i) => bit <= (masks[r]?.get(name)?.[i] ?? 0))),
        );
    const iterativeSnip = await ladder({ criterion: 'snip' }, 0.01, 5);
    const force = await ladder({ criterion: 'snip', regrow: true }, 0.01, 5);
    expect(nested(iterativeSnip)).toBe(true);
    expect(nested(force)).toBe(false);
    for (const masks of [iterativeSnip, force]) {
      masks.forEach((mask, r) => {
        const kept = [...mask.values()].reduce((sum, bits) => sum + countKept(bits), 0);
        expect(kept).toBe(Math.round(266200 * 0.01 ** ((r + 1) / 5)));
      });
    }
  });

  it('inverted keeps what it would prune', async () => {
    const [best] = await ladder({ criterion: 'snip' }, 0.5, 1);
    const [worst] = await ladder({ criterion: 'snip', invert: true }, 0.5, 1);
    let both = 0;
    for (const [name, mask] of best ?? [])
      mask.forEach((bit, i) => (both += bit & (worst?.get(name)?.[i] ?? 0)));
    expect(both).toBeLessThan(10);
  });
});

describe('collapse of layers', () => {
  it('SynFlow in one shot empties the widest layer, in many steps none', async () => {
    const [once] = await ladder({ criterion: 'synflow' }, 0.05, 1);
    expect(shares(once)[0]).toBe(0);
    const tenTo = shares((await ladder({ criterion: 'synflow' }, 0.1, 10)).at(-1));
    [0.065, 0.345, 0.968].forEach((band, layer) => within(tenTo[layer], band, 0.1));
    const far = (await ladder({ criterion: 'synflow' }, 0.001, 100)).at(-1) ?? new Map<string, Uint8Array>();
    const kept = [...far.values()].map(countKept);
    expect(Math.min(...kept)).toBeGreaterThan(30);
    expect(kept.reduce((a, b) => a + b, 0)).toBe(266);
  });

  it.each([
    // Rounds, density, and the share that each layer keeps: means over five draws of He-normal weights.
    [1, 0.1, [0.0147, 0.739, 0.989]],
    [1, 0.05, [0, 0.411, 0.977]],
    [1, 0.02, [0, 0.146, 0.96]],
    [1, 0.01, [0, 0.057, 0.945]],
    [10, 0.05, [0.0306, 0.173, 0.932]],
    [10, 0.02, [0.0108, 0.065, 0.832]],
    [10, 0.01, [0.0047, 0.03, 0.653]],
    [100, 0.1, [0.0707, 0.301, 0.968]],
    [100, 0.05, [0.0336, 0.149, 0.932]],
    [100, 0.02, [0.012, 0.056, 0.816]],
    [100, 0.01, [0.0055, 0.025, 0.611]],
  ])(
    'SynFlow in %d rounds to a density of %d spreads it as the reference does',
    async (rounds, density, bands) => {
      const found = shares((await ladder({ criterion: 'synflow' }, density, rounds)).at(-1));
      bands.forEach((band, layer) => {
        if (band === 0) expect(found[layer]).toBe(0);
        else within(found[layer], band, 0.1);
      });
    },
  );

  it('magnitude at initialisation follows the tails of its Gaussians until the widest layer is gone', async () => {
    const bands: Record<number, readonly number[]> = {
      0.1: [0.0762, 0.2726, 0.5265],
      0.05: [0.0314, 0.183, 0.4421],
      0.02: [0.0082, 0.1018, 0.3449],
    };
    for (const [density, expected] of Object.entries(bands)) {
      const found = shares((await ladder({}, Number(density), 1)).at(-1));
      expected.forEach((band, layer) => within(found[layer], band, layer === 2 ? 0.08 : 0.04));
    }
    const [collapsed] = await ladder({}, 0.001, 1);
    expect(countKept(collapsed?.values().next().value ?? new Uint8Array())).toBeLessThan(8);
    const [lamp] = await ladder({ criterion: 'lamp' }, 0.0001, 1);
    expect(Math.min(...[...(lamp ?? [])].map(([, mask]) => countKept(mask)))).toBeGreaterThan(0);
  });

  it('protection keeps one weight in every layer and the budget', async () => {
    const masks = (await ladder({ criterion: 'synflow', protect: true }, 0.05, 1)).at(-1);
    const kept = [...(masks ?? [])].map(([, mask]) => countKept(mask));
    expect(kept[0]).toBe(1);
    expect(kept.reduce((a, b) => a + b, 0)).toBe(13310);
  });
});

function within(value: number | undefined, band: number, relative: number): void {
  expect(Math.abs((value ?? NaN) / band - 1)).toBeLessThan(relative);
}
