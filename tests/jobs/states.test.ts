import { describe, expect, test } from 'vitest';
import { runStateSchema } from '../../main/contract/run.ts';
import type { RunState } from '../../main/contract/run.ts';
import { assertMove, canMove, isActive, transitions } from '../../main/jobs/states.ts';

const states = runStateSchema.options;

/** The picture of the life of a run, row by row: what each state may become. */
const allowed = new Set(
  `queued>preparing queued>cancelled queued>failed
   preparing>running preparing>pausing preparing>cancelling preparing>finished preparing>failed preparing>crashed preparing>interrupted
   running>pausing running>paused running>cancelling running>finished running>failed running>crashed running>interrupted
   pausing>paused pausing>running pausing>cancelling pausing>finished pausing>failed pausing>crashed pausing>interrupted
   paused>running paused>cancelling paused>failed paused>crashed paused>interrupted
   cancelling>cancelled cancelling>finished cancelling>failed cancelling>interrupted
   cancelled>queued failed>queued crashed>queued interrupted>queued`.split(/\s+/),
);

describe.each(states)('from %s', (from) => {
  test.each(states)('to %s', (to) => {
    const legal = allowed.has(`${from}>${to}`);
    expect(canMove(from, to)).toBe(legal);
    const move = () => assertMove(from, to);
    if (legal) expect(move).not.toThrow();
    else expect(move).toThrow(`from '${from}' to '${to}'`);
  });
});

test('a run can always come to an end, and only a finished one is final', () => {
  for (const state of states) expect(transitions[state].length === 0).toBe(state === 'finished');
  const reaches = (from: RunState, goal: RunState, seen = new Set<RunState>()): boolean =>
    from === goal ||
    (!seen.has(from) && transitions[from].some((next) => reaches(next, goal, new Set([...seen, from]))));
  for (const state of states) expect(reaches(state, 'finished'), state).toBe(true);
});

test('whatever has a process can be interrupted, and nothing else can', () => {
  for (const state of states) expect(canMove(state, 'interrupted')).toBe(isActive(state));
});
