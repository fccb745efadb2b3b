import { BrowserWindow, Menu, app, shell } from 'electron';
import type { MenuItemConstructorOptions } from 'electron';

/**
 * The native menu. Entries that lead to a screen go there by its address.
 * @param show shows a window at a screen's address; on macOS the menu is there without any
 */
export function installMenu(dataFolder: string, show: (route: string, window?: BrowserWindow) => void): void {
  const go =
    (route: string): MenuItemConstructorOptions['click'] =>
    (_item, window) =>
      show(route, window instanceof BrowserWindow ? window : undefined);
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
        // Some starters add this switch without asking anybody.
        ...(app.commandLine.hasSwitch('no-sandbox')
          ? [{ type: 'separator' } as const, { label: "Runs without Chromium's sandbox", enabled: false }]
          : []),
      ],
    },
  ];
  Menu.setApplicationMenu(Menu.buildFromTemplate(template));
}
