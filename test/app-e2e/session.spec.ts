// What the person did survives a reload, a defect of one screen leaves the others, and an ended host is named.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackChart } from '../../core/chart/files/archive.js';
import { packagePath } from '../support/seed.js';
import { expect, test } from './app-under-test.js';
import { openBrowser } from './browser.js';
import { startServe } from './serve-process.js';
import * as steps from './steps.js';
import { likeIn, wordsIn } from './words.js';

test('packages, target, ticks and screen survive a reload; the report does, too', async ({ app }) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64'));
  await steps.useFolder(app);
  await steps.compare(app);
  const grid = page.getByRole('treegrid', { name: say('compare.matrix') });
  await grid.getByRole('checkbox').first().uncheck();
  await expect(grid).toContainText(say('compare.leftOut'));
  await page.reload();
  await steps.heading(page, say('compare.title')).waitFor();
  await expect(grid).toContainText(say('compare.leftOut'));
  const steppers = page.getByRole('navigation', { name: say('frame.steps') });
  await expect(steppers.getByRole('button', { name: new RegExp(`^${say('packages.title')}`) })).toContainText(
    say('frame.chosen', { count: 2 }),
  );
  await steps.plan(app);
  await steps.approval(app).click();
  await steps.untilReport(app, 'report.verdict.proven', ...steps.WITH_GAPS);
  const verdict = (await page.locator('#report-verdict').textContent()) ?? '';
  await page.reload();
  await expect(page.locator('#report-verdict')).toHaveText(verdict);
  // A new session begins at the first screen, and knows the target that was used last.
  await page.addInitScript(() => sessionStorage.clear());
  await page.reload();
  await steps.heading(page, say('packages.title')).waitFor();
  await expect(page.getByRole('complementary')).toContainText(say('frame.toTarget', { target: '' }).trim());
});

test('what a run changed is not shown as current: comparison and plan are dropped, with a notice', async ({
  app,
}) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.9.0-amd64'));
  await steps.useFolder(app);
  await steps.compare(app);
  await expect(page.getByRole('main')).toContainText(say('compare.tagsRead', { time: '' }).trim());
  await steps.plan(app);
  await expect(page.getByRole('main')).toContainText(say('compare.tagsRead', { time: '' }).trim());
  const planned = (await steps.approval(app).textContent()) ?? '';
  await steps.approval(app).click();
  // It closes by itself after a while, unless the mouse is over it.
  const notice = page.getByRole('alert').filter({ hasText: say('frame.droppedByRun') });
  await notice.hover({ timeout: 90_000 });
  await steps.untilReport(app, 'report.verdict.proven', ...steps.WITH_GAPS);
  // The notice has a place of its own: it covers no button.
  await expect.poll(() => notice.evaluate(coveredButtons)).toEqual([]);
  await notice.getByRole('button', { name: say('action.close') }).click();
  await steps.goTo(app, 'compare.title');
  await expect(steps.footer(page)).toContainText(say('compare.nothing'));
  await steps.plan(app);
  await expect(steps.approval(app)).toBeDisabled();
  expect(await steps.approval(app).textContent()).not.toBe(planned);
});

test('@web a defect of one screen leaves the way back, its details, and the support bundle', async ({
  app,
}) => {
  const { say } = app;
  // A tab of its own, because its errors are planted.
  const tab = await app.newTab();
  await tab.getByRole('grid').first().waitFor();
  const format = await tab.evaluateHandle(() =>
    Object.getOwnPropertyDescriptor(Intl.NumberFormat.prototype, 'format'),
  );
  await tab.evaluate(() => {
    Object.defineProperty(Intl.NumberFormat.prototype, 'format', {
      configurable: true,
      get: () => {
        throw new Error('planted');
      },
    });
  });
  const others = tab.getByRole('navigation', { name: 'Archbridge' });
  await others.getByRole('button', { name: say('settings.title') }).click();
  const broken = tab.getByRole('alert');
  await expect(broken).toContainText(say('frame.brokenTitle'));
  await expect(steps.button(tab, say('frame.copyDetails'))).toBeVisible();
  // Numbers can be written again, so the other screens work.
  await tab.evaluate((found) => {
    if (found) Object.defineProperty(Intl.NumberFormat.prototype, 'format', found);
  }, format);
  await steps.button(tab, say('support.title')).click();
  const dialog = tab.getByRole('dialog', { name: say('settings.support') });
  await expect(dialog).toContainText(say('support.part.error'));
  await dialog.getByRole('button', { name: say('support.save') }).click();
  await expect(dialog.getByRole('status')).toContainText('error.txt');
  const path = join(app.stateDir, 'support', 'archbridge-support.tar.gz');
  await expect(dialog.getByRole('status')).toContainText(path);
  expect(unpackChart(readFileSync(path)).get('error.txt')?.toString()).toContain('planted');
  await dialog
    .getByRole('button', { name: say('action.close') })
    .last()
    .click();
  await steps.button(tab, say('palette.go', { screen: say('packages.title') })).click();
  await steps.heading(tab, say('packages.title')).waitFor();
  await others.getByRole('button', { name: say('settings.title') }).click();
  await steps.heading(tab, say('settings.title')).waitFor();
});

test('@web an ended host is named, with the way to get in again', async ({ host }) => {
  test.skip(host !== 'web', 'the desktop has no other process to end');
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-restart-'));
  const say = wordsIn('en');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    ARCHBRIDGE_STATE_DIR: folder,
  };
  const serve = await startServe({ home: folder, stateDir: folder, env, say, like: likeIn('en') });
  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(serve.url);
    await page.getByRole('grid').first().waitFor();
    await serve.stop();
    const alert = page.getByRole('alert').filter({ hasText: say('frame.hostGoneText') });
    await expect(alert).toContainText(say('frame.hostGone', { computer: hostname() }));
  } finally {
    await browser.close();
    await serve.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Runs in the page, which may move between two looks: the buttons of the screen at the height of the notice. */
function coveredButtons(notice: Element): readonly string[] {
  const box = notice.getBoundingClientRect();
  return [...document.querySelectorAll('main button')]
    .filter((button) => {
      const { top, bottom, height } = button.getBoundingClientRect();
      return height > 0 && bottom > box.top && top < box.bottom;
    })
    .map((button) => button.textContent);
}
