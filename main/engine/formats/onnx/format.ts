import { foldBatchNorm } from '../../network/fold-batch-norm.ts';
import type { WeightSet } from '../../network/graph.ts';
import { asItCame } from '../as-it-came.ts';
import type { ExportFormat } from '../export-format.ts';
import { withChanges } from '../metadata.ts';
import { maskedValues } from '../../network/masked.ts';
import type { WriteOnnxOptions } from './write.ts';
import { writeOnnx } from './write.ts';

function format(
  id: string,
  label: string,
  summary: string,
  options: Pick<WriteOnnxOptions, 'sparse' | 'type'>,
): ExportFormat {
  return {
    id,
    label,
    summary,
    ...(options.sparse === true && { skipsZeros: true as const }),
    extension: '.onnx',
    write(request) {
      const { weights, masks } = request;
      const { network, types: ports, changes } = asItCame(request, 'as written');
      // A file in half precision stays one.
      const halves =
        network.inputs.length > 0 && network.inputs.every(({ name }) => ports.get(name) === 'float16');
      const type = options.type ?? (halves ? 'float16' : 'float32');
      const metadata = withChanges(request.metadata, changes);
      return [
        {
          name: id === 'onnx' ? 'model.onnx' : `model-${id.replace('onnx-', '')}.onnx`,
          kind: id,
          bytes: writeOnnx(network, weights, { metadata, masks, ports, ...options, type }),
          notes: changes,
        },
      ];
    },
  };
}

export const onnx = format('onnx', 'ONNX', 'the whole network, for onnxruntime and most other programs', {});

/** Without batch normalisation where it directly follows a layer with weights. */
const folded: ExportFormat = {
  id: 'onnx-folded',
  label: 'ONNX, folded',
  summary: 'batch normalisation moved into the weights before it: fewer layers, no further training',
  extension: '.onnx',
  write(request) {
    const { weights, masks } = request;
    const { network, types: ports, changes } = asItCame(request, 'as written');
    const masked: WeightSet = new Map(
      [...weights].map(([name, { shape }]) => [name, { shape, data: maskedValues(name, weights, masks) }]),
    );
    const plain = foldBatchNorm(network, masked);
    const bytes = writeOnnx(plain.network, plain.weights, {
      ports,
      metadata: withChanges(request.metadata, changes),
    });
    return [{ name: 'model-folded.onnx', kind: 'onnx-folded', bytes, notes: changes }];
  },
};

/** Other ways of writing ONNX, for a smaller file at the same speed. */
export const smallerOnnx: readonly ExportFormat[] = [
  folded,
  format(
    'onnx-sparse',
    'ONNX, sparse',
    'zeros left out where more than two thirds are: a smaller file, the same speed',
    { sparse: true },
  ),
  format(
    'onnx-fp16',
    'ONNX, half precision',
    'half the size; faster only where the device computes in 16 bits',
    {
      type: 'float16',
    },
  ),
];
