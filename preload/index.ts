import { contextBridge, ipcRenderer, webUtils } from 'electron';
import type { IpcRendererEvent } from 'electron';
import type { PreloadBridge } from '../main/contract/bridge.ts';
import { channels } from '../main/contract/channels.ts';

/** All that the page gets of Electron: three functions. What crosses is checked at both ends. */
const bridge: PreloadBridge = {
  call: (name, args) => ipcRenderer.invoke(channels.call, name, args),
  subscribe(listener) {
    // The event object gives access to ipcRenderer; it stays here.
    const forward = (_event: IpcRendererEvent, event: unknown) => listener(event);
    ipcRenderer.on(channels.event, forward);
    return () => void ipcRenderer.off(channels.event, forward);
  },
  async pathOf(file) {
    // Told by Chromium of a file that a person has dropped: no page can make one up.
    const path = webUtils.getPathForFile(file);
    if (path !== '') await ipcRenderer.invoke(channels.dropped, path);
    return path;
  },
};

contextBridge.exposeInMainWorld('espalier', bridge);
