import { Registry } from '../base/registry.ts';
import type { ExportFormat } from './export-format.ts';
import { archives } from './archive/format.ts';
import { keras } from './keras/format.ts';
import { onnx, smallerOnnx } from './onnx/format.ts';
import { int8Onnx } from './onnx/int8/format.ts';
import { safetensors } from './safetensors/format.ts';
import { c, int8C } from './sparse/c/format.ts';
import { wasm } from './sparse/wasm/format.ts';
import { tfjs } from './tfjs/format.ts';

/** Every way of writing a network down. */
export const exportFormats = new Registry<ExportFormat>('export format', [
  onnx,
  ...smallerOnnx,
  ...int8Onnx,
  tfjs,
  keras,
  safetensors,
  ...archives,
  wasm,
  c,
  int8C,
]);
