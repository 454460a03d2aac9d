// What only the browser has: a tab that is closed during a run, a second tab, and the folder list in place of the system's dialog.
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { openGate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, listen, needs, test } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

test('@web a tab that is opened during a run shows it, and its end', async ({ app }) => {
  const { say } = app;
  const registry = await startRegistry({ version: 2 });
  const gate = await openGate(registry.host);
  try {
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.addPlainRegistry(app, gate.host);
    gate.hold((_, path) => path.includes('/blobs/uploads/'));
    await steps.importNow(app);
    await expect.poll(() => gate.held).toBeGreaterThan(0);
    const tab = await app.newTab();
    const complaints = listen(tab);
    await app.page.close();
    await steps.heading(tab, say('run.title')).waitFor();
    await expect(tab.getByRole('banner')).toContainText(gate.host);
    await expect(steps.button(tab, say('run.pause'))).toBeEnabled();
    // Images, packages and target come from the run, also after the tab is loaded again.
    const images = tab.getByRole('table', { name: say('run.images') });
    await expect(images.getByRole('row').nth(1)).toBeVisible();
    await tab.reload();
    await expect(images.getByRole('row').nth(1)).toBeVisible();
    await expect(tab.getByRole('complementary')).toContainText(gate.host);
    gate.open();
    await expect(tab.locator('#report-verdict')).toHaveText(app.like(...steps.WITH_GAPS), {
      timeout: 90_000,
    });
    expect((await registryState(registry.url))['quayside/api:10.4.1']).toMatch(/^sha256:/);
    expect(complaints).toEqual([]);
  } finally {
    await gate.close();
    await registry.stop();
  }
});

test('@web the folder list shows the serving computer, packages only, and nothing outside its roots', async ({
  app,
}) => {
  const { page, say, home } = app;
  const [path = ''] = app.bring(packagePath('v0.9.0-arm64'));
  await page.keyboard.press('Control+O');
  const dialog = page.getByRole('dialog', { name: say('picker.files') });
  const entry = (name: string | RegExp) => dialog.getByRole('button', { name });
  const place = dialog.getByLabel(say('picker.path'));
  await expect(place).toHaveValue('');
  await expect(entry(say('picker.up'))).toBeDisabled();
  await entry(home).click();
  await entry('packages').click();
  await expect(place).toHaveValue(join(home, 'packages'));
  await expect(entry(`${basename(path)}.sha512`)).toBeDisabled();
  await expect(entry(say('picker.takeNothing'))).toBeDisabled();
  await entry(say('picker.up')).click();
  await expect(place).toHaveValue(home);
  // Above a root there is only the list of roots.
  await entry(say('picker.up')).click();
  await expect(place).toHaveValue('');
  // A typed path outside of the roots is refused.
  await place.fill(dirname(app.stateDir));
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText(dirname(app.stateDir));
  await page.keyboard.press('Escape');
  await app.chooseFiles([path]);
  await expect(page.getByRole('row').filter({ has: page.getByTitle(path) })).toContainText(
    say('packages.checksum.sidecar'),
  );
});

test('@web the folder list begins where something was chosen last, takes a typed path, and selects all', async ({
  app,
}) => {
  const { page, say, home } = app;
  const paths = app.bring(packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64'));
  const dialog = page.getByRole('dialog', { name: say('picker.files') });
  const place = dialog.getByLabel(say('picker.path'));
  await page.keyboard.press('Control+O');
  await place.fill(join(home, 'packages'));
  await dialog.getByRole('button', { name: say('action.open') }).click();
  await dialog.getByRole('button', { name: say('picker.all', { count: 2 }) }).click();
  await dialog.getByRole('button', { name: say('picker.takeFiles', { count: 2 }) }).click();
  for (const path of paths)
    await expect(
      page
        .getByRole('row')
        .filter({ has: page.getByTitle(path) })
        .getByRole('checkbox'),
    ).toBeChecked();
  await page.reload();
  await page.getByRole('grid').first().waitFor();
  await page.keyboard.press('Control+O');
  await expect(place).toHaveValue(join(home, 'packages'));
});

test('@web the report is downloaded by the browser, in each form', async ({ app }) => {
  const { page, say } = app;
  await steps.button(page, say('packages.chooseExamples', { count: 2 })).click();
  await steps.importNow(app);
  await steps.untilReport(app, 'report.verdict.proven');
  for (const [form, begin] of [
    ['HTML', /^<!doctype html>/i],
    ['JSON', /^\{/],
    ['CSV', /^row,run,/],
  ] as const) {
    await steps.button(page, say('report.save')).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: form }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toMatch(new RegExp(`^archbridge-.+\\.${form.toLowerCase()}$`));
    expect(readFileSync(await saved.path(), 'utf8')).toMatch(begin);
  }
});

test('@web without the token nothing is served', async ({ app }) => {
  const { origin } = new URL(app.page.url());
  const answer = await fetch(`${origin}/`);
  expect(answer.status).toBe(401);
  expect(await answer.text()).not.toContain('<script');
});
