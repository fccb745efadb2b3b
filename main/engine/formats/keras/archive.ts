import { inputError } from '../../../contract/errors.ts';
import type { ZipEntry } from '../../data/zip.ts';
import { ZipFile } from '../../data/zip.ts';
import { MAX_JSON_BYTES, parseJson } from '../json.ts';
import type { ImportedModel, ModelFile, ModelFormat } from '../model-format.ts';
import { channelsLastSignature } from '../signature.ts';
import type { KerasLayer, KerasModel } from './config.ts';
import { parseModelConfig } from './config.ts';
import { Hdf5 } from './hdf5.ts';
import type { WeightStore } from './import.ts';
import { importKeras } from './import.ts';

const CONFIG = 'config.json';
const WEIGHTS = 'model.weights.h5';
const METADATA = 'metadata.json';
/** How far weights may be packed, beside some that may be anyhow: Keras itself does not pack them. */
const MAX_RATIO = 100;

/** A whole model in Keras' newer format, .keras: a zip of its configuration and its weights. */
export const kerasArchive: ModelFormat = {
  id: 'keras',
  label: 'Keras (.keras)',
  sniff: (head) => [0x50, 0x4b, 0x03, 0x04].every((byte, i) => head[i] === byte),

  async read({ place }: ModelFile): Promise<ImportedModel> {
    const file = place.shown;
    const zip = await ZipFile.open(place);
    try {
      const entry = (name: string): ZipEntry => {
        const found = zip.entries.find((candidate) => candidate.name === name);
        if (found !== undefined) return found;
        throw inputError('keras/no-model', `The archive holds no ${name}.`, {
          file,
          field: name,
          remedy: 'Give a .keras file that `model.save(...)` wrote.',
        });
      };
      const config = parseJson(await zip.read(entry(CONFIG), MAX_JSON_BYTES), file, CONFIG);
      const about = zip.entries.some(({ name }) => name === METADATA)
        ? (parseJson(await zip.read(entry(METADATA), MAX_JSON_BYTES), file, METADATA) as {
            keras_version?: unknown;
          } | null)
        : {};
      const version = typeof about?.keras_version === 'string' ? about.keras_version : '';
      const model = parseModelConfig(config, file);
      const weights = entry(WEIGHTS);
      const most = 2 ** 26 + weights.compressedSize * MAX_RATIO;
      const h5 = await Hdf5.open(await zip.read(weights, most), file);
      const keras3 = Number.parseInt(version) >= 3;
      const imported = importKeras(model, storeOf(h5, model), { file, keras3 });
      const signature = channelsLastSignature(imported.network);
      return { ...imported, signature, metadata: {}, producer: `Keras ${version}`.trim() };
    } finally {
      await zip.close();
    }
  },
};

/** 'BatchNormalization' -> 'batch_normalization', as Keras names the groups of layers. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Weights by place: a layer's numbers are called 0, 1, ... and its group is called after its class, with a number for the
 * second of that class and the others, or (in newer versions) after itself. Some systems write the path with backslashes.
 */
function storeOf(h5: Hdf5, model: KerasModel): WeightStore {
  const folders = new Map<KerasLayer, string>();
  const place = (inner: KerasModel, folder: string): void => {
    const used = new Map<string, number>();
    const below = folder === '/' ? '' : folder;
    const names = new Set(h5.keys(`${below}/layers`).map((name) => `${below}/layers/${name}`));
    for (const name of h5.keys(folder)) {
      const parts = name.split('\\');
      if (parts.length === 2 && parts[0] === 'layers') names.add(`${below}/${name}`);
    }
    const known = (name: string) =>
      [`${below}/layers/${name}`, `${below}/layers\\${name}`].find((path) => names.has(path));
    for (const layer of inner.layers) {
      // Operations keep nothing, and are not counted among the layers of their name.
      if (layer.operation) continue;
      const base = snakeCase(layer.className);
      const number = used.get(base) ?? 0;
      used.set(base, number + 1);
      const found = known(number === 0 ? base : `${base}_${number}`) ?? known(layer.name);
      if (found === undefined) continue;
      folders.set(layer, found);
      if (layer.model !== undefined) place(layer.model, found);
      if (layer.inner !== undefined) folders.set(layer.inner, `${found}/layer`);
    }
  };
  place(model, '/');
  return {
    find(path, weight, index) {
      const folder = folders.get(path.at(-1) as KerasLayer);
      if (folder === undefined) return undefined;
      // Attention keeps its projections as layers of its own.
      const [what = '', part] = weight.split('/');
      const inner = `${folder}/${what === 'attention_output' ? 'output' : what}_dense`;
      return part === undefined
        ? h5.tensor(`${folder}/vars/${index}`)
        : h5.tensor(`${inner}/vars/${part === 'kernel' ? 0 : 1}`);
    },
    release: () => h5.release(),
  };
}
