// `npm start` without arguments: Electron where it exists and can run, otherwise the browser; nothing is downloaded without a
// question.
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { findElectron, startApp } from '../../build/start-app.mjs';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
let root = '';
let served = 0;
const serve = async (): Promise<void> => void (served += 1);
const told = (): string => vi.mocked(console.error).mock.calls.flat().join('\n');

beforeEach(() => {
  root = scratch();
  served = 0;
  vi.stubEnv('DISPLAY', ':99');
  vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', '');
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  if (process.getuid) vi.spyOn(process, 'getuid').mockReturnValue(1000);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  process.exitCode = 0;
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A program in place of Electron that records how it was called. */
function fakeElectron(path: string, status: number): void {
  write(path, `#!/bin/sh\necho "$* $ELECTRON_RUN_AS_NODE" > "${root}/called"\nexit ${status}\n`);
  chmodSync(join(root, path), 0o755);
}
const called = (): string =>
  existsSync(join(root, 'called')) ? readFileSync(join(root, 'called'), 'utf8') : '';

describe.runIf(process.platform === 'linux')('npm start', () => {
  it('opens the desktop app with the Electron that was installed', async () => {
    fakeElectron('node_modules/electron/dist/electron', 0);
    write('node_modules/electron/path.txt', 'electron');
    vi.stubEnv('ELECTRON_RUN_AS_NODE', '1');
    await startApp(root, serve);
    expect(called()).toBe(`${root} \n`);
    expect(served).toBe(0);
  });

  it('takes the one that the environment names', async () => {
    fakeElectron('elsewhere/electron', 0);
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', join(root, 'elsewhere'));
    expect(findElectron(root)).toBe(join(root, 'elsewhere/electron'));
    await startApp(root, serve);
    expect(called()).toContain(root);
  });

  it('serves for a browser, and says why, when Electron ends at once', async () => {
    fakeElectron('node_modules/electron/dist/electron', 7);
    await startApp(root, serve);
    expect(called()).toContain(root);
    expect(served).toBe(1);
    expect(told()).toContain('could not be started (7)');
  });

  it("serves where there is no display, and for root, for whom Chromium's sandbox cannot work", async () => {
    fakeElectron('node_modules/electron/dist/electron', 0);
    vi.stubEnv('DISPLAY', '');
    vi.stubEnv('WAYLAND_DISPLAY', '');
    await startApp(root, serve);
    vi.stubEnv('DISPLAY', ':99');
    vi.spyOn(process, 'getuid').mockReturnValue(0);
    await startApp(root, serve);
    expect([called(), served]).toEqual(['', 2]);
    expect(told()).toContain('not run as root');
  });

  it('downloads nothing when it cannot ask', async () => {
    write(
      'node_modules/electron/install.js',
      `require('node:fs').writeFileSync('${root}/called', 'installer')`,
    );
    await startApp(root, serve);
    expect([called(), served]).toEqual(['', 1]);
  });
});
