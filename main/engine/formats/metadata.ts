import type { Recipe } from '../../contract/recipe.ts';
import type { Normalization } from '../data/dataset.ts';

/** What an exported file says of itself, so that it can be used and verified without the run. */
export interface ExportFacts {
  readonly recipe: Recipe;
  /** The data's fingerprint. */
  readonly fingerprint: string;
  readonly classes: readonly string[];
  readonly normalization: Normalization;
  /** Share of right answers on the test part. */
  readonly accuracy: number;
  readonly sparsity: number;
}

/** The facts as texts by key, for ONNX's metadata_props and safetensors' header. */
export function exportMetadata(facts: ExportFacts): Record<string, string> {
  return {
    'espalier.recipe': JSON.stringify(facts.recipe),
    'espalier.data': facts.fingerprint,
    'espalier.classes': JSON.stringify(facts.classes),
    'espalier.normalization': JSON.stringify(facts.normalization),
    'espalier.accuracy': String(facts.accuracy),
    'espalier.sparsity': String(facts.sparsity),
  };
}

/** With what differs from the file that the network came from. */
export function withChanges(
  metadata: Readonly<Record<string, string>>,
  changes: readonly string[],
): Readonly<Record<string, string>> {
  return changes.length === 0 ? metadata : { ...metadata, 'espalier.changes': JSON.stringify(changes) };
}

/** The texts among what a file says of itself. */
export function textsIn(
  values: Readonly<Record<string, unknown>> | null | undefined,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
