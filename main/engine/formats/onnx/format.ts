import type { ExportFormat } from '../export-format.ts';
import { writeOnnx } from './write.ts';

export const onnx: ExportFormat = {
  id: 'onnx',
  label: 'ONNX',
  summary: 'the whole network, for onnxruntime and most other programs',
  extension: '.onnx',
  write: ({ network, weights, masks, metadata }) => [
    { name: 'model.onnx', kind: 'onnx', bytes: writeOnnx(network, weights, { metadata, masks }) },
  ],
};
