import type { RunSummary } from '../../main/contract/api.ts';
import { NONE, shareChange, type Change } from '../../main/words/change.ts';
import { resultChange } from '../../main/words/noise.ts';

type Result = Pick<RunSummary, 'result'>;

/** What pruning did to the accuracy, as a fraction; null where there is nothing to compare with. */
export function accuracyDifference({ result }: Result): number | null {
  return result === null ? null : (resultChange(result)?.difference ?? null);
}

/** The same in words, with the judgement; empty where there is nothing to compare with. */
export function accuracyChange({ result }: Result): Change {
  return result === null ? NONE : shareChange(resultChange(result));
}

/** The look of a change: a gain, a loss, or neither. */
export const toneOf = ({ better }: Pick<Change, 'better'>): string =>
  better === null ? '' : better ? 'gain' : 'loss';
