// The desktop app on the stand-in: its main process as it is, its preload script as it is built, its engine for real.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { vi } from 'vitest';
import type { AppBridge, AppEvent } from '../../../core/contract.js';
import { openDesktop, type Desktop } from '../../../electron/desktop.js';
import { serveEngine } from '../../../electron/engine-service.js';
import { nextCall } from '../app-bench.js';
import { BrowserWindow, ipcMain, utilityProcess, type StandInProcess } from './electron.js';

export interface DesktopBench {
  readonly folder: string;
  readonly stateDir: string;
  readonly desktop: Desktop;
  readonly window: BrowserWindow;
  /** As the page sees it: `window.archbridge`. */
  readonly bridge: AppBridge;
  readonly events: AppEvent[];
  /** The engine's process of now. */
  readonly engine: () => StandInProcess;
}

/** `preload` is the built script. */
export async function openDesktopBench(folder: string, preload: string): Promise<DesktopBench> {
  const page = join(folder, 'page');
  const stateDir = join(folder, 'state');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  writeFileSync(join(page, 'assets', 'a-1.js'), 'export const a = 1;\n');
  writeFileSync(join(folder, 'secret.txt'), 'of the host');
  utilityProcess.programs.set('engine-process.js', (port) => serveEngine(port));
  const desktop = await openDesktop({ programs: join(folder, 'programs'), page, stateDir });
  const window = BrowserWindow.all.at(-1);
  if (!window) throw new Error('no window was opened');
  await vi.waitFor(() => {
    if (window.shown === 0) throw new Error('the window is not shown');
  });
  const bridge = loadPreload(preload, window);
  const events: AppEvent[] = [];
  bridge.onEvent((event) => events.push(event));
  const engine = (): StandInProcess => {
    const process = utilityProcess.started.at(-1);
    if (!process) throw new Error('no engine was started');
    return process;
  };
  return { folder, stateDir, desktop, window, bridge, events, engine };
}

/** Runs the script in a world of its own, as a sandbox does: nothing to require but `electron`. */
function loadPreload(path: string, window: BrowserWindow): AppBridge {
  const exposed = new Map<string, AppBridge>();
  const listeners = new Map<unknown, (channel: string, value: unknown) => void>();
  const send = window.webContents.send.bind(window.webContents);
  window.webContents.send = (channel, value) => {
    send(channel, value);
    for (const listener of [...listeners.values()]) listener(channel, structuredClone(value));
  };
  const electron = {
    contextBridge: {
      exposeInMainWorld: (name: string, value: AppBridge) => void exposed.set(name, value),
    },
    ipcRenderer: {
      invoke: async (channel: string, value: unknown) =>
        structuredClone(
          await ipcMain.handlers.get(channel)?.(
            { senderFrame: window.webContents.mainFrame },
            structuredClone(value),
          ),
        ),
      on: (channel: string, listener: (event: unknown, value: unknown) => void) =>
        void listeners.set(listener, (name, value) => {
          if (name === channel) listener({}, value);
        }),
      off: (_channel: string, listener: unknown) => void listeners.delete(listener),
    },
    webUtils: {
      getPathForFile: (file: File) => (file.name.startsWith('on-disk') ? `/drives/${file.name}` : ''),
    },
  };
  const load = (name: string): unknown => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot load ${name}`);
    return electron;
  };
  runInNewContext(readFileSync(path, 'utf8'), { require: load, exports: {}, module: { exports: {} } });
  const bridge = exposed.get('archbridge');
  if (!bridge || exposed.size !== 1)
    throw new Error(`the preload script exposes ${[...exposed.keys()].join(', ')}`);
  return bridge;
}

/** The value of a call over the bridge; a problem is thrown. */
export async function ask<T>(
  bridge: AppBridge,
  method: Parameters<AppBridge['invoke']>[0],
  input: unknown,
  call = nextCall(),
): Promise<T> {
  const result = await bridge.invoke(method, input as never, call);
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value as T;
}
