import { verifyWeights } from '../../network/verify.ts';
import { asItCame } from '../as-it-came.ts';
import type { ExportFormat } from '../export-format.ts';
import { withChanges } from '../metadata.ts';
import { maskedSet } from '../../network/masked.ts';
import { writeHdf5 } from './hdf5.ts';
import { kerasContent } from './write/h5.ts';

/** Keras' file of whole models, .h5. */
export const keras: ExportFormat = {
  id: 'keras',
  label: 'Keras (.h5)',
  summary: 'the whole network as layers, for Keras and TensorFlow; it can be trained on there',
  extension: '.h5',

  check: (network, weights) => void kerasContent(network, weights, {}),

  async write(request) {
    const { weights, masks } = request;
    const { network, changes } = asItCame(request, 'channels last');
    verifyWeights(network, weights);
    const metadata = withChanges(request.metadata, changes);
    const content = kerasContent(network, maskedSet(weights, masks), metadata);
    return [{ name: 'model.h5', kind: 'keras', bytes: await writeHdf5(content), notes: changes }];
  },
};
