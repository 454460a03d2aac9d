// Pictures of every screen and state, made with the genuine packages and the real engine: `npm run screenshots -- FOLDER`.
// Without a folder: the pictures of the README and of the guide (docs/guide.md).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { openGate, type Gate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { test } from './app-under-test.js';
import { tourOfAnImport, tourOfBeginnings, type Stop } from './tour.js';
import type { Language } from './words.js';

const folder = process.env['ARCHBRIDGE_PICTURES'] ?? '';
const OF_DOCUMENTS = ['packages', 'target-ready', 'compare', 'plan', 'run', 'report'];

interface Look {
  readonly name: string;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
}

const SMALL: Look = { name: '1366', theme: 'light', width: 1366, height: 768 };
const LOOKS: readonly Look[] = [
  SMALL,
  { name: 'dark', theme: 'dark', width: 1366, height: 768 },
  { name: '1024', theme: 'light', width: 1024, height: 700 },
  // 1366x768 at 200 % zoom.
  { name: 'zoomed', theme: 'light', width: 683, height: 384 },
  { name: 'tall', theme: 'light', width: 1366, height: 2000 },
];

function album(page: Page, into: string, looks: readonly Look[], wanted: (state: string) => boolean): Stop {
  mkdirSync(into, { recursive: true });
  return async (state) => {
    if (!wanted(state)) return;
    for (const { name, theme, width, height } of looks) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.locator(`html[data-mantine-color-scheme="${theme}"]`).waitFor();
      const path = join(into, looks.length > 1 ? `${state}-${name}.png` : `${state}.png`);
      await page.screenshot({ path, animations: 'disabled' });
    }
  };
}

if (folder === '') {
  // Chinese ones need a font of the system, such as Debian's fonts-wqy-microhei.
  ofDocuments('en', '.');
  ofDocuments('zh-CN', 'zh-CN');
} else {
  all('en', LOOKS);
  all('zh-CN', LOOKS);
}

function ofDocuments(language: Language, below: string): void {
  test.describe(language, () => {
    test.use({ settings: { language } });
    const into = join(PROJECT_ROOT, 'docs', 'pictures', below);
    const albumOf = (page: Page): Stop => album(page, into, [SMALL], (state) => OF_DOCUMENTS.includes(state));

    test('packages', async ({ app }) => {
      await tourOfBeginnings(app, albumOf(app.page));
    });

    test('target, compare, plan, run, report', async ({ app }) => {
      await withRegistry((gate) => tourOfAnImport(app, gate, albumOf(app.page), { refuse: false }));
    });
  });
}

function all(language: Language, looks: readonly Look[]): void {
  test.describe(language, () => {
    test.use({ settings: { language } });
    const albumOf = (page: Page): Stop => album(page, join(folder, language), looks, () => true);

    test('packages, targets, settings', async ({ app }) => {
      await tourOfBeginnings(app, albumOf(app.page));
    });

    test('compare, plan, run, report', async ({ app }) => {
      await withRegistry((gate) => tourOfAnImport(app, gate, albumOf(app.page)));
    });
  });
}

async function withRegistry(work: (gate: Gate) => Promise<void>): Promise<void> {
  const registry = await startRegistry({ version: 2 });
  const gate = await openGate(registry.host);
  try {
    await work(gate);
  } finally {
    await gate.close();
    await registry.stop();
  }
}
