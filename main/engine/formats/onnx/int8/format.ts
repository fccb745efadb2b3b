import { inputError } from '../../../../contract/errors.ts';
import { drawnBatch } from '../../../data/drawn-batch.ts';
import type { Dataset } from '../../../data/dataset.ts';
import type { TensorData } from '../../../network/graph.ts';
import type { Registered } from '../../../base/registry.ts';
import { runsEnds } from '../../as-it-came.ts';
import type { ExportFormat } from '../../export-format.ts';
import { encodeModel } from '../../../protobuf/onnx.ts';
import type { WeightForm } from './weight-form.ts';
import { SEVEN_BITS, UNSIGNED } from './weight-form.ts';
import { int8Model, placed } from './write.ts';

/** Training samples whose ranges are measured. */
const CALIBRATION_SAMPLES = 300;

interface Kind extends Registered {
  readonly form: WeightForm;
  /** Of the file that is written. */
  readonly file: string;
}

/** ONNX in eight bits, by static quantisation after training. */
export const int8Onnx: readonly ExportFormat[] = [
  int8Format({
    id: 'onnx-int8',
    label: 'ONNX, 8 bits',
    summary: 'uint8 weights and activations: a quarter of the size, the same answers on every processor',
    form: UNSIGNED,
    file: 'model-int8.onnx',
  }),
  int8Format({
    id: 'onnx-int8-7bit',
    label: 'ONNX, 8 bits, weights of 7',
    summary:
      'as onnx-int8 with int8 weights within 7 bits: faster with VNNI, right without it, coarser weights',
    form: SEVEN_BITS,
    file: 'model-int8-7bit.onnx',
  }),
];

function int8Format({ id, label, summary, form, file }: Kind): ExportFormat {
  return {
    id,
    label,
    summary,
    extension: '.onnx',
    check: (network, weights) => void placed(network, weights),

    async write(request) {
      const { network, weights, masks, metadata, dataset: load, measure } = request;
      if (load === undefined || measure === undefined) {
        throw inputError(
          'export/no-data',
          'Eight bits need training samples, to see which ranges values take.',
          { field: id, remedy: 'Export it where the data of the run are.' },
        );
      }
      const dataset = await load();
      const samples = calibrationSamples(dataset);
      const { model, notes } = await int8Model(network, weights, masks, samples, form);
      const { accuracy, exact } = await measure(encodeModel(model), dataset);
      const stated: Record<string, string> = {
        ...metadata,
        'espalier.precision': `${form.words}, ranges of ${samples.shape[0]} training samples`,
        // What the file says of itself holds on every processor.
        'espalier.accuracy': String(exact.accuracy),
      };
      if (metadata['espalier.accuracy'] !== undefined)
        stated['espalier.float32-accuracy'] = metadata['espalier.accuracy'];
      const bytes = encodeModel({ ...model, metadata: stated });
      const said = [...notes, ...runsEnds(request)];
      return [{ name: file, kind: id, bytes, notes: said, accuracy, exact }];
    },
  };
}

/** Some training samples, drawn the same way every time, without augmentation. */
function calibrationSamples(dataset: Dataset): TensorData {
  const { sampleShape, train } = dataset;
  const batch = drawnBatch(train, dataset, CALIBRATION_SAMPLES, 'calibration');
  if (batch === undefined) throw inputError('data/empty-part', 'The data has no training samples.');
  return { shape: [batch.size, ...sampleShape], data: batch.x };
}
