// Several targets from one reading: ticked on the screen Target, compared and planned one by one, imported together, and undone together.
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
    await expect.poll(() => gate.held).toBeGreaterThan(0);
    const targets = page.getByRole('region', { name: say('run.targets') });
    await expect(targets.getByRole('progressbar')).toHaveCount(2);
    await expect(page.getByRole('complementary')).toContainText(gate.host);
    const line = (name: string) => targets.getByRole('listitem').filter({ hasText: name });
    // Another run is shown by a click; after a reload both are there.
    await line(folder).getByRole('button').first().click();
    await expect(page.getByRole('banner')).toContainText(store);
    await page.reload();
    await expect(targets.getByRole('progressbar')).toHaveCount(2);
    expect(await axeFindings(page, 'run-several')).toEqual([]);
    // Stopped in the middle, both are undone.
    await steps.button(page, say('run.cancel')).click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: say('run.stopAndUndo') })
      .click();
    gate.open();
    for (const name of [gate.host, folder])
      await expect(line(name)).toContainText(say('outcome.undone'), { timeout: 60_000 });
    expect(await registryState(registry.url)).toEqual({});

    // Each target has a comparison and a plan of its own; the approval is for both.
    await steps.goTo(app, 'target.title');
    await steps.compare(app);
    const shown = (label: string) => page.getByRole('radiogroup', { name: say(label) });
    await shown('compare.with').getByText(folder).click();
    await expect(page.getByRole('treegrid', { name: say('compare.matrix') })).toBeVisible();
    await steps.plan(app);
    await expect(page.getByRole('main')).toContainText(say('plan.space.store', { where: store }));
    await shown('plan.for').getByText(gate.host).click();
    await expect(page.getByRole('main')).not.toContainText(say('plan.space.store', { where: store }));
    await expect(steps.approval(app)).toContainText(say('plan.targetCount', { count: 2 }));
    expect(await axeFindings(page, 'plan-several')).toEqual([]);
    await steps.approval(app).click();
    for (const name of [gate.host, folder])
      await expect(line(name)).toContainText(say('outcome.gaps'), { timeout: 90_000 });
    expect((await registryState(registry.url))['quayside/api:10.2.0']).toMatch(/^sha256:/);
    expect(statSync(join(store, 'oci', 'index.json')).size).toBeGreaterThan(500);
    for (const [name, place] of [
      [gate.host, gate.host],
      [folder, store],
    ] as const) {
      await line(name)
        .getByRole('button', { name: app.like('run.reportOf') })
        .click();
      await steps.untilReport(app, ...steps.WITH_GAPS);
      await expect(page.getByRole('main')).toContainText(place);
      await steps.goTo(app, 'run.title');
    }
  } finally {
    await gate.close();
    await registry.stop();
  }
});
