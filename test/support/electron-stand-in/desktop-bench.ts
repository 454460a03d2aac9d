// The desktop app on the stand-in: the real main process, the built preload script, the real engine.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { AppBridge, AppEvent, AppMethod, AppMethods, ImportRequest } from '../../../core/contract.js';
import { openDesktop, type Desktop } from '../../../electron/desktop.js';
import { serveEngine } from '../../../electron/engine-service.js';
import { EXAMPLES, nextCall, runEvents } from '../app-bench.js';
import { PROJECT_ROOT } from '../source-tree.js';
import { BrowserWindow, dialog, ipcMain, resetElectron, utilityProcess } from './electron.js';
import type { StandInProcess } from './process.js';

export interface DesktopBench {
  readonly folder: string;
  readonly stateDir: string;
  /** The built preload script. */
  readonly preload: string;
  readonly desktop: Desktop;
  readonly window: BrowserWindow;
  /** The bridge as the page sees it: `window.archbridge`. */
  readonly bridge: AppBridge;
  readonly events: AppEvent[];
  /** The current engine process. */
  readonly engine: () => StandInProcess;
}

/**
 * Builds the preload script once. Returns a function that makes desktops; they are closed after each test. `page` is the built
 * window; by default a page of two files.
 */
export function desktopBenches(page?: () => string): () => Promise<DesktopBench> {
  const open: DesktopBench[] = [];
  let folder = '';
  let count = 0;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'archbridge-desktop-'));
    const script = join(PROJECT_ROOT, 'build/electron-preload.mjs');
    const built = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    expect(built.stderr + built.stdout).toBe('');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeEach(() => resetElectron());
  afterEach(async () => {
    for (const { window } of open.splice(0)) {
      if (window.isDestroyed()) continue;
      dialog.answers.push({ response: 1 });
      window.tryToClose();
      await vi.waitFor(() => expect(window.isDestroyed()).toBe(true), 30_000);
    }
  });
  return async () => {
    count += 1;
    const own = join(folder, String(count));
    mkdirSync(own);
    const bench = await openDesktopBench(own, join(folder, 'preload.cjs'), page?.() ?? smallPage(own));
    open.push(bench);
    return bench;
  };
}

/** Bytes a second; slow enough that the test can act during the run. */
export function slowImport(bench: DesktopBench): ImportRequest {
  return { packages: EXAMPLES, target: { store: join(bench.folder, 'store') }, limitRate: 60_000 };
}

/** Waits until a run has begun; returns its id. */
export function begun(bench: DesktopBench, call: string): Promise<string> {
  return vi.waitFor(() => {
    const started = runEvents(bench.events, call).find((event) => event.type === 'run-started');
    if (started?.type !== 'run-started') throw new Error('no run has begun');
    return started.run;
  }, 30_000);
}

async function openDesktopBench(folder: string, preload: string, page: string): Promise<DesktopBench> {
  const stateDir = join(folder, 'state');
  utilityProcess.programs.set('engine-process.js', (port) => serveEngine(port));
  const desktop = await openDesktop({ programs: join(folder, 'programs'), page, stateDir });
  const window = BrowserWindow.all.at(-1);
  if (!window) throw new Error('no window was opened');
  await vi.waitFor(() => {
    if (window.shown === 0) throw new Error('the window is not shown');
  }, 30_000);
  const bridge = loadPreload(preload, window);
  const events: AppEvent[] = [];
  bridge.onEvent((event) => events.push(event));
  const engine = (): StandInProcess => {
    const process = utilityProcess.started.at(-1);
    if (!process) throw new Error('no engine was started');
    return process;
  };
  return { folder, stateDir, preload, desktop, window, bridge, events, engine };
}

function smallPage(folder: string): string {
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(page, 'index.html'), '<meta name="csp-nonce" content="__CSP_NONCE__">');
  writeFileSync(join(page, 'assets', 'a-1.js'), 'export const a = 1;\n');
  writeFileSync(join(folder, 'secret.txt'), 'of the host');
  return page;
}

/** Runs the script in a context of its own, as the sandbox does: it can require nothing but `electron`. */
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

/** Returns the value of a call over the bridge; a problem is thrown. */
export async function ask<M extends AppMethod>(
  bridge: AppBridge,
  method: M,
  input: AppMethods[M]['in'],
  call = nextCall(),
): Promise<AppMethods[M]['out']> {
  const result = await bridge.invoke(method, input, call);
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}
