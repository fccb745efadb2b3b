import { contextBridge, ipcRenderer } from 'electron';
import type { IpcRendererEvent } from 'electron';
import type { PreloadBridge } from '../main/contract/bridge.ts';
import { channels } from '../main/contract/channels.ts';

/** All that the page gets of Electron: two functions. What crosses is checked at both ends. */
const bridge: PreloadBridge = {
  call: (name, args) => ipcRenderer.invoke(channels.call, name, args),
  subscribe(listener) {
    // The event object gives access to ipcRenderer; it stays here.
    const forward = (_event: IpcRendererEvent, event: unknown) => listener(event);
    ipcRenderer.on(channels.event, forward);
    return () => void ipcRenderer.off(channels.event, forward);
  },
};

contextBridge.exposeInMainWorld('espalier', bridge);
