import { basename } from 'node:path';
import { BrowserWindow, dialog, nativeTheme, shell } from 'electron';
import { writeFileAtomic, writeStreamAtomic } from '../files/atomic.ts';
import type { Desk } from '../ipc/desk.ts';
import { openReport } from './report-window.ts';

/** The path that a person chose for a file; empty where none was. */
async function askWhere(name: string): Promise<string> {
  const options: Electron.SaveDialogOptions = { title: 'Save', defaultPath: basename(name) };
  const window = BrowserWindow.getFocusedWindow();
  const { filePath } =
    window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
  return filePath;
}

/** The desktop app's desk: native dialogs. */
export const electronDesk: Desk = {
  shell: 'electron',

  async pick(what, title) {
    const options: Electron.OpenDialogOptions = {
      title,
      properties: [what === 'folder' ? 'openDirectory' : 'openFile'],
    };
    const window = BrowserWindow.getFocusedWindow();
    const { filePaths } =
      window === null ? await dialog.showOpenDialog(options) : await dialog.showOpenDialog(window, options);
    return { native: true, path: filePaths[0] ?? null };
  },

  async save(artifact, content) {
    const path = await askWhere(artifact.name);
    if (path === '') return { how: 'cancelled' };
    await writeFileAtomic(path, await content());
    return { how: 'saved', path };
  },

  async saveStream({ name, content }) {
    const path = await askWhere(name);
    if (path === '') return { how: 'cancelled' };
    await writeStreamAtomic(path, content());
    return { how: 'saved', path };
  },

  async open(report, content) {
    openReport(report.name, await content());
    return { how: 'opened' };
  },

  async show(folder) {
    return (await shell.openPath(folder)) === '';
  },

  look(theme) {
    nativeTheme.themeSource = theme;
  },
};
