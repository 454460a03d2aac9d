// Choices before an import: charts are left out, and a newer image in the target is replaced.
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
    await drawer.getByText(say('plan.replace')).click();
    await page.keyboard.press('Escape');

    await steps.plan(app);
    const collector = page.getByRole('radiogroup', { name: /driftnet\/collector/ });
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
