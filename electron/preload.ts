// Gives the window's page the bridge of the contract and nothing else. Built into one file, because a sandboxed preload script
// loads no others.
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
    // `off` returns ipcRenderer, which must not reach the page.
    return () => void ipcRenderer.off(EVENTS, pass);
  },
  pathOf: (file) => webUtils.getPathForFile(file) || null,
};

contextBridge.exposeInMainWorld('archbridge', bridge);
