import { z } from 'zod';
import { inputError } from '../../../contract/errors.ts';
import { looksLikeJson, parseJson } from '../json.ts';
import { textsIn } from '../metadata.ts';
import { parseModelConfig } from '../keras/config.ts';
import type { WeightStore } from '../keras/import.ts';
import { importKeras } from '../keras/import.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { channelsLastSignature } from '../signature.ts';
import { importGraph } from './graph/import.ts';
import type { ManifestWeight } from './weights.ts';
import { readManifest } from './weights.ts';

const signatureSchema = z.looseObject({
  outputs: z.record(z.string(), z.looseObject({ name: z.string().optional() })).nullish(),
});
const modelSchema = z.looseObject({
  format: z.string().optional(),
  generatedBy: z.string().nullish(),
  convertedBy: z.string().nullish(),
  signature: signatureSchema.nullish(),
  userDefinedMetadata: z.record(z.string(), z.unknown()).nullish(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.unknown(),
});

/** A model.json of TensorFlow.js with its files of weights. */
export const tfjsModel: ModelFormat = {
  id: 'tfjs',
  label: 'TensorFlow.js (model.json)',
  sniff: looksLikeJson,

  async read({ content, place, companion }: ModelFile): Promise<ImportedModel> {
    const file = place.shown;
    const parsed = modelSchema.safeParse(parseJson(await content(), file));
    if (!parsed.success) {
      throw inputError('tfjs/model', 'This JSON file is no TensorFlow.js model.', {
        file,
        field: parsed.error.issues[0]?.path.join('.'),
        remedy: 'Give the model.json that a TensorFlow.js converter or `save` wrote.',
      });
    }
    const { modelTopology: topology, generatedBy, convertedBy } = parsed.data;
    const { weights, notes } = await readManifest(parsed.data.weightsManifest ?? [], companion, file);
    const producer = [generatedBy, convertedBy].filter((name) => name).join(', ');
    const metadata = textsIn(parsed.data.userDefinedMetadata);
    if (Array.isArray(topology['node'])) {
      const { outputs } = signatureOf(parsed.data);
      const signed = Object.values(outputs ?? {}).map(({ name }) => (name ?? '').replace(/:0$/, ''));
      const graph = importGraph(topology, weights, signed, file);
      return { ...graph, signature: channelsLastSignature(graph.network), metadata, producer, notes };
    }
    const config = topology['model_config'] ?? topology;
    const { keras_version: version } = topology;
    const keras3 = typeof version === 'string' && Number.parseInt(version) >= 3;
    const model = importKeras(parseModelConfig(config, file), storeOf(weights), { file, keras3 });
    return { ...model, signature: channelsLastSignature(model.network), metadata, producer, notes };
  },
};

/** Converters keep the signature beside the graph, or among the metadata. */
function signatureOf({ signature, userDefinedMetadata }: z.infer<typeof modelSchema>) {
  return signature ?? signatureSchema.safeParse(userDefinedMetadata?.['signature']).data ?? {};
}

/** Weights by layer: named 'layer/kernel', perhaps below other names. */
function storeOf(weights: readonly ManifestWeight[]): WeightStore {
  const byName = new Map<string, ManifestWeight>();
  // The shorter endings of a name find it too, unless they are a name of their own.
  for (const weight of weights) {
    const parts = weight.name.replace(/:\d+$/, '').split('/');
    for (let from = 1; from < parts.length - 1; from++) {
      const ending = parts.slice(from).join('/');
      if (!byName.has(ending)) byName.set(ending, weight);
    }
  }
  for (const weight of weights) byName.set(weight.name.replace(/:\d+$/, ''), weight);
  return {
    find(path, name) {
      const whole = path.map((layer) => layer.name).join('/');
      const own = path.at(-1)?.name ?? '';
      return (byName.get(`${whole}/${name}`) ?? byName.get(`${own}/${name}`))?.read();
    },
    release() {
      for (const weight of weights) weight.release();
    },
  };
}
