import type { Artifact } from '../../../../main/contract/api.ts';

/** In the order in which people want them. */
const words: Readonly<Record<string, string>> = {
  onnx: 'The pruned model, ONNX',
  'report-html': 'Report to read',
  tfjs: 'The pruned model, TensorFlow.js',
  'tfjs-weights': 'Its weights: keep them beside it',
  keras: 'The pruned model, Keras',
  weights: 'Weights',
  masks: 'Masks',
  'original-onnx': 'Your model as it came, ONNX',
  'dense-onnx': 'The dense model, ONNX',
  'model-card': 'Model card, as Hugging Face shows it',
  'license-note': 'License note: where things come from',
  report: 'Report for programs',
  metrics: 'Measurements',
};
const order = Object.keys(words);

/** What a file is, in words; undefined for the export formats that have words of their own in the catalog. */
export const artifactWords = (kind: string): string | undefined => words[kind];

/** The files as they are listed: what is known first, in its order. */
export function sortArtifacts(artifacts: readonly Artifact[]): readonly Artifact[] {
  const place = ({ kind }: Artifact) => {
    const at = order.indexOf(kind);
    return at === -1 ? order.length : at;
  };
  return [...artifacts].sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}
