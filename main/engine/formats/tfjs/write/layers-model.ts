import type { Network, WeightSet } from '../../../network/graph.ts';
import { tfjsDialect } from '../../keras/write/dialect.ts';
import { KERAS_VERSION } from '../../keras/write/h5.ts';
import { writeLayers } from '../../keras/write/model.ts';
import type { StoredTensor } from './weights.ts';

/** A TensorFlow.js model without its files: what model.json says, and the tensors. */
export interface WrittenModel {
  readonly json: Readonly<Record<string, unknown>>;
  readonly tensors: readonly StoredTensor[];
}

/**
 * The network as a LayersModel, which programs can go on training.
 * @throws EspalierError 'export/unsupported' naming the layer for which there is none
 */
export function writeLayersModel(network: Network, weights: WeightSet): WrittenModel {
  const { config, layers } = writeLayers(network, weights, tfjsDialect);
  return {
    json: {
      format: 'layers-model',
      modelTopology: { keras_version: KERAS_VERSION, backend: 'tensorflow', model_config: config },
    },
    tensors: layers.flatMap((layer) =>
      layer.weights.map(({ name, tensor }) => ({ name: `${layer.name}/${name}`, dtype: 'float32', tensor })),
    ),
  };
}
