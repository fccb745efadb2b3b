import { isAbsolute } from 'node:path';
import { BrowserWindow, ipcMain } from 'electron';
import { channels } from '../contract/channels.ts';
import { guarded } from '../ipc/router.ts';
import type { Studio } from '../studio.ts';
import { isStudioFrame } from './origin.ts';
import type { SenderFrame } from './origin.ts';

/** Puts the studio behind the preload script's channels. */
export function connectIpc(studio: Studio): void {
  const answer = guarded<SenderFrame | null>(isStudioFrame, studio.call);
  ipcMain.handle(channels.call, (event, name: unknown, args: unknown) =>
    answer(event.senderFrame, name, args),
  );
  ipcMain.handle(channels.dropped, (event, path: unknown) => {
    if (isStudioFrame(event.senderFrame) && typeof path === 'string' && isAbsolute(path)) studio.allow(path);
  });
  studio.subscribe((event) => {
    for (const window of BrowserWindow.getAllWindows()) window.webContents.send(channels.event, event);
  });
}
