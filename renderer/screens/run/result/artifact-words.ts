const words: Readonly<Record<string, string>> = {
  onnx: 'The pruned model, ONNX',
  'dense-onnx': 'The dense model, ONNX',
  weights: 'Weights',
  masks: 'Masks',
  'report-html': 'Report to read',
  report: 'Report for programs',
  metrics: 'Measurements',
};

/** What a file is, in words; a kind that is not known yet is named as it is. */
export const artifactWords = (kind: string): string => words[kind] ?? kind;
