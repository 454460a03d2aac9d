// A plan is saved with its decisions, opened again, also on another computer, and carried out.
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { startRegistry } from '../support/registries.js';
import { openBench, packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, needs, test } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

test('@web a saved plan is opened with its decisions and carried out', async ({ app }) => {
  const { page, say, home } = app;
  const registry = await startRegistry({ version: 2 });
  try {
    const bench = await openBench();
    await bench.seed(['v0.9.0-amd64'], { registry: registry.url });
    await bench.close();
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.addPlainRegistry(app, registry.host);
    await steps.compare(app);
    await steps.plan(app);
    const collector = page.getByRole('radiogroup', { name: /driftnet\/collector/ });
    await collector.getByText(say('plan.replaceShort')).click();
    const download = page.waitForEvent('download');
    await steps.button(page, say('plan.save')).click();
    cpSync(await (await download).path(), join(home, 'plan.json'));

    // A new session that knows the target, but has chosen nothing.
    await page.addInitScript(() => sessionStorage.clear());
    await page.reload();
    await steps.heading(page, say('packages.title')).waitFor();
    await steps.button(page, say('plan.open')).click();
    const dialog = page.getByRole('dialog', { name: say('plan.open') });
    await dialog.getByLabel(say('picker.path')).fill(home);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'plan.json' }).click();
    await dialog.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
    await page.getByText(say('plan.what')).waitFor();
    await expect(collector.getByRole('radio', { name: say('plan.replaceShort') })).toBeChecked();
    const before = (await registryState(registry.url))['driftnet/collector:0.9.0'];
    await steps.approval(app).click();
    const second = page.getByRole('dialog', { name: say('plan.replaceTitle', { count: 1 }) });
    await second.getByRole('button', { name: say('plan.replaceYes') }).click();
    await steps.untilReport(app, ...steps.WITH_GAPS);
    const after = (await registryState(registry.url))['driftnet/collector:0.9.0'];
    expect(after).not.toBe(before);
  } finally {
    await registry.stop();
  }
});

test('@web a file that is no plan says so, and nothing is chosen', async ({ app }) => {
  const { page, say, home } = app;
  const [path = ''] = app.bring(packagePath('v0.9.0-amd64'));
  cpSync(`${path}.sha512`, join(home, 'no-plan.json'));
  await steps.button(page, say('plan.open')).click();
  const dialog = page.getByRole('dialog', { name: say('plan.open') });
  await dialog.getByLabel(say('picker.path')).fill(home);
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'no-plan.json' }).click();
  await dialog.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
  const card = page.getByRole('alert').filter({ hasText: 'no-plan.json' });
  await card.getByRole('button', { name: say('action.close') }).click();
  await expect(card).toBeHidden();
  await expect(steps.footer(page)).toContainText(say('packages.meaning.none'));
});
