import { expect, it } from 'vitest';
import { runStateSchema } from '../../main/contract/run.ts';
import { endWords } from '../../renderer/text/end-words.ts';
import { stateLook } from '../../renderer/text/run-state.ts';

it('an end is told once, when a run that was at work ends by itself', () => {
  expect(endWords('running', 'finished')).toContain('finished');
  expect(endWords('running', 'failed')).toContain('failed');
  expect(endWords('pausing', 'crashed')).toContain('died');
  for (const state of runStateSchema.options) {
    expect(endWords(undefined, state)).toBeNull();
    expect(endWords('finished', state)).toBeNull();
    if (stateLook(state).live) expect(endWords('running', state)).toBeNull();
  }
  // A person did that, and knows.
  expect(endWords('cancelling', 'cancelled')).toBeNull();
});
