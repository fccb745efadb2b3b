import type { ExportFormat } from '../export-format.ts';
import { type ValueType, writeArchive } from './write.ts';

function archive(id: string, values: ValueType, label: string, summary: string): ExportFormat {
  return {
    id,
    skipsZeros: true,
    label,
    summary,
    extension: '.espalier',
    write: ({ network, weights, masks, metadata }) => [
      {
        name: id === 'espalier' ? 'model.espalier' : `model-${values}.espalier`,
        kind: id,
        bytes: writeArchive(network, weights, { masks, metadata, values }),
      },
    ],
  };
}

export const archives: readonly ExportFormat[] = [
  archive(
    'espalier',
    'float32',
    'Espalier archive',
    'the smallest download: only what is not zero, packed; same speed once loaded',
  ),
  archive('espalier-fp16', 'float16', 'Espalier archive, half precision', 'as above, weights in 16 bits'),
  archive(
    'espalier-int8',
    'int8',
    'Espalier archive, 8 bits',
    'as above, weights in 8 bits with a scale for each output',
  ),
];
