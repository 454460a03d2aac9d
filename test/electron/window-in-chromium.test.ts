// The built window in a real Chromium under the desktop's policy, with the desktop's main process behind it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { EXAMPLES } from '../support/app-bench.js';
import { showInChromium, type ShownWindow } from '../support/electron-stand-in/chromium-window.js';
import { desktopBenches } from '../support/electron-stand-in/desktop-bench.js';
import { dialog } from '../support/electron-stand-in/electron.js';
import { findProgram } from '../support/programs.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

vi.mock('electron', () => import('../support/electron-stand-in/electron.js'));

let built = '';
const start = desktopBenches(() => built);

describe.runIf(findProgram('chromium') !== null)('the desktop window', { timeout: 120_000 }, () => {
  let shown: ShownWindow | null = null;

  beforeAll(() => {
    built = mkdtempSync(join(tmpdir(), 'archbridge-window-'));
    const vite = join(PROJECT_ROOT, 'node_modules/vite/bin/vite.js');
    const config = join(PROJECT_ROOT, 'build/vite.config.mjs');
    const args = [
      vite,
      'build',
      '--config',
      config,
      '--outDir',
      built,
      '--emptyOutDir',
      '--logLevel',
      'warn',
    ];
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 120_000);
  afterAll(async () => {
    await shown?.close();
    rmSync(built, { recursive: true, force: true });
  });

  it("lists the examples, opens the system's dialog, accepts files from outside, and violates no rule of the policy", async () => {
    const bench = await start();
    shown = await showInChromium(bench);
    const { page, complaints } = shown;
    const row = (path: string) => page.getByText(path.split('/').at(-1) ?? '', { exact: true }).first();
    await row(EXAMPLES[0] ?? '').waitFor();
    await row(EXAMPLES[1] ?? '').waitFor();

    const chosen = join(
      PROJECT_ROOT,
      'test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz',
    );
    dialog.answers.push({ canceled: false, filePaths: [chosen] });
    await page.getByRole('button', { name: 'Choose files…' }).click();
    await row(chosen).waitFor();

    bench.desktop.openFiles(['from-outside.tar.gz'], '/elsewhere');
    await row('from-outside.tar.gz').waitFor();

    expect(complaints).toEqual([]);
    expect(await page.evaluate("archbridge.pathOf(new File([], 'a.tar'))")).toBe('/dropped/a.tar');
    expect(await page.evaluate("fetch('/index.html').then(() => 'answered', () => 'refused')")).toBe(
      'refused',
    );
  });
});
