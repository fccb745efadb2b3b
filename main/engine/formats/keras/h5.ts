import { inputError } from '../../../contract/errors.ts';
import { parseJson } from '../json.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { channelsLastSignature } from '../signature.ts';
import { parseModelConfig } from './config.ts';
import { Hdf5, HDF5_MAGIC } from './hdf5.ts';
import type { WeightStore } from './import.ts';
import { importKeras } from './import.ts';

/** What Keras itself writes down about a model. */
const KERAS_TEXTS = ['model_config', 'training_config', 'keras_version', 'backend'];

/** A whole model in Keras' older format, .h5 or .hdf5. */
export const kerasH5: ModelFormat = {
  id: 'keras-h5',
  label: 'Keras (.h5)',
  sniff: (head) => HDF5_MAGIC.every((byte, i) => head[i] === byte),

  async read({ place }: ModelFile): Promise<ImportedModel> {
    const file = place.shown;
    const h5 = await Hdf5.openFile(place);
    const text = h5.text('/', 'model_config');
    if (text === undefined) {
      throw inputError('keras/no-model', 'The file holds weights without a model.', {
        file,
        field: 'model_config',
        remedy: 'Save the whole model with `model.save(...)`.',
      });
    }
    const config = parseJson(new TextEncoder().encode(text), file, 'model_config');
    const version = h5.text('/', 'keras_version') ?? '';
    const keras3 = Number.parseInt(version) >= 3;
    const model = importKeras(parseModelConfig(config, file), storeOf(h5), { file, keras3 });
    const texts = Object.entries(h5.textsOf('/'));
    const metadata = Object.fromEntries(texts.filter(([name]) => !KERAS_TEXTS.includes(name)));
    return {
      ...model,
      metadata,
      signature: channelsLastSignature(model.network),
      producer: `Keras ${version}`.trim(),
    };
  },
};

/** Weights by the groups of the file: each of the model's layers has one, which lists the names in it in order. */
function storeOf(h5: Hdf5): WeightStore {
  const paths = new Map<string, string>();
  for (const group of h5.keys('/model_weights')) {
    for (const name of h5.texts(`/model_weights/${group}`, 'weight_names')) {
      const path = `/model_weights/${group}/${name}`;
      const parts = name.replace(/:\d+$/, '').split('/');
      const weight = parts.at(-1) ?? '';
      const layer = parts.at(-2);
      // Inside a nested model, the group is the outer layer's and the name has the inner one.
      if (layer !== undefined) paths.set(`${group}\n${layer}/${weight}`, path);
      if (!paths.has(`${group}\n${weight}`)) paths.set(`${group}\n${weight}`, path);
    }
  }
  return {
    find(path, weight) {
      const [outer] = path;
      const layer = path.at(-1);
      if (outer === undefined || layer === undefined) return undefined;
      const found =
        paths.get(`${outer.name}\n${layer.name}/${weight}`) ??
        (path.length === 1 ? paths.get(`${outer.name}\n${weight}`) : undefined);
      return found === undefined ? undefined : h5.tensor(found);
    },
    release: () => h5.release(),
  };
}
