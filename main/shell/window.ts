import { BrowserWindow, dialog } from 'electron';
import { homeUrl } from './origin.ts';

/** A page that dies more often than this in a minute is not loaded again. */
const mostReloads = 2;

/** Opens the studio's window. */
export function openWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: 'Espalier',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => window.show());
  reloadAfterCrash(window);
  void window.loadURL(homeUrl);
  return window;
}

/** Runs do not depend on the page: a page that died is loaded again, and shows them where they are. */
function reloadAfterCrash(window: BrowserWindow): void {
  let crashes: number[] = [];
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < 60_000), now];
    if (crashes.length <= mostReloads) return window.webContents.reload();
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: 'The window keeps crashing.',
        detail: `Runs go on in the background (${reason}).`,
        buttons: ['Load again', 'Leave'],
      })
      .then(({ response }) => {
        if (response === 0) window.webContents.reload();
      });
  });
}
