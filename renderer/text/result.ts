import type { RunSummary } from '../../main/contract/api.ts';
import { formatPoints } from './format.ts';

/** What pruning did to the accuracy, as a fraction; null where no dense network was trained to compare with. */
export function accuracyChange({ result }: Pick<RunSummary, 'result'>): number | null {
  if (result === null || result.denseAccuracy === null) return null;
  return result.accuracy - result.denseAccuracy;
}

/** The same in words; empty where there is nothing to compare. */
export function accuracyChangeText(run: Pick<RunSummary, 'result'>, digits = 1): string {
  const change = accuracyChange(run);
  return change === null ? '' : formatPoints(change, digits);
}
