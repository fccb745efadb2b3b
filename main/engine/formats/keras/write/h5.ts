import type { Network, WeightSet } from '../../../network/graph.ts';
import type { Hdf5Group } from '../hdf5-content.ts';
import { kerasDialect } from './dialect.ts';
import { writeLayers } from './model.ts';

/** Files say which version of Keras they follow; all since read this one. */
export const KERAS_VERSION = '2.15.0';
const about = { backend: 'tensorflow', keras_version: KERAS_VERSION };

/**
 * The network as the content of Keras' file of whole models: the configuration as a text, and for each layer a group with its
 * numbers, named 'layer/kernel:0' and the like.
 * @param metadata texts that go with it, as attributes of the file
 * @throws EspalierError 'export/unsupported' naming the layer for which Keras has none
 */
export function kerasContent(
  network: Network,
  weights: WeightSet,
  metadata: Readonly<Record<string, string>>,
): Hdf5Group {
  const { config, layers } = writeLayers(network, weights, kerasDialect);
  const groups = layers.map((layer): [string, Hdf5Group] => {
    const tensors = layer.weights.map(({ name, tensor }) => ({ name: `${name}:0`, ...tensor }));
    const own: Hdf5Group = { texts: {}, lists: {}, groups: {}, tensors };
    return [
      layer.name,
      {
        texts: {},
        lists: { weight_names: tensors.map(({ name }) => `${layer.name}/${name}`) },
        groups: tensors.length === 0 ? {} : { [layer.name]: own },
        tensors: [],
      },
    ];
  });
  const model: Hdf5Group = {
    texts: about,
    lists: { layer_names: layers.map(({ name }) => name) },
    groups: Object.fromEntries(groups),
    tensors: [],
  };
  return {
    texts: { ...metadata, ...about, model_config: JSON.stringify(config) },
    lists: {},
    groups: { model_weights: model },
    tensors: [],
  };
}
