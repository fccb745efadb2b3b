import type { ExportFormat } from '../export-format.ts';
import { maskedValues } from '../../network/masked.ts';
import { MASKS_FILE } from './layout.ts';
import type { NamedTensor } from './layout.ts';
import { writeSafetensors } from './write.ts';

export const safetensors: ExportFormat = {
  id: 'safetensors',
  label: 'safetensors',
  summary: 'weights and masks by name, for Python and others',
  extension: '.safetensors',
  weightsOnly: true,
  write({ network, weights, masks, metadata }) {
    const numbers: NamedTensor[] = [];
    const kept: NamedTensor[] = [];
    for (const [name, { shape }] of Object.entries(network.params)) {
      numbers.push({ name, dtype: 'F32', shape, data: maskedValues(name, weights, masks) });
      const mask = masks.get(name);
      if (mask !== undefined) kept.push({ name, dtype: 'BOOL', shape, data: mask });
    }
    return [
      { name: 'weights.safetensors', kind: 'weights', bytes: writeSafetensors(numbers, metadata) },
      { name: MASKS_FILE, kind: 'masks', bytes: writeSafetensors(kept, metadata) },
    ];
  },
};
