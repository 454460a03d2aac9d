// Several targets from one reading: ticked on the screen Target, imported together, with progress and a report for each.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { openGate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, needs, test } from './app-under-test.js';
import { axeFindings } from './axe-findings.js';
import * as steps from './steps.js';

needs('docker-registry');

test('a registry and a folder are ticked, imported from one reading, and each has a row and a report', async ({
  app,
}) => {
  const { page, say, store } = app;
  const registry = await startRegistry({ version: 2 });
  const gate = await openGate(registry.host);
  try {
    await steps.addPackages(app, packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64'));
    await steps.addPlainRegistry(app, gate.host);
    const folder = say('target.folder');
    await page.getByRole('checkbox', { name: say('target.also', { name: folder }) }).check();
    await expect(steps.footer(page)).toContainText(say('target.footer.several', { count: 2 }));
    expect(await axeFindings(page, 'target-several')).toEqual([]);
    // A tick survives a reload.
    await page.reload();
    await steps.button(page, say('target.importSeveral', { count: 2 })).click();
    const dialog = page.getByRole('dialog', { name: say('packages.now.title') });
    await expect(dialog).toContainText(gate.host);
    await expect(dialog).toContainText(store);
    gate.hold((_, path) => path.includes('/blobs/uploads/'));
    await dialog.getByRole('button', { name: say('packages.importNow') }).click();
    await expect.poll(() => gate.held, { timeout: 30_000 }).toBeGreaterThan(0);
    const targets = page.getByRole('region', { name: say('run.targets') });
    await expect(targets.getByRole('progressbar')).toHaveCount(2);
    await expect(page.getByRole('complementary')).toContainText(gate.host);
    const line = (name: string) => targets.getByRole('listitem').filter({ hasText: name });
    // Another run is shown by a click; after a reload both are there.
    await line('archbridge-store').getByRole('button').first().click();
    await expect(page.getByRole('banner')).toContainText(store);
    await page.reload();
    await expect(targets.getByRole('progressbar')).toHaveCount(2);
    expect(await axeFindings(page, 'run-several')).toEqual([]);
    gate.open();
    for (const name of [gate.host, 'archbridge-store'])
      await expect(line(name)).toContainText(say('outcome.gaps'), { timeout: 90_000 });
    expect((await registryState(registry.url))['quayside/api:10.2.0']).toMatch(/^sha256:/);
    expect(statSync(join(store, 'oci', 'index.json')).size).toBeGreaterThan(500);
    for (const name of [gate.host, 'archbridge-store']) {
      await line(name)
        .getByRole('button', { name: app.like('run.reportOf') })
        .click();
      await steps.untilReport(app, ...steps.WITH_GAPS);
      await expect(page.getByRole('main')).toContainText(name);
      await steps.goTo(app, 'run.title');
    }
  } finally {
    await gate.close();
    await registry.stop();
  }
});
