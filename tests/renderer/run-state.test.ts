import { describe, expect, it } from 'vitest';
import { runStateSchema } from '../../main/contract/run.ts';
import { endsInSilence, HEARD_AGAIN, silentText } from '../../main/contract/silence.ts';
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
    '%s: can be tried again, and the page says from where',
    (state) => {
      for (const resumable of [true, false]) {
        const again = resumable && (state === 'cancelled' || state === 'interrupted') ? 'resume' : 'retry';
        expect(runActions({ state, resumable })).toContain(again);
        const text = stateStory({ state, resumable })?.text.toLowerCase();
        expect(text).toContain(again);
        expect(text).toContain(resumable ? 'goes on from the last checkpoint' : 'there is no checkpoint yet');
      }
    },
  );
});

describe('a stalled run', () => {
  const lines = (...texts: string[]) => texts.map((text) => ({ text }));
  it('is one whose log ends in silence', () => {
    expect(endsInSilence(lines('Device: cpu.', silentText(30)))).toBe(true);
    expect(endsInSilence(lines(silentText(30), HEARD_AGAIN))).toBe(false);
    expect(endsInSilence([])).toBe(false);
  });
});
