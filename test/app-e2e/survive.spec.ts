// What the window shows when something breaks in the middle of a run, with its buttons: a removed drive, a registry that is away or
// full, an engine that is killed, a package that ends early.
import { renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locator } from '@playwright/test';
import type { Gate } from '../support/gate.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import type { AppUnderTest } from './app-under-test.js';
import { expect, isUpload, needs, test } from './held-registry.js';
import { startServe } from './serve-process.js';
import * as steps from './steps.js';

needs('registry');

function cardWith({ page }: AppUnderTest, button: Locator): Locator {
  return page.getByRole('alert').filter({ has: button });
}

/** Begins an import of two packages and holds the uploads of the first. */
async function beginImport(app: AppUnderTest, gate: Gate): Promise<readonly string[]> {
  const packages = [packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64')];
  await steps.addPackages(app, ...packages);
  await steps.addPlainRegistry(app, gate.host);
  gate.hold(isUpload);
  await steps.importNow(app);
  await expect.poll(() => gate.held).toBeGreaterThan(0);
  return packages.map((path) => join(app.home, 'packages', basename(path)));
}

test('a drive that is removed is waited for with a countdown, and the run goes on when it is back', async ({
  app,
  gate,
  registry,
}) => {
  const { page, say } = app;
  const [, second = ''] = await beginImport(app, gate);
  renameSync(second, `${second}.away`);
  gate.open();
  const tryNow = steps.button(page, say('run.tryNow'));
  await expect(tryNow).toBeVisible({ timeout: 60_000 });
  await expect(cardWith(app, tryNow)).toContainText(basename(second));
  await expect(cardWith(app, tryNow).getByRole('timer')).toBeVisible();
  // The drive is asked for again at once, and is still away.
  await tryNow.click();
  await expect(tryNow).toBeVisible();
  renameSync(`${second}.away`, second);
  await steps.pressUnlessGone(tryNow);
  await steps.untilReport(app, ...steps.WITH_GAPS);
  expect((await registryState(registry.url))['beacon/agent:v3.1.0']).toMatch(/^sha256:/);
});

test('a registry that is away can be left: the run stops, and what was sent stays', async ({ app, gate }) => {
  const { page, say } = app;
  await beginImport(app, gate);
  await gate.shut();
  const stop = steps.button(page, say('run.stopWaiting'));
  await expect(stop).toBeVisible({ timeout: 90_000 });
  await expect(cardWith(app, stop).getByRole('timer')).toBeVisible();
  await stop.click();
  const asked = page.getByRole('dialog', { name: say('run.cancelTitle') });
  await asked.getByRole('button', { name: say('run.stopHere') }).click();
  await expect(steps.footer(page)).toContainText(say('outcome.stopped'), { timeout: 60_000 });
});

test('a registry without space ends the run with a card, and the same run brings the rest', async ({
  app,
  gate,
  registry,
}) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.9.0-amd64'));
  await steps.addPlainRegistry(app, gate.host);
  gate.fill((method, path) => method !== 'GET' && isUpload(method, path));
  await steps.importNow(app);
  const card = page.getByRole('alert').filter({ hasText: gate.host });
  await expect(card).toContainText(say('run.again'), { timeout: 60_000 });
  expect(await registryState(registry.url)).toEqual({});
  gate.open();
  await card.getByRole('button', { name: say('run.again') }).click();
  await steps.untilReport(app, ...steps.WITH_GAPS);
  expect((await registryState(registry.url))['beacon/agent:v3.1.0']).toMatch(/^sha256:/);
});

test('a registry that asks for a login in mid-run: the password is entered on the card, and the same run brings the rest', async ({
  app,
  gate,
  registry,
}) => {
  const { page, say } = app;
  await beginImport(app, gate);
  gate.demandLogin();
  gate.release();
  const card = page.getByRole('alert').filter({ hasText: gate.host });
  await card.getByRole('button', { name: say('check.enterPassword') }).click({ timeout: 60_000 });
  const dialog = page.getByRole('dialog', { name: say('target.loginAt', { host: gate.host }) });
  await dialog.getByLabel(say('target.field.user')).fill('ann');
  await dialog.getByLabel(say('target.field.password'), { exact: true }).fill('of-the-registry');
  await dialog.getByRole('button', { name: say('target.login') }).click();
  await card.getByRole('button', { name: say('run.again') }).click();
  await steps.untilReport(app, ...steps.WITH_GAPS);
  expect((await registryState(registry.url))['beacon/agent:v3.1.0']).toMatch(/^sha256:/);
});

test('@web an engine that is killed is told, and another one brings the rest', async ({
  app,
  gate,
  registry,
}) => {
  const { say } = app;
  await beginImport(app, gate);
  // this tab may complain of its lost connection
  const tab = await app.newTab();
  await app.page.close();
  await steps.heading(tab, say('run.title')).waitFor();
  await app.kill();
  await expect(tab.getByRole('alert').filter({ hasText: say('frame.hostGoneText') })).toBeVisible({
    timeout: 60_000,
  });
  gate.open();
  const serve = await startServe(app);
  try {
    await tab.goto(serve.url);
    await tab.getByRole('grid').first().waitFor();
    const again = { ...app, page: tab };
    await steps.goTo(again, 'packages.title');
    for (const path of ['v0.9.0-amd64', 'v0.9.0-arm64']) {
      const box = tab.getByRole('row').filter({ hasText: path }).getByRole('checkbox').first();
      if (!(await box.isChecked())) await box.check();
    }
    await steps.importNow(again);
    await steps.untilReport(again, ...steps.WITH_GAPS);
    expect((await registryState(registry.url))['beacon/agent:v3.1.0']).toMatch(/^sha256:/);
  } finally {
    await serve.stop();
  }
});

test('of a package that ends early the intact rest is imported when it is asked for', async ({ app }) => {
  const { page, say, store } = app;
  const [path = ''] = app.bring(packagePath('v0.9.0-amd64'));
  rmSync(`${path}.sha512`);
  truncateSync(path, statSync(path).size - 2_000);
  await app.chooseFiles([path]);
  const row = page.getByRole('row').filter({ has: page.getByTitle(path) });
  await expect(row.getByRole('checkbox')).toBeDisabled();
  await steps.button(page, say('packages.takeRest')).click();
  await expect(row.getByRole('checkbox')).toBeChecked();
  await steps.useFolder(app);
  await steps.importNow(app);
  await steps.untilReport(app, 'report.verdict.problems');
  expect(statSync(join(store, 'oci', 'index.json')).size).toBeGreaterThan(500);
});
