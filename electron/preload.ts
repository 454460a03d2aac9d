// The only thing that the window's page gets to see: the bridge of the contract. Built into one file, since a sandboxed preload loads none.
import { contextBridge, ipcRenderer, webUtils, type IpcRendererEvent } from 'electron';
import type { AppBridge, AppEvent } from '../core/contract.js';
import { CALLS, EVENTS } from './channels.js';

const bridge: AppBridge = {
  invoke: (method, input, call) => ipcRenderer.invoke(CALLS, { type: 'invoke', method, input, call }),
  cancel(call) {
    void ipcRenderer.invoke(CALLS, { type: 'cancel', call });
  },
  onEvent(listener) {
    const pass = (_event: IpcRendererEvent, event: AppEvent): void => listener(event);
    ipcRenderer.on(EVENTS, pass);
    // nothing may come back but what the page can be given
    return () => void ipcRenderer.off(EVENTS, pass);
  },
  pathOf: (file) => webUtils.getPathForFile(file) || null,
};

contextBridge.exposeInMainWorld('archbridge', bridge);
