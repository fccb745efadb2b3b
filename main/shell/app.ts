import { homedir } from 'node:os';
import { join } from 'node:path';
import { BrowserWindow, app, dialog, session } from 'electron';
import { describeProblem, toProblem } from '../contract/errors.ts';
import { defaultDataFolder } from '../files/folders.ts';
import { openStudio } from '../studio.ts';
import { engineEntry } from '../jobs/entry.ts';
import { electronDesk } from './dialogs.ts';
import { connectIpc } from './ipc.ts';
import { installMenu } from './menu.ts';
import { stayAwakeWhileBusy } from './power.ts';
import { registerScheme, serveScheme } from './protocol.ts';
import { quitInOrder } from './quit.ts';
import { confineContents, denyPermissions } from './security.ts';
import { utilityHost } from './utility-host.ts';
import { openWindow } from './window.ts';

/** Starts the desktop app. `folder` is the build's: renderer/ and preload/ lie in it. */
export function startApp(folder: string): void {
  const dataFolder = defaultDataFolder();
  const preload = join(folder, 'preload', 'index.cjs');
  // Chromium's own files; they also decide which program is "another one" for the single-instance lock.
  app.setPath('userData', join(dataFolder, 'window'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
  });
  app.enableSandbox();
  registerScheme();
  app.on('web-contents-created', (_event, contents) => confineContents(contents));

  void app.whenReady().then(() => {
    try {
      const studio = openStudio({
        dataFolder,
        baseFolder: homedir(),
        roots: [homedir()],
        version: app.getVersion(),
        startEngine: (label) => utilityHost(engineEntry(), label),
        desk: electronDesk,
      });
      denyPermissions(session.defaultSession);
      serveScheme(join(folder, 'renderer'));
      connectIpc(studio);
      installMenu(dataFolder);
      stayAwakeWhileBusy(studio);
      quitInOrder(studio);
    } catch (error) {
      dialog.showErrorBox('Espalier cannot start', describeProblem(toProblem(error)));
      return app.exit(1);
    }
    openWindow(preload);
    app.on('activate', () => {
      if (BrowserWindow.getAllWindows().length === 0) openWindow(preload);
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}
