// The desktop app in a real Electron, where there is one (node_modules/electron, or ELECTRON_OVERRIDE_DIST_PATH) and a display:
// what the stand-in cannot prove, because Chromium or the system does it.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectron } from '../../build/start-app.mjs';
import type { AppBridge } from '../../core/contract.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const root = PROJECT_ROOT.replace(/[\\/]$/, '');
const executablePath = findElectron(root);
const isBuilt =
  existsSync(join(root, 'dist/electron/preload.cjs')) && existsSync(join(root, 'dist/renderer/index.html'));
const hasDisplay = process.platform !== 'linux' || Boolean(process.env['DISPLAY']);

describe.runIf(executablePath !== null && isBuilt && hasDisplay)(
  'a real Electron',
  { timeout: 120_000 },
  () => {
    let folder = '';
    let app: ElectronApplication;
    let page: Page;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'archbridge-electron-'));
      // Chromium refuses its sandbox to root, as in containers of CI.
      const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      app = await _electron.launch({
        ...(executablePath === null ? {} : { executablePath }),
        args: [...asRoot, root],
        env: { ...process.env, ARCHBRIDGE_STATE_DIR: join(folder, 'state') },
      });
      page = await app.firstWindow();
      await page.waitForLoadState();
    }, 60_000);
    afterAll(async () => {
      await app?.close();
      rmSync(folder, { recursive: true, force: true });
    });

    it('shows the page under its own scheme, without Node, with the bridge alone', async () => {
      expect(page.url()).toBe('archbridge://window/');
      const seen = await page.evaluate(() => ({
        node: ['process', 'require', 'Buffer', 'module'].filter((name) => name in globalThis),
        bridge: Object.keys(Reflect.get(globalThis, 'archbridge') as object).sort(),
      }));
      expect(seen).toEqual({ node: [], bridge: ['cancel', 'invoke', 'onEvent', 'pathOf'] });
    });

    it('keeps its policy: no inline script, no other host, no other page', async () => {
      // As text, because these tests have no types of a browser.
      const fetching = "fetch('https://example.com/').then(() => 'answered', () => 'refused')";
      expect(await page.evaluate(fetching)).toBe('refused');
      expect(await page.evaluate("window.open('https://example.com/') === null")).toBe(true);
      await page.evaluate("location.assign('https://example.com/')").catch(() => undefined);
      expect(page.url()).toBe('archbridge://window/');
    });

    it('imports the examples with the engine in its utility process', async () => {
      const report = await page.evaluate(
        async (store) => {
          const bridge = Reflect.get(globalThis, 'archbridge') as AppBridge;
          const info = await bridge.invoke('info', null, 'info');
          const examples = info.ok ? info.value.examples : [];
          return bridge.invoke('import', { packages: examples, target: { store } }, 'run');
        },
        join(folder, 'store'),
      );
      expect(report).toMatchObject({ ok: true, value: { result: 'done' } });
      const processes = await app.evaluate(({ app: program }) =>
        program.getAppMetrics().map(({ name, type }) => name ?? type),
      );
      expect(processes).toContain('Archbridge engine');
    });

    it('keeps passwords only where there is a keychain', async () => {
      const [backend, info] = await Promise.all([
        app.evaluate(({ safeStorage }) =>
          process.platform === 'linux' ? safeStorage.getSelectedStorageBackend() : 'system',
        ),
        page.evaluate(async () =>
          (Reflect.get(globalThis, 'archbridge') as AppBridge).invoke('info', null, 'again'),
        ),
      ]);
      if (info.ok && ['basic_text', 'unknown'].includes(backend))
        expect(info.value.keepsPasswords).toBe(false);
      expect(info.ok).toBe(true);
    });
  },
);
