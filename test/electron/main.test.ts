// The start of the desktop program: what is set before Chromium starts, and that there is a single instance.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  protocol,
  resetElectron,
  StandInContents,
  utilityProcess,
} from '../support/electron-stand-in/electron.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

let folder = '';
const { argv } = process;
beforeEach(() => {
  resetElectron();
  process.argv = ['electron', '/checkout'];
  folder = mkdtempSync(join(tmpdir(), 'archbridge-main-'));
  vi.stubEnv('ARCHBRIDGE_STATE_DIR', join(folder, 'state'));
  vi.doMock('../../core/app/install-root.js', () => ({ windowFolder: () => join(folder, 'page') }));
  // An engine that answers every call with nothing.
  utilityProcess.programs.set('engine-process.js', (port) => {
    port.on('message', ({ data }) => {
      const call = z.object({ type: z.literal('invoke'), call: z.string() }).safeParse(data).data?.call;
      if (call) port.postMessage({ type: 'answer', call, result: { ok: true, value: null } });
    });
    port.postMessage({ type: 'hello' });
  });
});
afterEach(() => {
  process.argv = argv;
  vi.unstubAllEnvs();
  vi.doUnmock('../../core/app/install-root.js');
  vi.resetModules();
  rmSync(folder, { recursive: true, force: true });
});

async function begin(): Promise<void> {
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), '');
  await import('../../electron/main.js');
  await vi.waitFor(() => expect(BrowserWindow.all).toHaveLength(1), 30_000);
}

describe('the program', () => {
  it('enables the sandbox and switches the network off before anything starts, and registers its scheme in time', async () => {
    await begin();
    expect(app.calls.slice(0, 3)).toEqual([
      'enableSandbox',
      'setAppUserModelId io.archbridge.desktop',
      'whenReady',
    ]);
    const names = app.switches.map(([name]) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'disable-background-networking',
        'disable-component-update',
        'no-proxy-server',
      ]),
    );
    expect(app.switches).toContainEqual(['host-resolver-rules', 'MAP * ~NOTFOUND']);
    expect(app.paths.get('userData')).toBe(join(folder, 'state', 'desktop'));
    expect(protocol.schemes).toEqual([
      { scheme: 'archbridge', privileges: { standard: true, secure: true } },
    ]);
  });

  it('restricts every page that is ever created, not only its own', async () => {
    await begin();
    const contents = new StandInContents();
    app.emit('web-contents-created', {}, contents);
    expect(contents.forbids('will-navigate', 'https://evil.example/')).toBe(true);
    expect(contents.windowOpenHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
  });

  it('has a single instance: the second one ends at once, and the first one comes to the front with its files', async () => {
    app.hasLock = false;
    await import('../../electron/main.js');
    expect(app.calls).toEqual(['enableSandbox', 'setAppUserModelId io.archbridge.desktop', 'quit']);
    expect(BrowserWindow.all).toEqual([]);
    vi.resetModules();
    app.hasLock = true;
    await begin();
    const [window] = BrowserWindow.all;
    await vi.waitFor(() => expect(app.listenerCount('second-instance')).toBe(1), 30_000);
    app.emit('second-instance', {}, ['electron', '--switch', '/checkout', 'a.tar.gz'], folder);
    expect(window?.focused).toBe(true);
    expect(BrowserWindow.all).toHaveLength(1);
    const sent = vi.spyOn(window!.webContents, 'send');
    const question = { type: 'invoke', method: 'info', input: null, call: 'x' };
    await ipcMain.handlers.get('archbridge')?.({ senderFrame: window!.webContents.mainFrame }, question);
    expect(sent.mock.calls).toEqual([
      ['archbridge-events', { type: 'files-opened', paths: [join(folder, 'a.tar.gz')] }],
    ]);
  });

  it('says why it cannot start', async () => {
    await import('../../electron/main.js');
    await vi.waitFor(() => expect(app.calls).toContain('exit 1'), 30_000);
    expect(dialog.asked).toEqual([['error', expect.stringContaining(join(folder, 'page'))]]);
  });
});
