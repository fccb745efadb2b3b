import { powerSaveBlocker } from 'electron';
import type { RunState } from '../contract/run.ts';
import type { Studio } from '../studio.ts';

/** States in which something is computed. A paused run has a process, but waits for a person. */
const working: ReadonlySet<RunState> = new Set(['preparing', 'running', 'pausing', 'cancelling']);

/** Keeps the machine from falling asleep while a run computes; the screen may. */
export function stayAwakeWhileBusy(studio: Studio): void {
  const active = new Set<number>();
  let blocker: number | null = null;
  studio.subscribe((event) => {
    if (event.type !== 'run') return;
    if (working.has(event.run.state)) active.add(event.run.id);
    else active.delete(event.run.id);
    if (active.size > 0) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    } else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  });
}
