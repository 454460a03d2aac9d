// Part of `npm run test:long`. In every phase of a run the tab is loaded again and a second one is opened: both show the run as the
// first one did.
import type { Page } from '@playwright/test';
import { openGate, type Gate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { expect, listen, needs, test, type AppUnderTest } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

const CHARTS = /^\/v2\/(?:addon|community)\//;

/** Name of the phase as the app shows it, and the requests that are held in it. */
const PHASES: readonly (readonly [string, (method: string, path: string) => boolean])[] = [
  ['run.stage.read', (method, path) => /^(?:PUT|PATCH)$/.test(method) && path.includes('/blobs/uploads/')],
  [
    'run.stage.tags',
    (method, path) => method === 'PUT' && path.includes('/manifests/') && !CHARTS.test(path),
  ],
  ['run.stage.charts', (method, path) => method === 'PUT' && CHARTS.test(path)],
  [
    'run.stage.sweep',
    (method, path) => method === 'GET' && path.includes('/manifests/') && !CHARTS.test(path),
  ],
];

async function expectRun(page: Page, { say }: AppUnderTest, gate: Gate): Promise<number> {
  await steps.heading(page, say('run.title')).waitFor();
  await expect(page.getByRole('banner')).toContainText(gate.host);
  await expect(page.getByRole('complementary')).toContainText(gate.host);
  const images = page.getByRole('table', { name: say('run.images') });
  await expect(images.getByRole('row').nth(1)).toBeVisible();
  await expect(steps.button(page, say('run.cancel'))).toBeEnabled();
  const bar = page.getByRole('main').getByRole('progressbar').first();
  return Number(await bar.getAttribute('aria-valuenow'));
}

test('@long a reload and a second tab in each phase of a run', async ({ app }) => {
  test.slow();
  const { page, say } = app;
  const registry = await startRegistry({ version: 2 });
  const gate = await openGate(registry.host);
  try {
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.addPlainRegistry(app, gate.host);
    await steps.compare(app);
    await steps.plan(app);
    let before = 0;
    for (const [at, [phase, holds]] of PHASES.entries()) {
      // What was held is passed on, and what comes after it is held again.
      gate.release();
      gate.hold(holds);
      if (at === 0) await steps.approval(app).click();
      await expect.poll(() => gate.held, { timeout: 60_000 }).toBeGreaterThan(0);
      await expect(page.getByRole('main')).toContainText(say(phase));
      const done = await expectRun(page, app, gate);
      expect(done).toBeGreaterThanOrEqual(before);
      await page.reload();
      expect(await expectRun(page, app, gate)).toBeGreaterThanOrEqual(before);
      const tab = await app.newTab();
      const complaints = listen(tab);
      await expect(tab.getByRole('main')).toContainText(say(phase));
      await expectRun(tab, app, gate);
      await tab.close();
      expect(complaints).toEqual([]);
      before = done;
    }
    gate.open();
    await steps.untilReport(app, ...steps.WITH_GAPS);
    await page.reload();
    await steps.untilReport(app, ...steps.WITH_GAPS);
  } finally {
    await gate.close();
    await registry.stop();
  }
});
