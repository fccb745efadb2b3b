import { EspalierError, inputError } from '../../../contract/errors.ts';
import type { Network, WeightSet } from '../../network/graph.ts';
import { verifyWeights } from '../../network/verify.ts';
import { asItCame } from '../as-it-came.ts';
import type { ExportFormat } from '../export-format.ts';
import { withChanges } from '../metadata.ts';
import { maskedSet } from '../../network/masked.ts';
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

  check: (network, weights) => void written(network, weights),

  write(request) {
    const { weights, masks } = request;
    const { network, changes } = asItCame(request, 'channels last');
    const metadata = withChanges(request.metadata, changes);
    verifyWeights(network, weights);
    const { model, notes } = written(network, maskedSet(weights, masks));
    const { manifest, shards } = writeWeights(model.tensors);
    const { format, ...topology } = model.json;
    const about = { format, generatedBy: 'Espalier', convertedBy: null };
    const json = { ...about, ...topology, weightsManifest: manifest, userDefinedMetadata: metadata };
    return [
      {
        name: 'model.json',
        kind: 'tfjs',
        bytes: Buffer.from(JSON.stringify(json)),
        notes: [...notes, ...changes],
      },
      ...shards.map(({ name, bytes }) => ({ name, kind: 'tfjs-weights', bytes })),
    ];
  },
};

/** As layers, else as a graph, which is then noted. */
function written(network: Network, weights: WeightSet): { model: WrittenModel; notes: string[] } {
  try {
    return { model: writeLayersModel(network, weights), notes: [] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const note = `Written as a graph of operations, for use without further training: ${error.message}`;
    return { model: asGraph(network, weights, error), notes: [note] };
  }
}

function asGraph(network: Network, weights: WeightSet, before: EspalierError): WrittenModel {
  try {
    return writeGraphModel(network, weights);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    throw inputError(
      'export/unsupported',
      `TensorFlow.js has no words for a layer. As layers: ${before.message} As a graph: ${error.message}`,
      { field: error.problem.field, remedy: error.problem.remedy },
    );
  }
}

function isRefusal(error: unknown): error is EspalierError {
  return error instanceof EspalierError && error.problem.code === 'export/unsupported';
}
