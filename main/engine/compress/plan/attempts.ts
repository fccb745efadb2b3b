import { inputError } from '../../../contract/errors.ts';
import type { Stage } from '../framework.ts';
import type { Intent } from './intent.ts';

/** How often pruning is tried at the most to find how much holds. */
export const ATTEMPTS = 6;
/** A search ends where what holds keeps at most this share more than what does not. */
const CLOSE = 1.1;
/** What an attempt prunes where the budget says no more than what may be lost. */
const FIRST = 0.5;

/** What an attempt came to. */
export interface Outcome {
  /** The share that was pruned of what the budget's leading term is of. */
  readonly share: number;
  /** Validation accuracy that was lost, a fraction; a gain is negative. */
  readonly lost: number;
  readonly holds: boolean;
}

/**
 * The share that the next attempt prunes: first what is asked for, or half; then more by halving what is kept, where the budget sets no
 * end; then between what holds and what does not, halving the logarithm of what is kept.
 * @param asked the share that the budget asks for; null where it only says what may be lost
 * @returns undefined when the search is over
 */
export function nextShare(outcomes: readonly Outcome[], asked: number | null): number | undefined {
  if (outcomes.length === 0) return asked ?? FIRST;
  if (outcomes.length >= ATTEMPTS) return undefined;
  const shares = (holds: boolean) => outcomes.filter((one) => one.holds === holds).map(({ share }) => share);
  const most = Math.max(0, ...shares(true));
  const least = Math.min(1, ...shares(false));
  if (least === 1) return asked === null ? 1 - (1 - most) / 2 : undefined;
  const [held, failed] = [1 - most, 1 - least];
  return held <= failed * CLOSE ? undefined : 1 - Math.sqrt(held * failed);
}

/**
 * The plan of a budget with a floor under accuracy: the dense network, attempts that each begin there and are judged on the
 * validation part, and the best that held. Every attempt has the same stages whatever it prunes, so that a run's
 * position stays one number; those that are not needed are passed over.
 * @param outcomes of the attempts that were made
 * @param plan the stages of an intent without a floor
 * @throws EspalierError where there is no dense network to lose from
 */
export function attemptsOf(
  intent: Intent,
  outcomes: readonly Outcome[],
  plan: (intent: Intent) => Stage[],
): Stage[] {
  const asked = openEnded(intent) ? null : intent.asked;
  const attempts = Array.from({ length: ATTEMPTS }, (_, attempt) => {
    const share = nextShare(outcomes.slice(0, attempt), asked) ?? intent.target;
    return plan(pruning(intent, share));
  });
  const [first = []] = attempts;
  const from = first.findIndex((stage) => stage.kind === 'evaluate' && stage.side === 'dense') + 1;
  if (from === 0) {
    throw inputError('recipe/budget', 'There is no dense network whose accuracy could be lost.', {
      field: 'budget.accuracyDrop',
      remedy: 'Leave `baseline: false` out, or ask for an amount alone.',
    });
  }
  return [
    ...first.slice(0, from),
    ...attempts.flatMap((stages, attempt) => {
      const [suffix, of] = [`attempt-${attempt + 1}`, `Attempt ${attempt + 1}`];
      return [
        { kind: 'begin' as const, id: suffix, label: `${of}: begin`, attempt },
        ...stages.slice(from, -1).map((stage) => ({
          ...stage,
          id: `${suffix}/${stage.id}`,
          label: `${of}: ${stage.label}`,
          attempt,
        })),
        { kind: 'judge' as const, id: `${suffix}/judge`, label: `${of}: judge`, attempt, asked },
      ];
    }),
    { kind: 'settle', id: 'settle', label: 'Take what held' },
    ...first.slice(-1),
  ];
}

/** Whether a budget says no more than what may be lost. */
const openEnded = ({ free, besides }: Intent): boolean => free && besides.length === 0;

function pruning(intent: Intent, share: number): Intent {
  const { selection } = intent;
  const shares = selection.shares && { ...selection.shares, target: share };
  return { ...intent, target: share, selection: { ...selection, ...(shares && { shares }) } };
}
