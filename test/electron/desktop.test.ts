// The desktop's main process on a stand-in for Electron: what the window may, who may call, and what happens when things end.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AppInfo, Report } from '../../core/contract.js';
import { ask, openDesktopBench, type DesktopBench } from '../support/electron-stand-in/desktop-bench.js';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  powerSaveBlocker,
  resetElectron,
  safeStorage,
  session,
  shell,
  utilityProcess,
  type MenuItem,
} from '../support/electron-stand-in/electron.js';
import { EXAMPLES, nextCall, runEvents } from '../support/app-bench.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

let folder = '';
let preload = '';
const open: DesktopBench[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archbridge-desktop-'));
  preload = join(folder, 'preload.cjs');
  const built = spawnSync(process.execPath, [join(PROJECT_ROOT, 'build/electron-preload.mjs'), folder], {
    encoding: 'utf8',
  });
  expect(built.stderr + built.stdout).toBe('');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => resetElectron());
afterEach(async () => {
  for (const bench of open.splice(0)) {
    if (bench.window.isDestroyed()) continue;
    dialog.answers.push({ response: 1 });
    bench.window.tryToClose();
    await vi.waitFor(() => expect(bench.window.isDestroyed()).toBe(true), 20_000);
  }
});

let count = 0;
async function start(): Promise<DesktopBench> {
  count += 1;
  const own = join(folder, String(count));
  mkdirSync(own);
  const bench = await openDesktopBench(own, preload);
  open.push(bench);
  return bench;
}

const store = (bench: DesktopBench) => ({ store: join(bench.folder, 'store') });

async function begun(bench: DesktopBench, call: string): Promise<void> {
  await vi.waitFor(
    () => expect(runEvents(bench.events, call).map(({ type }) => type)).toContain('run-started'),
    10_000,
  );
}

describe('the window', () => {
  it('is locked up, as large as its screens need, and shown when there is something to see', async () => {
    const { window } = await start();
    expect(window.options).toMatchObject({ minWidth: 1180, minHeight: 680, show: false });
    expect(window.options['webPreferences']).toEqual({
      preload: expect.stringMatching(/preload\.cjs$/) as string,
      devTools: true,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    });
    expect(window.shown).toBe(1);
    expect(window.webContents.mainFrame.url).toBe('archbridge://window/');
  });

  it('has no developer tools once it is packaged', async () => {
    app.isPackaged = true;
    const { window } = await start();
    expect(window.options['webPreferences']).toMatchObject({ devTools: false });
    expect(JSON.stringify(Menu.menu)).not.toContain('toggleDevTools');
  });

  it('stays on its page and opens no other', async () => {
    const { webContents } = (await start()).window;
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate', 'will-attach-webview']) {
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'archbridge://window/assets/a-1.js',
      ]) {
        expect([name, url, webContents.forbids(name, url)]).toEqual([name, url, true]);
      }
    }
    expect(webContents.windowOpenHandler?.({ url: 'https://evil.example/' })).toEqual({ action: 'deny' });
  });

  it('is loaded again when its process is lost', async () => {
    const { webContents } = (await start()).window;
    webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    webContents.emit('render-process-gone', {}, { reason: 'clean-exit' });
    expect(webContents.reloads).toBe(1);
  });
});

