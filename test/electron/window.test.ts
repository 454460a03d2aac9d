// The desktop's window and session on a stand-in for Electron: what the page may load, open and ask for.
import { describe, expect, it, vi } from 'vitest';
import { desktopBenches } from '../support/electron-stand-in/desktop-bench.js';
import { app, Menu, session } from '../support/electron-stand-in/electron.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

const start = desktopBenches();

describe('the window', () => {
  it('is restricted, as large as its screens need, and shown when the page is ready', async () => {
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

  it('is loaded again when its process crashes', async () => {
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

  it('grants no permission except copying text from our own page', async () => {
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
