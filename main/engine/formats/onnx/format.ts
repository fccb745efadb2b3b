import type { ExportFormat } from '../export-format.ts';
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
    extension: '.onnx',
    write: ({ network, weights, masks, metadata }) => [
      {
        name: id === 'onnx' ? 'model.onnx' : `model-${id.replace('onnx-', '')}.onnx`,
        kind: id,
        bytes: writeOnnx(network, weights, { metadata, masks, ...options }),
      },
    ],
  };
}

export const onnx = format('onnx', 'ONNX', 'the whole network, for onnxruntime and most other programs', {});

/** Other ways of writing ONNX, for a smaller file at the same speed. */
export const smallerOnnx: readonly ExportFormat[] = [
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
