import { describe, expect, it } from 'vitest';
import { Random } from '../../main/engine/base/random.ts';
import { useHistory } from '../../renderer/stores/history.ts';

/** A history of a number, with a clock that the test sets. */
function counter() {
  const clock = { now: 0 };
  const history = useHistory<number>(() => clock.now);
  let state = 0;
  const set = (to: number, place: string, later = 1000) => {
    clock.now += later;
    history.record(state, place);
    state = to;
  };
  const go = (step: { state: number } | null) => {
    if (step !== null) state = step.state;
    return step !== null;
  };
  return {
    history,
    set,
    undo: () => go(history.undo(state)),
    redo: () => go(history.redo(state)),
    state: () => state,
  };
}

describe('the history of a draft', () => {
  it('goes on after a reload with the newest steps of both sides', () => {
    const { history, set, undo } = counter();
    for (let n = 1; n <= 60; n++) set(n, `place ${n}`);
    undo();
    const kept = history.keep();
    expect(kept.past).toHaveLength(50);
    expect(kept.future).toHaveLength(1);
    const again = useHistory<number>(() => 0, JSON.parse(JSON.stringify(kept)) as typeof kept);
    expect([again.canUndo.value, again.canRedo.value]).toEqual([true, true]);
    expect(again.redo(59)?.state).toBe(60);
    expect(again.undo(60)).toEqual({ state: 59, place: 'place 60' });
    let steps = 0;
    while (again.undo(0) !== null) steps++;
    expect(steps).toBe(50);
  });

  it('takes back and makes again as many changes as there were, whatever their order', () => {
    const random = Random.from(3, 'history');
    for (let round = 0; round < 50; round++) {
      const { set, undo, redo, state } = counter();
      // What it has to agree with: a list of all states, and the place in it.
      let [states, at] = [[0], 0];
      for (let n = 0; n < 40; n++) {
        const what = random.int(4);
        if (what === 0) {
          expect(undo()).toBe(at > 0);
          at = Math.max(0, at - 1);
        } else if (what === 1) {
          expect(redo()).toBe(at < states.length - 1);
          at = Math.min(states.length - 1, at + 1);
        } else {
          set(n + 1, 'budget.sparsity');
          states = [...states.slice(0, at + 1), n + 1];
          at += 1;
        }
        expect(state()).toBe(states[at]);
      }
    }
  });

  it('takes what is typed into one field within half a second as one change', () => {
    const { set, undo, redo, state } = counter();
    set(1, 'seed');
    set(12, 'seed', 300);
    set(123, 'seed', 300);
    set(7, 'budget.sparsity', 100);
    set(8, 'budget.sparsity', 600);
    expect(undo()).toBe(true);
    expect(state()).toBe(7);
    undo();
    expect(state()).toBe(123);
    undo();
    expect(state()).toBe(0);
    expect(undo()).toBe(false);
    redo();
    expect(state()).toBe(123);
    // What comes after is a change of its own, however soon, and takes the rest of the future's place.
    set(5, 'seed', 1);
    expect(redo()).toBe(false);
    undo();
    expect(state()).toBe(123);
  });

  it('says which place changed, and forgets the oldest of very many changes', () => {
    const { history, set, undo } = counter();
    set(1, 'seed');
    expect(history.undo(1)).toEqual({ state: 0, place: 'seed' });
    expect(history.canRedo.value).toBe(true);
    for (let n = 0; n < 300; n++) set(n, 'seed');
    expect(history.canRedo.value).toBe(false);
    let steps = 0;
    while (undo()) steps += 1;
    expect(steps).toBe(200);
  });
});
