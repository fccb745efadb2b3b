import type { MetricName } from '../../../../main/contract/run.ts';
import type { HostRecord } from '../../../../main/engine/backend/backend.ts';
import type { Dynamics, LiveTraining } from '../../../../main/engine/compress/dynamics/dynamics.ts';
import { topK } from '../../../../main/engine/compress/top-k.ts';
import type { Selected } from '../../../../main/engine/compress/select.ts';
import { copyMasks, copyWeights } from '../../../../main/engine/compress/masks.ts';
import type { MaskSet, Network, TensorData, WeightSet } from '../../../../main/engine/network/graph.ts';
import { Random } from '../../../../main/engine/base/random.ts';

/** A training without a device, for dynamics on their own: weights, masks and extras are plain arrays that tests may change. */
export class FakeTraining implements LiveTraining {
  masks: MaskSet;
  readonly stepsPerEpoch: number;
  readonly current: WeightSet;
  readonly extras: HostRecord;
  readonly recorded: Partial<Record<MetricName, number>>[] = [];
  readonly logged: string[] = [];
  readonly found: string[] = [];
  readonly warned: string[] = [];
  gradients = new Map<string, Float32Array>();

  constructor(weights: WeightSet, masks: MaskSet, dynamics: Dynamics | undefined, stepsPerEpoch = 10) {
    this.current = weights;
    this.masks = masks;
    this.stepsPerEpoch = stepsPerEpoch;
    this.extras = structuredClone(dynamics?.extras ?? {});
  }

  async weights(): Promise<WeightSet> {
    return copyWeights(this.current);
  }

  async setMasks(masks: MaskSet, first?: ReadonlyMap<string, Float32Array>): Promise<void> {
    this.masks = copyMasks(masks);
    for (const [name, mask] of masks) {
      const { data } = this.current.get(name) as TensorData;
      const added = first?.get(name);
      mask.forEach((kept, i) => (data[i] = kept === 0 ? 0 : (data[i] as number) + (added?.[i] ?? 0)));
    }
  }

  async readExtras(names = Object.keys(this.extras)): Promise<HostRecord> {
    return structuredClone(
      Object.fromEntries(Object.entries(this.extras).filter(([name]) => names.includes(name))),
    );
  }

  writeExtras(values: HostRecord): void {
    for (const [name, value] of Object.entries(values)) {
      if (!(name in this.extras)) throw new Error(`no extra tensor '${name}'`);
      this.extras[name] = structuredClone(value);
    }
  }

  async denseGradients(): Promise<Map<string, Float32Array>> {
    return this.gradients;
  }

  random(label: string): Random {
    return Random.from(1, label);
  }

  /** By magnitude, over all layers. */
  async select(sparsity: number): Promise<MaskSet> {
    const scores = new Map([...this.current].map(([name, { data }]) => [name, data.map(Math.abs)]));
    return this.choose(scores, sparsity);
  }

  async selected(sparsity: number): Promise<Selected> {
    const masks = await this.select(sparsity);
    return { kept: masks, masks };
  }

  choose(scores: Map<string, Float32Array | Float64Array>, sparsity: number): MaskSet {
    const parts = [...scores.values()];
    const total = parts.reduce((sum, part) => sum + part.length, 0);
    const masks = topK(parts, Math.round((1 - sparsity) * total));
    return new Map([...scores.keys()].map((name, i) => [name, masks[i] as Uint8Array]));
  }

  record(values: Partial<Record<MetricName, number>>): void {
    this.recorded.push(values);
  }

  log(text: string): void {
    this.logged.push(text);
  }

  find(text: string): void {
    this.found.push(text);
  }

  warn(text: string): void {
    this.warned.push(text);
  }
}

/** A network of one dense layer with `size` inputs and one output. */
export function oneLayer(size: number): Network {
  return {
    name: 'one-layer',
    inputs: [{ name: 'input', shape: [size] }],
    outputs: ['logits'],
    nodes: [
      {
        name: 'fc',
        op: 'Dense',
        inputs: ['input'],
        outputs: ['logits'],
        params: { weight: 'fc.weight' },
        attrs: {},
      },
    ],
    params: { 'fc.weight': { shape: [1, size], role: 'weight', init: { kind: 'glorot-normal' } } },
  };
}

export const specOf = (id: string, target: number, options = {}) => ({
  id,
  selection: { criterion: 'magnitude', scope: 'global', exclude: [], regrow: false, invert: false },
  target,
  targets: [target],
  options,
});
