// Part of `npm run test:long`: a registry that stays away is given up by the person.
import { openGate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { expect, needs, test } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

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
    await page.waitForTimeout(20_000);
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
