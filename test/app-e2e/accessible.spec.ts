// Every screen, dialog and state as axe sees it: no violation in either language and either theme.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { openGate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { expect, needs, test } from './app-under-test.js';
import { tourOfAnImport, tourOfBeginnings } from './tour.js';

const OF_THEMES = ['color-contrast', 'link-in-text-block'];

/** What axe finds in this state: everything in the light theme; in the dark one what a theme can change. */
async function findings(page: Page, state: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    // the other mode needs a second page, which the desktop does not have
    const axe = new AxeBuilder({ page }).setLegacyMode();
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(OF_THEMES) : axe).analyze();
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary = '' } of nodes)
        found.push(`${state}, ${colorScheme}: ${id} ${target.join(' ')} ${failureSummary}`);
    }
  }
  return found;
}

for (const language of ['en', 'zh-CN'] as const) {
  test.describe(language, () => {
    test.use({ settings: { language } });

    test('packages, targets, settings', async ({ app }) => {
      const all: string[] = [];
      await tourOfBeginnings(app, async (state) => void all.push(...(await findings(app.page, state))));
      expect(all).toEqual([]);
    });

    test.describe('on a registry', () => {
      needs('docker-registry');

      test('compare, plan, run, report', async ({ app }) => {
        const all: string[] = [];
        const registry = await startRegistry({ version: 2 });
        const gate = await openGate(registry.host);
        try {
          await tourOfAnImport(
            app,
            gate,
            async (state) => void all.push(...(await findings(app.page, state))),
          );
        } finally {
          await gate.close();
          await registry.stop();
        }
        expect(all).toEqual([]);
      });
    });
  });
}
