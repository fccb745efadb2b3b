import { BrowserWindow, app, dialog, powerMonitor } from 'electron';
import type { BrowserWindow as Window, MessageBoxOptions } from 'electron';
import type { Studio } from '../studio.ts';
import { studioWindows } from './report-window.ts';

/** Putting everything away takes moments; a disk that does not answer must not keep the program for ever. */
const closeMs = 15_000;

const question: MessageBoxOptions = {
  type: 'question',
  message: 'A run is going on.',
  detail: 'It will be interrupted, and can be resumed from its last checkpoint.',
  buttons: ['Interrupt and quit', 'Go on'],
  defaultId: 1,
  cancelId: 1,
};

/** What a window asks before it closes. */
interface Leave {
  /** Asks before the last window goes, where that would end the program during a run: the window stays meanwhile. */
  readonly guard: (window: Window) => void;
}

/**
 * Before the program ends, it asks while a run goes on, and lets the studio put everything away. When the system itself ends,
 * nobody is asked.
 * @param show shows a window, opening one where there is none: a program that goes on must be reachable
 */
export function quitInOrder(studio: Studio, show: () => void): Leave {
  let decided = false;
  let asking = false;
  let closing = false;

  const ask = async (parent: Window | null): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      const usable = parent !== null && !parent.isDestroyed();
      const { response } = usable
        ? await dialog.showMessageBox(parent, question)
        : await dialog.showMessageBox(question);
      decided = response === 0;
    } finally {
      asking = false;
    }
    if (decided) app.quit();
    else show();
  };
  const close = async (): Promise<void> => {
    closing = true;
    let code = 1;
    const limit = setTimeout(() => app.exit(1), closeMs);
    try {
      await studio.close();
      code = 0;
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    } finally {
      clearTimeout(limit);
      app.exit(code);
    }
  };
  const leaveAtOnce = (): void => {
    decided = true;
    if (!closing) void close();
  };

  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    if (studio.busy && !decided)
      void ask(BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0] ?? null);
    else void close();
  });
  powerMonitor.on('shutdown', ((event: Electron.Event) => {
    // Asks the system for the moments that closing takes.
    event.preventDefault();
    leaveAtOnce();
  }) as () => void);

  return {
    guard(window) {
      window.on('close', (event) => {
        const last = studioWindows().length === 1 && process.platform !== 'darwin';
        if (!last || !studio.busy || decided) return;
        event.preventDefault();
        void ask(window);
      });
      // Windows tells of the end of a session by its windows only.
      window.on('session-end', leaveAtOnce);
    },
  };
}