describe('the session', () => {
  it('serves the page with its policy and a fresh nonce, and nothing beside it', async () => {
    const bench = await start();
    const { defaultSession } = session;
    const pages = await Promise.all([
      defaultSession.load('archbridge://window/'),
      defaultSession.load('archbridge://window/'),
    ]);
    const nonces = pages.map(
      (page) => /'nonce-([^']+)'/.exec(page.headers.get('content-security-policy') ?? '')?.[1],
    );
    expect(new Set(nonces).size).toBe(2);
    expect(await pages[0].text()).toBe(`<meta name="csp-nonce" content="${nonces[0] ?? ''}">`);
    expect(pages[0].headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self'; .*connect-src 'none'/,
    );
    expect((await defaultSession.load('archbridge://window/assets/a-1.js')).status).toBe(200);
    const ways = [
      'archbridge://window/../secret.txt',
      'archbridge://window/..%2fsecret.txt',
      `archbridge://window/${bench.folder}/secret.txt`,
      'archbridge://other/',
      'archbridge://window.evil.example/',
      'archbridge://window/none',
    ];
    for (const url of ways) expect([url, (await defaultSession.load(url)).status]).toEqual([url, 404]);
    expect((await defaultSession.load('archbridge://window/', 'POST')).status).toBe(404);
  });

  it('lets no request out', async () => {
    await start();
    const { defaultSession } = session;
    for (const url of [
      'https://github.com/',
      'http://127.0.0.1/',
      'wss://x/',
      'file:///etc/passwd',
      'ftp://x/',
      'archbridge://other/',
      'data:text/html,x',
      'blob:x',
    ]) {
      expect([url, defaultSession.allowsRequest(url)]).toEqual([url, false]);
    }
    expect(defaultSession.allowsRequest('archbridge://window/assets/a-1.js')).toBe(true);
    expect(defaultSession.forbids('will-download')).toBe(true);
    expect([defaultSession.spellChecker, defaultSession.spellCheckerLanguages]).toEqual([false, []]);
  });

  it('grants no permission but to copy text from our own page', async () => {
    await start();
    const { defaultSession } = session;
    const permissions = [
      'media',
      'geolocation',
      'notifications',
      'midi',
      'clipboard-read',
      'openExternal',
      'fullscreen',
      'usb',
      'hid',
      'serial',
      'display-capture',
      'fileSystem',
      'pointerLock',
      'storage-access',
    ];
    for (const permission of permissions) {
      expect([permission, defaultSession.allowsPermission(permission, 'archbridge://window/')]).toEqual([
        permission,
        false,
      ]);
    }
    expect(defaultSession.allowsPermission('clipboard-sanitized-write', 'archbridge://window/')).toBe(true);
    expect(defaultSession.allowsPermission('clipboard-sanitized-write', 'https://evil.example/')).toBe(false);
    expect(defaultSession.call('device')).toBe(false);
  });
});

describe('the bridge', () => {
  it('is the contract and nothing more', async () => {
    const { bridge } = await start();
    expect(Object.keys(bridge).sort()).toEqual(['cancel', 'invoke', 'onEvent', 'pathOf']);
    expect(bridge.pathOf(new File([], 'on-disk.tar'))).toBe('/drives/on-disk.tar');
    expect(bridge.pathOf(new File([], 'made in the page'))).toBeNull();
  });

  it('reaches the engine: a newcomer imports the examples', async () => {
    const bench = await start();
    const info = await ask<AppInfo>(bench.bridge, 'info', null);
    expect(info).toMatchObject({ host: 'desktop', keepsPasswords: true, stateDir: bench.stateDir });
    expect(info.examples.map((path) => path.split('/').at(-1))).toEqual(
      EXAMPLES.map((path) => path.split('/').at(-1)),
    );
    const call = nextCall();
    const report = await ask<Report>(
      bench.bridge,
      'import',
      { packages: info.examples, target: store(bench) },
      call,
    );
    expect(report.result).toBe('done');
    expect(existsSync(join(bench.folder, 'store', 'oci', 'index.json'))).toBe(true);
    expect(bench.events).toContainEqual({ type: 'run-ended', call, result: { ok: true, value: report } });
  });

  it('is answered only to our page in our window, and to no frame in it', async () => {
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
    const work = ask<Report>(
      bench.bridge,
      'import',
      { packages: EXAMPLES, target: store(bench), limitRate: 60_000 },
      call,
    );
    await begun(bench, call);
    bench.bridge.cancel(call);
    expect((await work).result).toBe('cancelled');
  });
});

