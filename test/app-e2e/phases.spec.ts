// Part of `npm run test:long`. In every phase of a run the tab is loaded again and a second one is opened: both show the run as the
// first one did. A registry that stays away is given up by the person.
import type { Page } from '@playwright/test';
import { openGate, type Gate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { expect, listen, needs, test, type AppUnderTest } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

/** Name of the phase as the app shows it, and the requests that are held in it. */
const PHASES: readonly (readonly [string, (method: string, path: string) => boolean])[] = [
  ['run.stage.read', (_, path) => path.includes('/blobs/uploads/')],
  ['run.stage.tags', (method, path) => method === 'PUT' && path.includes('/manifests/')],
  ['run.stage.charts', (method, path) => method !== 'GET' && /^\/v2\/(?:addon|community)\//.test(path)],
  ['run.stage.verify', (method, path) => method === 'HEAD' && path.includes('/blobs/')],
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

test('@web @long a reload and a second tab in each phase of a run', async ({ app }) => {
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

test('@long a registry that stays away: the person stops, and everything says what is there', async ({
  app,
}) => {
  const { page, say } = app;
  const registry = await startRegistry({ version: 2 });
  const gate = await openGate(registry.host);
  try {
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.addPlainRegistry(app, gate.host);
    gate.hold((_, path) => path.includes('/blobs/uploads/'));
    await steps.importNow(app);
    await expect.poll(() => gate.held, { timeout: 60_000 }).toBeGreaterThan(0);
    await gate.shut();
    await expect(steps.button(page, say('run.tryNow'))).toBeVisible({ timeout: 120_000 });
    // It is asked again at once, and still away.
    await steps.button(page, say('run.tryNow')).click();
    await expect(page.getByRole('alert').filter({ hasText: gate.host })).toBeVisible();
    await page.waitForTimeout(60_000);
    await expect(steps.button(page, say('run.tryNow'))).toBeVisible();
    await steps.button(page, say('run.cancel')).click();
    const asked = page.getByRole('dialog', { name: say('run.cancelTitle') });
    await asked.getByRole('button', { name: say('run.stopHere') }).click();
    await expect(steps.footer(page)).toContainText(say('outcome.stopped'), { timeout: 120_000 });
    await steps.goTo(app, 'report.title');
    await expect(page.locator('#report-verdict')).toHaveText(app.like('report.verdict.stopped'));
    await expect(page.getByRole('group', { name: say('history.title') })).toContainText(
      say('outcome.stopped'),
    );
  } finally {
    await gate.close();
    await registry.stop();
  }
});
