import { BrowserWindow, Menu, app, shell } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';
import { homeUrl } from './origin.ts';

/** The native menu. Entries that lead to a screen go there by its address. */
export function installMenu(dataFolder: string): void {
  const go =
    (route: string): MenuItemConstructorOptions['click'] =>
    (_item, window) => {
      if (window instanceof BrowserWindow) void window.loadURL(`${homeUrl}#${route}`);
    };
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    {
      label: '&File',
      submenu: [
        { label: 'New run', accelerator: 'CmdOrCtrl+N', click: go('/new') },
        { label: 'All runs', accelerator: 'CmdOrCtrl+L', click: go('/runs') },
        { label: 'Settings', accelerator: 'CmdOrCtrl+,', click: go('/settings') },
        { type: 'separator' },
        { role: process.platform === 'darwin' ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        { role: 'reload' },
        ...(app.isPackaged ? [] : [{ role: 'toggleDevTools' } as const]),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
      ],
    },
    { role: 'windowMenu' },
    {
      role: 'help',
      submenu: [
        { label: 'Show data folder', click: () => void shell.openPath(dataFolder) },
        { role: 'about' },
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
