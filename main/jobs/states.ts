import type { RunState } from '../contract/run.ts';

/**
 * Where a run may go from each state. `cancelling` may still finish or fail: the order and the end cross on the way.
 * `queued` follows an ended state when the run is resumed from its checkpoint.
 */
export const transitions: { readonly [From in RunState]: readonly RunState[] } = {
  queued: ['preparing', 'cancelled', 'failed'],
  preparing: ['running', 'pausing', 'cancelling', 'finished', 'failed', 'crashed', 'interrupted'],
  running: ['pausing', 'paused', 'cancelling', 'finished', 'failed', 'crashed', 'interrupted'],
  pausing: ['paused', 'running', 'cancelling', 'finished', 'failed', 'crashed', 'interrupted'],
  paused: ['running', 'cancelling', 'failed', 'crashed', 'interrupted'],
  cancelling: ['cancelled', 'finished', 'failed', 'interrupted'],
  cancelled: ['queued'],
  finished: [],
  failed: ['queued'],
  crashed: ['queued'],
  interrupted: ['queued'],
};

/** Whether the table has this step. */
export function canMove(from: RunState, to: RunState): boolean {
  return transitions[from].includes(to);
}

/** @throws Error for a step that is not in the table: a bug in the program, never a person's mistake. */
export function assertMove(from: RunState, to: RunState): void {
  if (!canMove(from, to)) throw new Error(`A run cannot go from '${from}' to '${to}'.`);
}

/** Whether a process works for a run in this state. */
export function isActive(state: RunState): boolean {
  switch (state) {
    case 'preparing':
    case 'running':
    case 'pausing':
    case 'paused':
    case 'cancelling':
      return true;
    case 'queued':
    case 'cancelled':
    case 'finished':
    case 'failed':
    case 'crashed':
    case 'interrupted':
      return false;
  }
}

/** Whether a run in this state is at work or waits for it. */
export function isLive(state: RunState): boolean {
  return state === 'queued' || isActive(state);
}
