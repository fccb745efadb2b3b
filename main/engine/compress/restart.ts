import type { Restart } from '../../contract/recipe.ts';
import { initialize } from '../network/initialize.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../network/graph.ts';
import { Random } from '../base/random.ts';

/**
 * Puts other values than their initial ones into the kept weights, in place (the mask-1 actions of Zhou et al. 2019, arXiv
 * 1905.01067, section 4): drawn anew by the layer's initialiser, the layer's kept initial values permuted, or plus and minus
 * the standard deviation of the layer's initial values. The signs are those that come with the values (of a constant, fair
 * coins), or with 'signed-' the initial ones. Biases and norms keep theirs.
 * @param weights the initial weights, pruned ones too.
 */
export function restart(
  network: Network,
  weights: WeightSet,
  masks: MaskSet,
  action: Restart,
  seed: number,
  label: string,
): void {
  const signed = action.startsWith('signed-');
  const drawn = action.endsWith('reinitialize')
    ? initialize(network, Random.from(seed, `${label}/drawn`))
    : undefined;
  for (const [name, mask] of masks) {
    const { data: initial } = weights.get(name) as TensorData;
    const random = Random.from(seed, `${label}/${name}`);
    const values =
      drawn?.get(name)?.data ??
      (action.endsWith('constant') ? coins(initial, random) : permuted(initial, mask, random));
    mask.forEach((kept, i) => {
      if (kept === 0) return;
      const value = values[i] as number;
      initial[i] = signed ? Math.abs(value) * ((initial[i] as number) < 0 ? -1 : 1) : value;
    });
  }
}

function coins(initial: Float32Array, random: Random): Float32Array {
  const sum = initial.reduce((total, w) => total + w, 0);
  const squares = initial.reduce((total, w) => total + w * w, 0);
  const deviation = Math.sqrt(squares / initial.length - (sum / initial.length) ** 2);
  return initial.map(() => (random.int(2) === 0 ? deviation : -deviation));
}

function permuted(initial: Float32Array, mask: Uint8Array, random: Random): Float32Array {
  const places = Uint32Array.from(mask.keys()).filter((i) => mask[i] === 1);
  const from = random.shuffle(places.slice());
  const values = initial.slice();
  places.forEach((place, i) => (values[place] = initial[from[i] as number] as number));
  return values;
}
