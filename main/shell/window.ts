import { BrowserWindow, app, dialog } from 'electron';
import type { MessageBoxOptions } from 'electron';
import { homeUrl } from './origin.ts';
import { closeReports, studioWindows } from './report-window.ts';

/** A page that dies more often than this in a minute is not loaded again. */
const mostReloads = 2;

/** What Chromium says of a navigation that another one has overtaken. */
const aborted = -3;

/** Files that a window needs. */
export interface WindowFiles {
  readonly preload: string;
  readonly icon: string;
}

/** Opens the studio's window at a screen's address, '/' for the first. */
export function openWindow({ preload, icon }: WindowFiles, route = '/'): BrowserWindow {
  const window = new BrowserWindow({
    width: 1280,
    height: 840,
    minWidth: 960,
    minHeight: 640,
    show: false,
    title: 'Espalier',
    // Elsewhere the program's own file carries it.
    ...(process.platform === 'linux' ? { icon } : {}),
    // Size and place are kept under this name.
    name: 'studio',
    windowStatePersistence: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('closed', () => {
    if (studioWindows().length === 0) closeReports();
  });
  watchPage(window);
  showRoute(window, route);
  return window;
}

/** Goes to a screen by its address. */
export function showRoute(window: BrowserWindow, route: string): void {
  // A page that cannot be loaded tells so by 'did-fail-load'.
  window.loadURL(route === '/' ? homeUrl : `${homeUrl}#${route}`).catch(() => undefined);
}

/** Runs do not depend on the page: one that died, hangs or could not be loaded is loaded again, and shows them where they are. */
function watchPage(window: BrowserWindow): void {
  let crashes: number[] = [];
  let asking = false;
  const ask = async (options: MessageBoxOptions): Promise<number | null> => {
    if (asking || window.isDestroyed()) return null;
    asking = true;
    const { response } = await dialog.showMessageBox(window, options);
    asking = false;
    return window.isDestroyed() ? null : response;
  };
  /** A window without a page is of no use to anybody. */
  const reloadOrClose = async (message: string, detail: string): Promise<void> => {
    window.show();
    const buttons = ['Load again', 'Close the window'];
    const response = await ask({ type: 'error', message, detail, buttons });
    if (response === 0) window.webContents.reload();
    if (response === 1) window.close();
  };

  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return;
    const now = Date.now();
    crashes = [...crashes.filter((time) => now - time < 60_000), now];
    if (crashes.length <= mostReloads) return window.webContents.reload();
    void reloadOrClose('The window keeps crashing.', `Runs go on in the background (${reason}).`);
  });
  window.webContents.on('did-fail-load', (_event, code, description, _url, isMainFrame) => {
    if (!isMainFrame || code === aborted) return;
    void reloadOrClose("The studio's page could not be loaded.", `${description} (${code})`);
  });
  window.on('unresponsive', () => {
    const options: MessageBoxOptions = {
      type: 'warning',
      message: 'The window does not answer.',
      detail: 'Runs go on in the background.',
      buttons: ['Wait', 'Load again'],
      defaultId: 0,
      cancelId: 0,
    };
    void ask(options).then((response) => {
      if (response === 1) window.webContents.reload();
    });
  });
}
