import type { ExportFormat } from '../../main/contract/export-formats.ts';

/** What formats are for, in the order in which people look for them. */
const groups = {
  onnx: 'For programs that run ONNX',
  program: 'A program of its own, nothing to install',
  framework: 'For TensorFlow and Keras',
  keep: 'To keep, or to go on with',
} as const;
type Group = keyof typeof groups;

const groupOf = {
  onnx: 'onnx',
  'onnx-folded': 'onnx',
  'onnx-sparse': 'onnx',
  'onnx-fp16': 'onnx',
  'onnx-int8': 'onnx',
  'onnx-int8-7bit': 'onnx',
  wasm: 'program',
  c: 'program',
  'c-int8': 'program',
  tfjs: 'framework',
  keras: 'framework',
  safetensors: 'keep',
  espalier: 'keep',
  'espalier-fp16': 'keep',
  'espalier-int8': 'keep',
} as const satisfies Readonly<Record<ExportFormat, Group>>;

/** Formats under what they are for; those of a later version under the last. */
export function exportGroups<T extends { readonly id: string }>(
  formats: readonly T[],
): readonly { readonly title: string; readonly formats: readonly T[] }[] {
  const group = (id: string): Group =>
    Object.hasOwn(groupOf, id) ? groupOf[id as keyof typeof groupOf] : 'keep';
  return (Object.keys(groups) as Group[])
    .map((key) => ({ title: groups[key], formats: formats.filter(({ id }) => group(id) === key) }))
    .filter(({ formats: some }) => some.length > 0);
}
