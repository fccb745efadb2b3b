import type { Recipe } from '../../../contract/recipe.ts';
import { versions } from '../../base/versions.ts';
import { criteria } from '../../compress/criteria/index.ts';
import { writeSafetensors, type NamedTensor } from '../../formats/safetensors/write.ts';
import { sizeOf, type AttrValue, type MaskSet, type Network, type WeightSet } from '../../network/graph.ts';
import { judgementBy } from '../../network/head.ts';
import { isMultiLabel } from '../../data/labels.ts';
import type { Scored } from '../score.ts';
import { RECORD_KEY, scoreRecordSchema, type ScoreRecord } from './record.ts';
import { sampleTable, sampleTensors, type SampleTable } from './samples.ts';

/**
 * A .safetensors file from which another program can compute scores and masks anew (docs/scores.md): weights, the samples of
 * every round and the masks before it, the last round's scores, the masks that they came to, and a record of all else.
 */
export function scoreFile(scored: Scored, recipe: Recipe): { bytes: Uint8Array; missing: number } {
  const { network, dataset, rounds, scores, masks, weights, initial, shuffled, rescaled } = scored;
  const { train, sampleShape, classes } = dataset;
  const passes = rounds.map(({ pass }) => pass);
  const table = sampleTable(train, sizeOf(sampleShape), passes);
  const tensors: NamedTensor[] = [
    ...ofWeights('weights', network, weights),
    ...(initial === undefined ? [] : ofWeights('initial', network, initial)),
    ...[...scores].map(([name, data]): NamedTensor => {
      const dtype = data instanceof Float64Array ? 'F64' : 'F32';
      return { name: `scores/${name}`, dtype, shape: shapeOf(network, name), data };
    }),
    ...ofMasks('masks', network, masks),
    ...(shuffled === undefined ? [] : ofMasks('shuffled', network, shuffled)),
    ...(rescaled === undefined ? [] : ofWeights('rescaled', network, rescaled.weights)),
    ...rounds.map(({ before }, i): NamedTensor => {
      return { name: `rounds/${i + 1}/before`, dtype: 'U8', shape: [before.length], data: before };
    }),
    ...table.places.map((data, i): NamedTensor => {
      return { name: `rounds/${i + 1}/samples`, dtype: 'I32', shape: [data.length], data };
    }),
    ...sampleTensors(table, train, sampleShape, classes.length),
  ];
  const bytes = writeSafetensors(tensors, {
    [RECORD_KEY]: JSON.stringify(scoreRecordSchema.parse(recordOf(scored, recipe, table))),
    'espalier.recipe': JSON.stringify(recipe),
  });
  return { bytes, missing: table.holdsValues ? 0 : table.bytes };
}

function recordOf(scored: Scored, recipe: Recipe, table: SampleTable): ScoreRecord {
  const { network, stage, selection, dataset, rounds, scores, shuffled, rescaled, device, threads } = scored;
  const { batchNorm, temperature = 1 } = criteria.get(selection.criterion);
  const { origin } = dataset.train;
  const files = origin?.files;
  const [first] = rounds;
  const each = judgementBy(network) === 'each class' || isMultiLabel(dataset.train.labels);
  return {
    version: 1,
    seed: recipe.seed,
    stage,
    criterion: selection.criterion,
    loss: each ? 'sigmoid' : 'softmax',
    ...(batchNorm && { batchNorm: selection.batchNorm ?? batchNorm }),
    temperature,
    ...(first?.pass && { batchSize: first.pass.batchSize }),
    selection: {
      scope: selection.scope,
      structure: selection.structure ?? { kind: 'element' },
      params: [...scores.keys()],
      protect: selection.protect ?? false,
      regrow: selection.regrow,
      invert: selection.invert,
      ...(selection.shares && { shares: selection.shares }),
    },
    rounds: rounds.map(({ target, pass }) => ({ target, samples: pass?.samples.length ?? 0 })),
    shuffled: shuffled !== undefined,
    ...(rescaled && { rho: Object.fromEntries(rescaled.rho) }),
    data: {
      name: dataset.name,
      fingerprint: dataset.fingerprint,
      ...(origin && { part: origin.part }),
      ...(files && { files: Array.from(table.indices, (index) => files[index] ?? '') }),
      classes: [...dataset.classes],
      trainingSamples: dataset.train.size,
      sampleShape: [...dataset.sampleShape],
      mean: [...dataset.normalization.mean],
      std: [...dataset.normalization.std],
      values: table.holdsValues,
    },
    device,
    ...(threads !== undefined && { threads }),
    versions: versions(),
    network: outlineOf(network),
  };
}

/** The graph with what is left to a default written out, and without numbers that JSON has no words for. */
function outlineOf(network: Network): ScoreRecord['network'] {
  const nodes = network.nodes.map((node) => {
    const defaults: Record<string, AttrValue> = node.op === 'BatchNorm' ? { epsilon: 1e-5 } : {};
    const attrs = Object.entries({ ...defaults, ...node.attrs }).map(([name, value]) => [
      name,
      typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
    ]);
    return { ...node, attrs: Object.fromEntries(attrs) as Record<string, AttrValue> };
  });
  return structuredClone({ ...network, nodes }) as ScoreRecord['network'];
}

const shapeOf = (network: Network, name: string) => network.params[name]?.shape ?? [];

function ofWeights(kind: string, network: Network, weights: WeightSet): NamedTensor[] {
  return [...weights].map(([name, { data }]) => ({
    name: `${kind}/${name}`,
    dtype: 'F32',
    shape: shapeOf(network, name),
    data,
  }));
}

function ofMasks(kind: string, network: Network, masks: MaskSet): NamedTensor[] {
  return [...masks].map(([name, data]) => ({
    name: `${kind}/${name}`,
    dtype: 'BOOL',
    shape: shapeOf(network, name),
    data,
  }));
}
