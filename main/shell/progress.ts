import { BrowserWindow, Notification, app } from 'electron';
import type { Problem } from '../contract/errors.ts';
import type { RunState } from '../contract/run.ts';
import { isActive } from '../jobs/states.ts';
import type { Studio } from '../studio.ts';

/** A run or a study, as it is shown from outside of the window. */
interface Job {
  readonly what: 'run' | 'study';
  /** Of its screen. */
  readonly address: string;
  readonly name: string;
  readonly state: RunState;
  readonly progress: { readonly fraction: number } | null;
  readonly problem: Problem | null;
}

/**
 * Shows from outside of the window how a run or a study is getting on: its share in the taskbar or dock, and a notification at its end
 * where nobody looks at the window.
 * @param show shows a window at a screen's address
 */
export function showProgress(studio: Studio, show: (route: string) => void): void {
  /** Those that have a process by their addresses, the one that was started last at the end. */
  const active = new Map<string, Job>();
  // A notification that is no longer referred to loses its click.
  const shown = new Set<Notification>();

  const draw = () => {
    const job = [...active.values()].at(-1);
    for (const window of BrowserWindow.getAllWindows()) {
      if (job === undefined) window.setProgressBar(-1);
      else {
        const mode = job.state === 'paused' ? 'paused' : job.progress === null ? 'indeterminate' : 'normal';
        // A value above 1 is Electron's word for "some time or other" where there are no modes.
        window.setProgressBar(mode === 'indeterminate' ? 2 : (job.progress?.fraction ?? 0), { mode });
      }
    }
  };
  const tell = (job: Job) => {
    const body = endWords(job);
    if (body === null || BrowserWindow.getFocusedWindow() !== null) return;
    for (const window of BrowserWindow.getAllWindows()) window.flashFrame(true);
    app.dock?.bounce();
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title: job.name, body });
    shown.add(notification);
    notification.on('click', () => show(job.address));
    notification.on('close', () => shown.delete(notification));
    notification.show();
  };
  const look = (job: Job) => {
    if (isActive(job.state)) active.set(job.address, job);
    // Only what was seen at work has an end to tell of; later changes of what has ended have none.
    else if (active.delete(job.address)) tell(job);
    else return;
    draw();
  };

  studio.subscribe((event) => {
    if (event.type === 'run') look({ ...event.run, what: 'run', address: `/runs/${event.run.id}` });
    if (event.type === 'study') {
      const { study } = event;
      look({ ...study, what: 'study', name: study.title, address: `/studies/${study.id}` });
    }
  });
}

/** What is told of an end; null where a person has brought it about. */
function endWords({ what, state, problem }: Job): string | null {
  switch (state) {
    case 'finished':
      return `The ${what} has finished.`;
    case 'failed':
      return `The ${what} has failed. ${problem?.message ?? ''}`.trim();
    case 'crashed':
      return `The process of the ${what} has crashed.`;
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
