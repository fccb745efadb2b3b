import { z } from 'zod';

/** The formats that networks are written in; each has a file under `main/engine/formats`. */
export const exportFormatSchema = z.enum([
  'onnx',
  'onnx-folded',
  'onnx-sparse',
  'onnx-fp16',
  'onnx-int8',
  'onnx-int8-7bit',
  'tfjs',
  'keras',
  'safetensors',
  'espalier',
  'espalier-fp16',
  'espalier-int8',
  'wasm',
  'c',
  'c-int8',
]);
export type ExportFormat = z.infer<typeof exportFormatSchema>;
