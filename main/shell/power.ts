import { powerSaveBlocker } from 'electron';
import type { Studio } from '../studio.ts';
import { isActive } from '../jobs/states.ts';

/** Keeps the machine from falling asleep while a run has a process; the screen may. */
export function stayAwakeWhileBusy(studio: Studio): void {
  const active = new Set<number>();
  let blocker: number | null = null;
  studio.subscribe((event) => {
    if (event.type !== 'run') return;
    if (isActive(event.run.state)) active.add(event.run.id);
    else active.delete(event.run.id);
    if (active.size > 0) {
      blocker ??= powerSaveBlocker.start('prevent-app-suspension');
    } else if (blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  });
}
