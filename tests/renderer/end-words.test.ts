import { expect, it } from 'vitest';
import { runStateSchema } from '../../main/contract/run.ts';
import { endWords } from '../../renderer/text/end-words.ts';
import { stateLook } from '../../renderer/text/run-state.ts';

it('an end is told once, when a run that was at work ends by itself', () => {
  expect(endWords('run', 'running', 'finished')).toContain('finished');
  expect(endWords('run', 'running', 'failed')).toContain('failed');
  expect(endWords('study', 'running', 'finished')).toBe('The study has finished.');
  expect(endWords('run', 'pausing', 'crashed')).toContain('died');
  for (const state of runStateSchema.options) {
    expect(endWords('run', undefined, state)).toBeNull();
    expect(endWords('run', 'finished', state)).toBeNull();
    if (stateLook(state).live) expect(endWords('run', 'running', state)).toBeNull();
  }
  // A person did that, and knows.
  expect(endWords('run', 'cancelling', 'cancelled')).toBeNull();
});
