// From the page to the engine and back on a stand-in for Electron: which senders are answered, what dialogs and keychain do.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES, nextCall } from '../support/app-bench.js';
import {
  ask,
  begun,
  desktopBenches,
  slowImport,
  type DesktopBench,
} from '../support/electron-stand-in/desktop-bench.js';
import { dialog, ipcMain, resetElectron, safeStorage } from '../support/electron-stand-in/electron.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

const start = desktopBenches();

describe('the bridge', () => {
  it('is the contract and nothing more', async () => {
    const { bridge } = await start();
    expect(Object.keys(bridge).sort()).toEqual(['cancel', 'invoke', 'onEvent', 'pathOf']);
    expect(bridge.pathOf(new File([], 'on-disk.tar'))).toBe('/drives/on-disk.tar');
    expect(bridge.pathOf(new File([], 'made in the page'))).toBeNull();
  });

  it('reaches the engine: a newcomer imports the examples', async () => {
    const bench = await start();
    const info = await ask(bench.bridge, 'info', null);
    expect(info).toMatchObject({ host: 'desktop', keepsPasswords: true, stateDir: bench.stateDir });
    expect(info.examples.map((path) => path.split('/').at(-1))).toEqual(
      EXAMPLES.map((path) => path.split('/').at(-1)),
    );
    const call = nextCall();
    const report = await ask(
      bench.bridge,
      'import',
      { packages: info.examples, target: { store: join(bench.folder, 'store') } },
      call,
    );
    expect(report.result).toBe('done');
    expect(existsSync(join(bench.folder, 'store', 'oci', 'index.json'))).toBe(true);
    expect(bench.events).toContainEqual({ type: 'run-ended', call, result: { ok: true, value: report } });
  });

  it('answers only our page in our window, and no frame in it', async () => {
    const { window } = await start();
    const handler = ipcMain.handlers.get('archbridge');
    const message = { type: 'invoke', method: 'info', input: null, call: nextCall() };
    expect([...ipcMain.handlers.keys()]).toEqual(['archbridge']);
    const strangers = [null, { url: 'archbridge://window/' }, { url: 'https://evil.example/' }];
    for (const senderFrame of strangers) {
      await expect(handler?.({ senderFrame }, message)).rejects.toThrow('refused');
    }
    const { mainFrame } = window.webContents;
    expect(await handler?.({ senderFrame: mainFrame }, message)).toMatchObject({ ok: true });
    mainFrame.url = 'https://evil.example/';
    await expect(handler?.({ senderFrame: mainFrame }, message)).rejects.toThrow('refused');
    mainFrame.url = 'archbridge://window/';
    for (const wrong of [null, 'x', { type: 'close' }, { type: 'invoke', method: 1, call: 'x' }]) {
      await expect(handler?.({ senderFrame: mainFrame }, wrong)).rejects.toThrow();
    }
    expect(
      await handler?.({ senderFrame: mainFrame }, { ...message, method: 'exit', call: 'y' }),
    ).toMatchObject({
      ok: false,
      problem: { code: 'app.bad-request' },
    });
  });

  it('cancels a run', async () => {
    const bench = await start();
    const call = nextCall();
    const work = ask(bench.bridge, 'import', slowImport(bench), call);
    await begun(bench, call);
    bench.bridge.cancel(call);
    expect((await work).result).toBe('cancelled');
  });
});

describe('dialogs', () => {
  it('choose files and folders, and say when the person cancelled', async () => {
    const { bridge } = await start();
    dialog.answers.push(
      { canceled: false, filePaths: ['/a.tar.gz', '/b.tar.gz'] },
      { canceled: true, filePaths: [] },
    );
    expect(await ask(bridge, 'chooseFiles', null)).toEqual(['/a.tar.gz', '/b.tar.gz']);
    expect(await ask(bridge, 'chooseFiles', null)).toEqual([]);
    dialog.answers.push({ canceled: false, filePaths: ['/stores'] });
    expect(await ask(bridge, 'chooseFolder', null)).toEqual(['/stores']);
    expect(dialog.asked.map(([kind]) => kind)).toEqual(['open', 'open', 'open']);
    expect(dialog.asked[2]?.[1]).toMatchObject({ properties: ['openDirectory', 'createDirectory'] });
  });

  it('save a text where the person says, and say what went wrong', async () => {
    const bench = await start();
    const filePath = join(bench.folder, 'report.html');
    dialog.answers.push(
      { canceled: false, filePath },
      { canceled: true },
      { canceled: false, filePath: join(bench.folder, 'none', 'x') },
    );
    const file = { name: '../../etc/report.html', text: '<p>' };
    expect(await ask(bench.bridge, 'saveFile', file)).toBe(true);
    expect(readFileSync(filePath, 'utf8')).toBe('<p>');
    expect(dialog.asked[0]?.[1]).toMatchObject({
      defaultPath: expect.stringMatching(/[\\/]report\.html$/) as string,
    });
    expect((dialog.asked[0]?.[1] as { defaultPath: string }).defaultPath).not.toContain('etc');
    expect(await ask(bench.bridge, 'saveFile', file)).toBe(false);
    expect(await bench.bridge.invoke('saveFile', file, nextCall())).toMatchObject({
      ok: false,
      problem: { code: 'app.file-not-saved' },
    });
  });
});

describe('passwords', () => {
  const given = { location: 'https://r.local', credentials: { username: 'keeper', password: 'p4ssw0rd' } };
  const kept = (bench: DesktopBench) =>
    existsSync(join(bench.stateDir, 'secrets.json'))
      ? readFileSync(join(bench.stateDir, 'secrets.json'), 'utf8')
      : '';

  it('are kept encrypted, given to the engine, and forgotten when asked', async () => {
    const bench = await start();
    await ask(bench.bridge, 'setCredentials', { ...given, keep: true });
    expect(kept(bench)).toContain('https://r.local');
    expect(kept(bench)).not.toMatch(/p4ssw0rd|keeper/);
    const engine = bench.engine();
    engine.crash();
    await vi.waitFor(() => expect(bench.engine()).not.toBe(engine), 30_000);
    const posted = vi.spyOn(bench.engine(), 'postMessage');
    await ask(bench.bridge, 'info', null);
    const first = { type: 'start', credentials: [given], keepsPasswords: true };
    expect(posted.mock.calls[0]?.[0]).toMatchObject(first);
    await ask(bench.bridge, 'setCredentials', {
      ...given,
      location: 'r.local',
      credentials: null,
      keep: true,
    });
    expect(kept(bench)).not.toContain('r.local');
  });

  it('are not kept after the session when nobody asked for it', async () => {
    const bench = await start();
    await ask(bench.bridge, 'setCredentials', { ...given, keep: false });
    expect(kept(bench)).toBe('');
  });

  it("are never kept without a keychain: neither in Chromium's basic_text, nor where encryption is not available", async () => {
    for (const state of [{ backend: 'basic_text' }, { backend: 'unknown' }, { available: false }]) {
      resetElectron();
      Object.assign(safeStorage, state);
      const bench = await start();
      expect(await ask(bench.bridge, 'info', null)).toMatchObject({ keepsPasswords: false });
      await ask(bench.bridge, 'setCredentials', { ...given, keep: true });
      expect(kept(bench)).toBe('');
    }
  });
});
