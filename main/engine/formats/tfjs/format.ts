import { EspalierError, inputError } from '../../../contract/errors.ts';
import type { Network, WeightSet } from '../../network/graph.ts';
import { verifyWeights } from '../../network/verify.ts';
import type { ExportFormat } from '../export-format.ts';
import { maskedSet } from '../masked.ts';
import { writeGraphModel } from './write/graph-model.ts';
import { writeLayersModel, type WrittenModel } from './write/layers-model.ts';
import { writeWeights } from './write/weights.ts';

/** A model.json with its files of weights: layers where there are layers for everything, else a graph of operations. */
export const tfjs: ExportFormat = {
  id: 'tfjs',
  label: 'TensorFlow.js',
  summary:
    'model.json and weights for browsers and Node.js: layers where it has them, else a graph of operations',
  extension: '.json',

  write({ network, weights, masks, metadata }) {
    verifyWeights(network, weights);
    const { json, tensors } = written(network, maskedSet(weights, masks));
    const { manifest, shards } = writeWeights(tensors);
    const model = {
      format: json['format'],
      generatedBy: 'Espalier',
      convertedBy: null,
      ...json,
      weightsManifest: manifest,
      userDefinedMetadata: metadata,
    };
    return [
      { name: 'model.json', kind: 'tfjs', bytes: Buffer.from(JSON.stringify(model)) },
      ...shards.map(({ name, bytes }) => ({ name, kind: 'tfjs-weights', bytes })),
    ];
  },
};

function written(network: Network, weights: WeightSet): WrittenModel {
  try {
    return writeLayersModel(network, weights);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    try {
      return writeGraphModel(network, weights);
    } catch (second) {
      if (!isRefusal(second)) throw second;
      throw inputError(
        'export/unsupported',
        `TensorFlow.js has no words for a layer. As layers: ${error.message} As a graph: ${second.message}`,
        { field: second.problem.field, remedy: second.problem.remedy },
      );
    }
  }
}

function isRefusal(error: unknown): error is EspalierError {
  return error instanceof EspalierError && error.problem.code === 'export/unsupported';
}
