import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app, dialog, session } from 'electron';
import type { BrowserWindow } from 'electron';
import { EspalierError, describeProblem, toProblem } from '../contract/errors.ts';
import { defaultDataFolder } from '../files/folders.ts';
import { openStudio } from '../studio.ts';
import { engineEntry } from '../jobs/entry.ts';
import { machineProblem } from '../jobs/machine.ts';
import { electronDesk } from './dialogs.ts';
import { connectIpc } from './ipc.ts';
import { installMenu } from './menu.ts';
import { archiveAmong, routeFor } from './open-file.ts';
import { stayAwakeWhileBusy } from './power.ts';
import { showProgress } from './progress.ts';
import { registerScheme, serveScheme } from './protocol.ts';
import { quitInOrder } from './quit.ts';
import { studioWindows } from './report-window.ts';
import { confineContents, denyPermissions } from './security.ts';
import { utilityHost } from './utility-host.ts';
import { openWindow, showRoute } from './window.ts';

/** The program's name for Windows, which keeps its notifications and its place in the taskbar together. As in the installer. */
const appId = 'dev.espalier.studio';

/** Starts the desktop app. `folder` is the build's: renderer/ and preload/ lie in it. */
export function startApp(folder: string): void {
  const dataFolder = defaultDataFolder();
  const files = {
    preload: join(folder, 'preload', 'index.cjs'),
    icon: join(dirname(folder), 'resources', 'icon.png'),
  };
  // Chromium's own files; they also decide which program is "another one" for the single-instance lock.
  app.setPath('userData', join(dataFolder, 'window'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  app.setAppUserModelId(appId);
  app.enableSandbox();
  registerScheme();
  app.on('web-contents-created', (_event, contents) => confineContents(contents));
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    if (type !== 'Utility')
      process.emitWarning(`Chromium's ${type} process is gone (${reason}, ${exitCode}).`);
  });
  // A file may be opened before there is anything to open it with.
  let open = (file: string): void => void (early = file);
  let early = archiveAmong(process.argv, process.cwd());
  app.on('open-file', (event, file) => {
    event.preventDefault();
    open(file);
  });

  void app.whenReady().then(() => {
    /** Shows a window, opening one where there is none; at a screen's address where one is given. */
    const show = (route?: string, wanted?: BrowserWindow): void => {
      const window = wanted ?? studioWindows()[0];
      if (window === undefined) return leave.guard(openWindow(files, route));
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
      if (route !== undefined) showRoute(window, route);
    };
    let leave: ReturnType<typeof quitInOrder>;
    try {
      const unsupported = machineProblem();
      if (unsupported !== null) throw new EspalierError(unsupported);
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
      installMenu(dataFolder, show);
      stayAwakeWhileBusy(studio);
      showProgress(studio, show);
      leave = quitInOrder(studio, show);
      open = (file) => {
        studio.allow(file);
        show(routeFor(file));
      };
    } catch (error) {
      dialog.showErrorBox('Espalier cannot start', describeProblem(toProblem(error)));
      return app.exit(1);
    }
    if (early === null) show();
    else open(early);
    app.on('activate', () => {
      if (studioWindows().length === 0) show();
    });
    app.on('second-instance', (_event, argv, workingFolder) => {
      const file = archiveAmong(argv, workingFolder);
      if (file === null) show();
      else open(file);
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
}
