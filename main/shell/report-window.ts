import { randomBytes } from 'node:crypto';
import { BrowserWindow } from 'electron';
import { scheme } from './origin.ts';

/** Reports that are on the screen, by their addresses. */
const shown = new Map<string, Uint8Array>();
const windows = new Set<BrowserWindow>();

/**
 * Opens a run's report in a window of its own: without scripts, without the preload script, and on an origin that is not the
 * studio's.
 */
export function openReport(title: string, content: Uint8Array): void {
  const address = `${scheme}://${randomBytes(8).toString('hex')}.report/`;
  shown.set(address, content);
  const window = new BrowserWindow({
    width: 980,
    height: 840,
    title,
    webPreferences: {
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      javascript: false,
      spellcheck: false,
      devTools: false,
    },
  });
  windows.add(window);
  window.on('closed', () => {
    shown.delete(address);
    windows.delete(window);
  });
  // An address that cannot be loaded leaves an empty window, which says as much.
  window.loadURL(address).catch(() => undefined);
}

/** The windows that show the studio itself: they come back, are sent to screens, and hold the program open. */
export function studioWindows(): BrowserWindow[] {
  return BrowserWindow.getAllWindows().filter((window) => !window.isDestroyed() && !windows.has(window));
}

/** Reports do not outlive the last window of the studio. */
export function closeReports(): void {
  for (const window of [...windows]) window.close();
}

/** The report at an address; null where none is shown. */
export function reportAt(address: string): Uint8Array | null {
  return shown.get(address) ?? null;
}
