import { BrowserWindow, Notification, app } from 'electron';
import type { RunSummary } from '../contract/api.ts';
import type { Studio } from '../studio.ts';
import { isActive } from '../jobs/states.ts';

/**
 * Shows from outside of the window how a run is getting on: its share in the taskbar or dock, and a notification at its end where
 * nobody looks at the window.
 * @param show shows a window at a screen's address
 */
export function showProgress(studio: Studio, show: (route: string) => void): void {
  /** Runs that have a process, the one that was started last at the end. */
  const active = new Map<number, RunSummary>();
  // A notification that is no longer referred to loses its click.
  const shown = new Set<Notification>();

  const draw = () => {
    const run = [...active.values()].at(-1);
    for (const window of BrowserWindow.getAllWindows()) {
      if (run === undefined) window.setProgressBar(-1);
      else {
        const mode = run.state === 'paused' ? 'paused' : run.progress === null ? 'indeterminate' : 'normal';
        // A value above 1 is Electron's word for "some time or other" where there are no modes.
        window.setProgressBar(mode === 'indeterminate' ? 2 : (run.progress?.fraction ?? 0), { mode });
      }
    }
  };
  const tell = (run: RunSummary) => {
    const body = endWords(run);
    if (body === null || BrowserWindow.getFocusedWindow() !== null) return;
    for (const window of BrowserWindow.getAllWindows()) window.flashFrame(true);
    app.dock?.bounce();
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title: run.name, body });
    shown.add(notification);
    notification.on('click', () => show(`/runs/${run.id}`));
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };

  studio.subscribe((event) => {
    if (event.type !== 'run') return;
    const { run } = event;
    if (isActive(run.state)) active.set(run.id, run);
    // Only what was seen at work has an end to tell of; later changes of an ended run have none.
    else if (active.delete(run.id)) tell(run);
    else return;
    draw();
  });
}

/** What is told of a run's end; null where a person has ended it. */
function endWords(run: RunSummary): string | null {
  switch (run.state) {
    case 'finished':
      return 'The run has finished.';
    case 'failed':
      return `The run has failed. ${run.problem?.message ?? ''}`.trim();
    case 'crashed':
      return 'The process of the run has crashed.';
    case 'queued':
    case 'preparing':
    case 'running':
    case 'pausing':
    case 'paused':
    case 'cancelling':
    case 'cancelled':
    case 'interrupted':
      return null;
  }
}
