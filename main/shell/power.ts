import { powerSaveBlocker } from 'electron';
import type { Studio } from '../ipc/studio.ts';

/** Keeps the machine from falling asleep while a run goes on; the screen may. */
export function stayAwakeWhileBusy(studio: Studio): void {
  let blocker: number | null = null;
  studio.subscribe((event) => {
    if (event.type !== 'run') return;
    if (studio.busy && blocker === null) {
      blocker = powerSaveBlocker.start('prevent-app-suspension');
    } else if (!studio.busy && blocker !== null) {
      powerSaveBlocker.stop(blocker);
      blocker = null;
    }
  });
}
