// The whole desktop app on a stand-in for Electron: runs and closing, a lost engine, files from outside, the menu.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { EXAMPLES, nextCall } from '../support/app-bench.js';
import { ask, begun, desktopBenches, slowImport } from '../support/electron-stand-in/desktop-bench.js';
import {
  app,
  BrowserWindow,
  dialog,
  Menu,
  Notification,
  powerSaveBlocker,
  shell,
  utilityProcess,
  type MenuItem,
} from '../support/electron-stand-in/electron.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

const start = desktopBenches();

describe('a run', () => {
  it('shows on the taskbar, keeps the computer awake, and is notified at its end', async () => {
    const bench = await start();
    const call = nextCall();
    const work = ask(bench.bridge, 'import', slowImport(bench), call);
    const run = await begun(bench, call);
    expect(powerSaveBlocker.active.size).toBe(1);
    await ask(bench.bridge, 'pause', run);
    await vi.waitFor(
      () => expect(Notification.shown.at(-1)?.options.body).toBe('The run is paused.'),
      30_000,
    );
    expect(bench.window.progress.at(-1)?.[1]).toEqual({ mode: 'paused' });
    await ask(bench.bridge, 'resume', run);
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

  it('makes no notification while the window is focused', async () => {
    const bench = await start();
    bench.window.focused = true;
    await ask(bench.bridge, 'import', { packages: EXAMPLES, target: { store: join(bench.folder, 'store') } });
    expect(Notification.shown).toEqual([]);
  });

  it('asks before the window closes: keep running, or cancel and close', async () => {
    const bench = await start();
    const call = nextCall();
    const work = ask(bench.bridge, 'import', slowImport(bench), call);
    await begun(bench, call);
    dialog.answers.push({ response: 0 });
    expect(bench.window.tryToClose()).toBe(true);
    await vi.waitFor(() => expect(dialog.asked).toHaveLength(1), 30_000);
    expect(dialog.asked[0]?.[1]).toMatchObject({
      buttons: ['Keep running', 'Stop and close'],
      cancelId: 0,
      defaultId: 0,
    });
    expect(bench.window.isDestroyed()).toBe(false);
    dialog.answers.push({ response: 1 });
    bench.window.tryToClose();
    expect((await work).result).toBe('cancelled');
    await vi.waitFor(() => expect(app.calls.at(-1)).toBe('quit'), 30_000);
    expect(bench.window.isDestroyed()).toBe(true);
    expect(existsSync(join(bench.folder, 'store', '.archbridge', 'lock'))).toBe(false);
  });

  it('that has ended lets the window close without a question', async () => {
    const bench = await start();
    // Closing it once more while the engine ends its work does not close it before that.
    expect([bench.window.tryToClose(), bench.window.tryToClose()]).toEqual([true, true]);
    await vi.waitFor(() => expect(bench.window.isDestroyed()).toBe(true), 30_000);
    expect(dialog.asked).toEqual([]);
    expect(bench.engine().isAlive).toBe(false);
  });
});

describe('the engine that is lost', () => {
  /** Accepts every message and answers none. */
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
    const work = bench.bridge.invoke(
      'import',
      { packages: EXAMPLES, target: { store: join(bench.folder, 'store') } },
      lost,
    );
    const question = bench.bridge.invoke('runs', {}, nextCall());
    await vi.waitFor(() => expect(taken).toHaveLength(3), 30_000);
    bench.engine().crash();
    const gone = { ok: false, problem: { code: 'app.engine-lost', retryable: true } };
    expect(await work).toMatchObject(gone);
    expect(await question).toMatchObject(gone);
    expect(bench.events).toContainEqual(expect.objectContaining({ type: 'run-ended', call: lost }));
    expect(bench.events.at(-1)).toEqual({ type: 'engine-lost', restarted: true });
    expect(utilityProcess.started).toHaveLength(3);
  });

  it('that is lost again and again is started again only for the next call', async () => {
    const bench = await start();
    silentEngine();
    for (let losses = 1; losses <= 4; losses++) {
      const process = bench.engine();
      process.crash();
      await vi.waitFor(
        () => expect(bench.events.filter(({ type }) => type === 'engine-lost')).toHaveLength(losses),
        30_000,
      );
    }
    expect(bench.events.at(-1)).toEqual({ type: 'engine-lost', restarted: false });
    expect(utilityProcess.started).toHaveLength(4);
    void bench.bridge.invoke('info', null, nextCall());
    await vi.waitFor(() => expect(utilityProcess.started).toHaveLength(5), 30_000);
    bench.engine().crash();
  });
});

describe('files', () => {
  it('from outside are passed on once the page listens, and the window comes to the front', async () => {
    const bench = await start();
    bench.desktop.openFiles(['a.tar.gz', '/abs/b.tar'], '/from');
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
    await vi.waitFor(
      () => expect(bench.events.at(-1)).toEqual({ type: 'files-opened', paths: ['/a.tar.gz'] }),
      30_000,
    );
    item(Menu.menu, "Open the log's folder")?.click?.();
    expect(shell.opened).toEqual([join(bench.stateDir, 'logs')]);
    item(Menu.menu, 'About Archbridge')?.click?.();
    expect(dialog.asked.at(-1)?.[1]).toMatchObject({ message: 'Archbridge' });
  });
});
