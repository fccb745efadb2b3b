import { describe, expect, it } from 'vitest';
import { runStateSchema } from '../../main/contract/run.ts';
import { runActions, stateLook, stateStory } from '../../renderer/text/run-state.ts';

describe('states of a run', () => {
  it('have a word each', () => {
    const words = runStateSchema.options.map((state) => stateLook(state).word);
    expect(new Set(words).size).toBe(words.length);
  });

  it.each(runStateSchema.options)('%s: no run at work can be removed, no ended one cancelled', (state) => {
    const actions = runActions({ state, resumable: true });
    expect(actions.includes('remove')).toBe(!stateLook(state).live);
    if (!stateLook(state).live) expect(actions).not.toContain('cancel');
    expect(actions).toContain('clone');
  });

  it.each(['cancelled', 'failed', 'crashed', 'interrupted'] as const)(
    '%s: can be resumed from a checkpoint only, and the page says which',
    (state) => {
      expect(runActions({ state, resumable: true })).toContain('resume');
      expect(runActions({ state, resumable: false })).not.toContain('resume');
      expect(stateStory({ state, resumable: true })?.text).toContain('checkpoint');
      expect(stateStory({ state, resumable: false })?.text).toContain('clone it');
    },
  );
});