describe('dialogs', () => {
  it('choose files and folders, and say when nobody chose', async () => {
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
    await vi.waitFor(() => expect(bench.engine()).not.toBe(engine));
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

  it('are not kept for longer than the session when nobody asked for it', async () => {
    const bench = await start();
    await ask(bench.bridge, 'setCredentials', { ...given, keep: false });
    expect(kept(bench)).toBe('');
  });

  it('are never kept without a keychain: not in basic text, not where nothing can be encrypted', async () => {
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

describe('a run', () => {
  it('shows on the taskbar, keeps the computer awake, and is told at its end', async () => {
    const bench = await start();
    const call = nextCall();
    const work = ask<Report>(
      bench.bridge,
      'import',
      { packages: EXAMPLES, target: store(bench), limitRate: 60_000 },
      call,
    );
    await begun(bench, call);
    expect(powerSaveBlocker.active.size).toBe(1);
    const run = runEvents(bench.events, call).find((event) => event.type === 'run-started');
    await ask(bench.bridge, 'pause', run?.type === 'run-started' ? run.run : '');
    await vi.waitFor(() => expect(Notification.shown.at(-1)?.options.body).toBe('The run is paused.'));
    expect(bench.window.progress.at(-1)?.[1]).toEqual({ mode: 'paused' });
    await ask(bench.bridge, 'resume', run?.type === 'run-started' ? run.run : '');
    await work;
    expect(powerSaveBlocker.active.size).toBe(0);
    const shares = bench.window.progress.map(([share]) => share);
    expect(shares.at(-1)).toBe(-1);
    expect(Math.max(...shares)).toBeGreaterThan(0);
    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(Notification.shown.at(-1)?.options.body).toBe('Imported. Every tag holds what it should.');
    Notification.shown.at(-1)?.emit('click');
    expect(bench.window.shown).toBe(2);
  });

  it('makes no noise while the window is looked at', async () => {
    const bench = await start();
    bench.window.focused = true;
    await ask(bench.bridge, 'import', { packages: EXAMPLES, target: store(bench) });
    expect(Notification.shown).toEqual([]);
  });

  it('is asked about before the window closes: keep running, or stop in good order', async () => {
    const bench = await start();
    const call = nextCall();
    const work = ask<Report>(
      bench.bridge,
      'import',
      { packages: EXAMPLES, target: store(bench), limitRate: 60_000 },
      call,
    );
    await begun(bench, call);
    dialog.answers.push({ response: 0 });
    expect(bench.window.tryToClose()).toBe(true);
    await vi.waitFor(() => expect(dialog.asked).toHaveLength(1));
    expect(dialog.asked[0]?.[1]).toMatchObject({
      buttons: ['Keep running', 'Stop and close'],
      cancelId: 0,
      defaultId: 0,
    });
    expect(bench.window.isDestroyed()).toBe(false);
    dialog.answers.push({ response: 1 });
    bench.window.tryToClose();
    expect((await work).result).toBe('cancelled');
    await vi.waitFor(() => expect(app.calls.at(-1)).toBe('quit'));
    expect(bench.window.isDestroyed()).toBe(true);
    expect(existsSync(join(bench.folder, 'store', '.archbridge', 'lock'))).toBe(false);
  });

  it('that does not go on lets the window close without a question', async () => {
    const bench = await start();
    bench.window.tryToClose();
    await vi.waitFor(() => expect(bench.window.isDestroyed()).toBe(true));
    expect(dialog.asked).toEqual([]);
    expect(bench.engine().isAlive).toBe(false);
  });
});

describe('the engine that is lost', () => {
  /** Takes everything and answers nothing. */
  function silentEngine(): unknown[] {
    const taken: unknown[] = [];
    utilityProcess.programs.set('engine-process.js', (port) => {
      port.on('message', ({ data }) => {
        taken.push(data);
        if (JSON.stringify(data).includes('"close"')) port.postMessage({ type: 'closed' });
      });
      port.postMessage({ type: 'hello' });
    });
    return taken;
  }

  it('ends its calls with a problem, tells the window, and is replaced', async () => {
    const bench = await start();
    const taken = silentEngine();
    bench.engine().crash();
    const lost = nextCall();
    const work = bench.bridge.invoke('import', { packages: EXAMPLES, target: store(bench) }, lost);
    const question = bench.bridge.invoke('runs', {}, nextCall());
    await vi.waitFor(() => expect(taken).toHaveLength(3));
    bench.engine().crash();
    const gone = { ok: false, problem: { code: 'app.engine-lost', retryable: true } };
    expect(await work).toMatchObject(gone);
    expect(await question).toMatchObject(gone);
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'run-ended', call: lost }));
    expect(bench.events.at(-1)).toEqual({ type: 'engine-lost', restarted: true });
    expect(utilityProcess.started).toHaveLength(3);
  });

  it('again and again is not started over and over, but on the next question', async () => {
    const bench = await start();
    silentEngine();
    for (let losses = 1; losses <= 4; losses++) {
      const process = bench.engine();
      process.crash();
      await vi.waitFor(() =>
        expect(bench.events.filter(({ type }) => type === 'engine-lost')).toHaveLength(losses),
      );
    }
    expect(bench.events.at(-1)).toEqual({ type: 'engine-lost', restarted: false });
    expect(utilityProcess.started).toHaveLength(4);
    void bench.bridge.invoke('info', null, nextCall());
    await vi.waitFor(() => expect(utilityProcess.started).toHaveLength(5));
    bench.engine().crash();
  });
});

describe('files', () => {
  it('from outside are handed over once the page listens, and the window comes to the front', async () => {
    const bench = await start();
    bench.desktop.openFiles(['a.tar.gz', '--flag', '/abs/b.tar'], '/from');
    expect(bench.events.filter(({ type }) => type === 'files-opened')).toEqual([]);
    await ask(bench.bridge, 'info', null);
    expect(bench.events.at(-1)).toEqual({ type: 'files-opened', paths: ['/from/a.tar.gz', '/abs/b.tar'] });
    bench.window.minimized = true;
    bench.desktop.showWindow();
    expect([bench.window.minimized, bench.window.focused]).toEqual([false, true]);
    bench.desktop.openFiles(['c.tar'], '/from');
    expect(bench.events.at(-1)).toEqual({ type: 'files-opened', paths: ['/from/c.tar'] });
    expect(BrowserWindow.all).toHaveLength(1);
  });
});

describe('the menu', () => {
  const labels = (items: readonly MenuItem[]): readonly string[] =>
    items.flatMap(({ label, submenu }) => [...(label ? [label] : []), ...labels(submenu ?? [])]);
  const item = (items: readonly MenuItem[], label: string): MenuItem | undefined =>
    items.flatMap((one) => [one, ...(one.submenu ?? [])]).find((one) => one.label === label);

  it('speaks the language of the settings as soon as they are known', async () => {
    app.locale = 'zh-CN';
    const { bridge } = await start();
    expect(labels(Menu.menu)).toContain('帮助');
    await ask(bridge, 'saveSettings', { language: 'en' });
    expect(labels(Menu.menu)).toEqual(
      expect.arrayContaining(['File', 'Open packages…', 'Help', 'About Archbridge']),
    );
  });

  it('opens packages, the folder of the log, and tells the version', async () => {
    const bench = await start();
    await ask(bench.bridge, 'info', null);
    dialog.answers.push({ canceled: false, filePaths: ['/a.tar.gz'] });
    item(Menu.menu, 'Open packages…')?.click?.();
    await vi.waitFor(() =>
      expect(bench.events.at(-1)).toEqual({ type: 'files-opened', paths: ['/a.tar.gz'] }),
    );
    item(Menu.menu, "Open the log's folder")?.click?.();
    expect(shell.opened).toEqual([join(bench.stateDir, 'logs')]);
    item(Menu.menu, 'About Archbridge')?.click?.();
    expect(dialog.asked.at(-1)?.[1]).toMatchObject({ message: 'Archbridge' });
  });
});
