// Choices before an import: charts are left out, and a newer image in the target is replaced.
import { readFile } from 'node:fs/promises';
import { startRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { openBench, packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, needs, test } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

test('a chart is left out, a newer image is replaced after a second question, and nothing else', async ({
  app,
}) => {
  const { page, say, like } = app;
  const registry = await startRegistry({ version: 2 });
  try {
    const bench = await openBench();
    await bench.seed(['v0.9.0-amd64', 'v0.9.0-arm64'], { registry: registry.url });
    await bench.close();
    const before = await registryState(registry.url);
    const newer = await readTag(registry.url, 'driftnet/collector', '0.9.0');
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.addPlainRegistry(app, registry.host);
    await steps.compare(app);
    // A plan that was made before the chart was left out is dropped.
    const sounding = page.getByRole('button', { name: /^sounding/ });
    await steps.plan(app);
    await expect(sounding).toHaveCount(1);
    await steps.goTo(app, 'compare.title');
    await steps.imageRow(app, 'sounding/lead');
    await page.getByRole('checkbox', { name: say('compare.takeChart', { name: 'sounding' }) }).uncheck();
    const row = await steps.imageRow(app, 'driftnet/collector');
    await row.getByRole('gridcell').nth(1).click();
    const drawer = page.getByRole('dialog');
    await expect(drawer).toContainText(say('detail.differs'));
    await expect(drawer.locator('mark').first()).toHaveText('1');
    await drawer.getByText(say('drawer.across')).click();
    await expect(drawer).toContainText(say('drawer.nothingAcross'));
    await drawer.getByText(say('drawer.raw')).click();
    await expect(drawer.locator('pre').first()).toContainText('"schemaVersion": 2');
    await drawer.getByText(say('plan.replace')).click();
    await expect(drawer).toContainText(say('cause.replaceDecided', { platform: 'linux/amd64' }));
    await page.keyboard.press('Escape');
    await expect(row.getByRole('gridcell').nth(1)).toContainText(say('reason.decided'));

    // Filters: one state, then one chart by a click into the picture; what is shown is what is exported.
    await page.getByLabel(say('compare.search')).fill('');
    await page.getByRole('button', { name: say('state.missing'), exact: true }).click();
    await expect(page.getByRole('button', { name: say('compare.clear') })).toBeVisible();
    await page.getByRole('button', { name: say('compare.clear') }).click();
    await page.getByRole('button', { name: /^ferryman 1\.0\.0/ }).click();
    await expect(page.getByText(say('compare.shown', { shown: 2, count: 27 }))).toBeVisible();
    await page.getByRole('button', { name: say('compare.export') }).click();
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: say('compare.exportCsv') }).click(),
    ]);
    const table = await readFile(await saved.path(), 'utf8');
    expect(table.trimEnd().split('\r\n')).toHaveLength(1 + 2 * 2);
    await page.getByText('quay.io/ferryman/').first().click();
    await expect(drawer).toContainText(say('drawer.place', { at: 1, total: 2 }));
    await page.keyboard.press('j');
    await expect(drawer).toContainText(say('drawer.place', { at: 2, total: 2 }));
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: say('picture.allCharts') }).click();

    await steps.plan(app);
    const collector = page.getByRole('radiogroup', { name: /driftnet\/collector/ });
    await expect(collector.getByRole('radio', { name: say('plan.replaceShort') })).toBeChecked();
    await page.reload();
    await page.getByText(say('plan.what')).waitFor();
    await expect(collector.getByRole('radio', { name: say('plan.replaceShort') })).toBeChecked();
    const chart = page.getByRole('button', { name: /^quayside/ });
    await chart.click();
    const values = page.getByRole('group', { name: say('plan.valuesOf', { name: 'quayside' }) });
    await expect(values.locator('ins').first()).toContainText(registry.host);
    await expect(sounding).toHaveCount(0);
    await steps.approval(app).click();
    const question = page.getByRole('dialog', { name: say('plan.replaceTitle', { count: 1 }) });
    await expect(question).toContainText('driftnet/collector:0.9.0');
    expect(await registryState(registry.url)).toEqual(before);
    await question.getByRole('button', { name: say('plan.replaceYes') }).click();
    await steps.untilReport(app, ...steps.WITH_GAPS);

    const replaced = await readTag(registry.url, 'driftnet/collector', '0.9.0');
    expect(replaced?.platforms['linux/amd64']).not.toBe(newer?.platforms['linux/amd64']);
    expect(replaced?.platforms['linux/arm64']).toBe(newer?.platforms['linux/arm64']);
    const after = await registryState(registry.url);
    expect(Object.keys(after).filter((name) => name.includes('sounding'))).toEqual([]);
    expect(after['quayside/api:10.4.1']).toMatch(/^sha256:/);

    await steps.button(page, say('audit.start')).click();
    await expect(page.getByText(like('audit.findings'))).toBeVisible();
    await expect(page.getByRole('main')).toContainText('bollard/holder');
  } finally {
    await registry.stop();
  }
});
