// Checks every screen, dialog and state with axe: no violation in both languages and both themes.
import { openGate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { expect, needs, test } from './app-under-test.js';
import { axeFindings } from './axe-findings.js';
import { tourOfAnImport, tourOfBeginnings } from './tour.js';

for (const language of ['en', 'zh-CN'] as const) {
  test.describe(language, () => {
    test.slow();
    test.use({ settings: { language } });

    test('packages, targets, settings', async ({ app }) => {
      const all: string[] = [];
      await tourOfBeginnings(app, async (state) => void all.push(...(await axeFindings(app.page, state))));
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
            async (state) => void all.push(...(await axeFindings(app.page, state))),
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
