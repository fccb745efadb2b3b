import type { ReadGraph, ReadNode, ReadValue } from '../model.ts';
import { intAttr } from '../attributes.ts';

/** The outputs that are read, and what a person should know of the others. */
export interface Answers {
  readonly outputs: readonly ReadValue[];
  readonly notes: readonly string[];
}

/** TensorProto.DataType numbers of what may be scores: not stated, float32, float16, float64, bfloat16. */
const SCORES = [0, 1, 10, 11, 16];
/** Operators that choose classes: their first input holds the scores. */
const CHOICES = ['ArgMax', 'ArgMin', 'TopK', 'Greater', 'GreaterOrEqual'];
/** Operators between a choice and the label that people get, and which of their inputs comes from the choice. */
const PASSING: Readonly<Record<string, number>> = {
  Cast: 0,
  Identity: 0,
  Squeeze: 0,
  Unsqueeze: 0,
  Reshape: 0,
  Flatten: 0,
  Gather: 1,
  ArrayFeatureExtractor: 1,
  LabelEncoder: 0,
};
/** Bound on how far a label is followed to its scores. */
const MAX_STEPS = 16;

/**
 * Many files give the label beside the scores, or instead of them: the index of the highest, the top five, a table of names.
 * Only scores can be trained with, so heads that choose are cut off.
 */
export function withoutLabels(graph: ReadGraph): Answers {
  const makers = new Map(graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const plain = graph.outputs.map((output) => withoutTable(output, makers));
  const labels = plain.filter((output) => isLabel(output, makers.get(output.name)));
  if (labels.length === 0) return { outputs: plain, notes: [] };
  const scores = plain.filter((output) => !labels.includes(output));
  const names = labels.map(({ name }) => `'${name}'`).join(', ');
  if (scores.length > 0) {
    return {
      outputs: scores,
      notes: [
        `Left out: ${names}, which ${labels.length === 1 ? 'is a label' : 'are labels'} and no scores.`,
      ],
    };
  }
  const behind = [...new Set(labels.map(({ name }) => scoresBehind(name, makers)))].filter(
    (name) => name !== undefined,
  );
  if (behind.length === 0) return { outputs: plain, notes: [] };
  return {
    outputs: behind.map((name) => ({ name, type: 0 })),
    notes: [
      `The file only gives labels (${names}): the scores that they are chosen by are taken instead, '${behind.join("', '")}'.`,
    ],
  };
}

/** A list of tables from names to scores is the tensor that it was made from. */
function withoutTable(output: ReadValue, makers: ReadonlyMap<string, ReadNode>): ReadValue {
  const maker = makers.get(output.name);
  return maker?.opType === 'ZipMap' ? { name: maker.inputs[0] ?? '', type: 0 } : output;
}

function isLabel({ type }: ReadValue, maker: ReadNode | undefined): boolean {
  if (!SCORES.includes(type)) return true;
  if (maker === undefined) return false;
  if (maker.opType === 'Cast') return !SCORES.includes(intAttr(maker, 'to', 0));
  return CHOICES.includes(maker.opType);
}

/** Name of the scores that a label is chosen by. */
function scoresBehind(label: string, makers: ReadonlyMap<string, ReadNode>): string | undefined {
  let maker = makers.get(label);
  for (let step = 0; step < MAX_STEPS && maker !== undefined; step++) {
    if (CHOICES.includes(maker.opType)) return maker.inputs[0];
    const from = PASSING[maker.opType];
    maker = from === undefined ? undefined : makers.get(maker.inputs[from] ?? '');
  }
  return undefined;
}
