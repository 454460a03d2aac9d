// Goes through every screen, dialog and state of the app and stops at each, for axe and for pictures.
import { rmSync, truncateSync } from 'node:fs';
import { expect } from '@playwright/test';
import type { Gate } from '../support/gate.js';
import { openBench, packagePath } from '../support/seed.js';
import type { AppUnderTest } from './app-under-test.js';
import * as steps from './steps.js';

/** Called at each stop with its name, such as `packages-empty`. */
export type Stop = (state: string) => Promise<void>;

/** Screens that need no registry. */
export async function tourOfBeginnings(app: AppUnderTest, at: Stop): Promise<void> {
  await packages(app, at);
  await targets(app, at);
  await settings(app, at);
}

/** From the comparison to the report. The gate is in front of an empty registry; `refuse` makes it refuse one repository. */
export async function tourOfAnImport(
  app: AppUnderTest,
  gate: Gate,
  at: Stop,
  options: { readonly refuse: boolean } = { refuse: true },
): Promise<void> {
  // Older images for both platforms, one of them built later than the incoming one.
  const bench = await openBench();
  await bench.seed(['v0.9.0-amd64', 'v0.9.0-arm64'], { registry: gate.url });
  await bench.close();
  await steps.addPackages(app, packagePath('v0.11.0-amd64'), packagePath('v0.11.0-arm64'));
  await steps.addPlainRegistry(app, gate.host);
  await at('target-ready');
  await comparison(app, gate, at);
  await plan(app, at);
  if (options.refuse) gate.refuse((method, path) => method === 'POST' && path.includes('/lightworks/prism/'));
  await run(app, gate, at);
  await report(app, at);
}

async function packages(app: AppUnderTest, at: Stop): Promise<void> {
  const { page, say } = app;
  await page.getByText(say('packages.empty.title')).waitFor();
  await at('packages-empty');
  await steps.button(page, say('frame.theme')).click();
  await page.getByRole('menuitem').first().waitFor();
  await at('packages-theme-menu');
  await page.keyboard.press('Escape');
  if (app.host === 'web') {
    await steps.button(page, say('packages.chooseFiles')).click();
    await page.getByRole('dialog').getByRole('button', { name: app.home, exact: true }).click();
    await page.getByRole('dialog').getByText(say('picker.empty')).waitFor();
    await at('packages-picker');
    await page.keyboard.press('Escape');
  }
  const [cut = ''] = app.bring(packagePath('v0.9.0-amd64'));
  rmSync(`${cut}.sha512`);
  truncateSync(cut, 60_000);
  await app.chooseFiles([cut]);
  await page.getByRole('alert').waitFor();
  await at('packages-damaged');
  await steps.addPackages(app, packagePath('v0.11.0-amd64'), packagePath('v0.11.0-arm64'));
  await at('packages');
  await steps.button(page, say('packages.importNow')).click();
  await page.getByRole('dialog', { name: say('packages.now.title') }).waitFor();
  await at('packages-import-now');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.getByRole('dialog').getByRole('textbox').fill('a');
  await at('palette');
  await page.keyboard.press('Escape');
}

async function targets(app: AppUnderTest, at: Stop): Promise<void> {
  const { page, say } = app;
  await steps.button(page, say('packages.chooseTarget')).click();
  await at('target-empty');
  await steps.button(page, say('target.addRegistry')).click();
  await steps.button(page, say('target.save')).click();
  await page.locator('[aria-invalid="true"]').first().waitFor();
  await at('target-form-mistake');
  await page.getByLabel(say('target.field.registry')).fill('http://127.0.0.1:9');
  await page.getByLabel(say('target.field.plain', { host: '127.0.0.1:9' })).fill('127.0.0.1:9');
  await page.getByText(say('target.charts.repository'), { exact: true }).click();
  await at('target-form');
  await page.getByText(say('target.charts.beside'), { exact: true }).click();
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.failed', { name: '127.0.0.1:9' }), {
    timeout: 60_000,
  });
  await at('target-not-reached');
  await steps
    .footer(page)
    .getByRole('button', { name: say('target.useFolderInstead') })
    .click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: say('target.folder') }));
  await at('target-folder');
}

async function settings({ page, say }: AppUnderTest, at: Stop): Promise<void> {
  await steps.button(page, say('settings.title')).click();
  await steps.heading(page, say('settings.title')).waitFor();
  await at('settings');
  await steps.button(page, say('settings.openLog')).click();
  await page.getByRole('dialog', { name: say('settings.log') }).waitFor();
  await at('settings-log');
  await page.keyboard.press('Escape');
  await steps.button(page, say('about.parts')).click();
  const licences = page.getByRole('dialog', { name: say('about.parts') });
  await licences.getByText('react', { exact: true }).click();
  await at('settings-licences');
  await page.keyboard.press('Escape');
  await at('settings-end');
  await steps.button(page, say('support.title')).click();
  const support = page.getByRole('dialog', { name: say('settings.support') });
  await at('settings-support');
  await support.getByRole('button', { name: say('support.save') }).click();
  await support.getByRole('status').waitFor();
  await at('settings-support-saved');
  await page.keyboard.press('Escape');
  await help({ page, say }, at);
  await page
    .getByRole('navigation', { name: 'Archbridge' })
    .getByRole('button', { name: say('frame.history') })
    .click();
  await page.getByText(say('report.empty')).waitFor();
  await at('report-empty');
}

async function help({ page, say }: Pick<AppUnderTest, 'page' | 'say'>, at: Stop): Promise<void> {
  await page.keyboard.press('F1');
  await page.getByRole('article').waitFor();
  await at('help');
  const search = page.getByLabel(say('help.search'));
  await search.fill('registry.tls-expired');
  await page
    .getByRole('navigation', { name: say('help.pages') })
    .getByRole('button')
    .first()
    .click();
  await at('help-found');
  await search.fill('MALFORMED-WORD');
  await page.getByText(say('palette.nothing')).waitFor();
  await at('help-nothing-found');
}

async function comparison(app: AppUnderTest, gate: Gate, at: Stop): Promise<void> {
  const { page, say } = app;
  // The first tags are read, the others are waited for.
  let read = 0;
  gate.hold((method, path) => method !== 'PUT' && path.includes('/manifests/') && (read += 1) > 30);
  await steps.compare(app);
  await expect.poll(() => gate.held).toBeGreaterThan(0);
  await at('compare-arriving');
  gate.release();
  await page.getByRole('region', { name: say('picture.title') }).waitFor();
  await at('compare');
  await page.getByRole('combobox', { name: say('compare.sort') }).click();
  await page.getByRole('option').first().waitFor();
  await at('compare-order');
  await page.keyboard.press('Escape');
  const row = await steps.imageRow(app, 'driftnet/collector');
  await row.getByRole('gridcell').nth(1).click();
  await page.getByRole('dialog').getByText(say('drawer.after')).waitFor();
  await page.getByRole('rowheader', { name: say('detail.digest') }).waitFor();
  await at('compare-drawer');
  const drawer = page.getByRole('dialog');
  await drawer.getByText(say('drawer.across')).click();
  await at('compare-drawer-across');
  await drawer.getByText(say('drawer.raw')).click();
  await drawer.locator('pre').first().waitFor();
  await at('compare-drawer-raw');
  await page.keyboard.press('Escape');
  const mislabelled = await steps.imageRow(app, 'ropewalk/twister');
  await mislabelled.getByRole('gridcell').nth(2).click();
  await page.getByRole('dialog').getByText(say('drawer.after')).waitFor();
  await at('compare-drawer-mislabelled');
  await page.keyboard.press('Escape');
  await page.getByLabel(say('compare.search')).fill('nothing is called so');
  await page.getByText(say('compare.noRows')).waitFor();
  await at('compare-no-match');
  await steps.button(page, say('compare.clear')).click();
}

async function plan(app: AppUnderTest, at: Stop): Promise<void> {
  const { page } = app;
  await steps.plan(app);
  await at('plan');
  const closed = page.locator('main button[aria-expanded="false"]:enabled');
  while ((await closed.count()) > 0) await closed.first().click();
  await at('plan-lists-open');
}

async function run(app: AppUnderTest, gate: Gate, at: Stop): Promise<void> {
  const { page, say } = app;
  // The first layers pass, the others are held.
  let passed = 0;
  gate.hold((method) => method === 'PUT' && (passed += 1) > 12);
  await steps.approval(app).click();
  await expect.poll(() => gate.held).toBeGreaterThan(0);
  await at('run');
  await steps.button(page, say('run.cancel')).click();
  await page.getByRole('dialog', { name: say('run.cancelTitle') }).waitFor();
  await at('run-cancel');
  await page.keyboard.press('Escape');
  await steps.button(page, say('run.pause')).click();
  await expect(steps.footer(page)).toContainText(say('run.pausedTitle'));
  await at('run-paused');
  gate.release();
  await steps.button(page, say('run.resume')).click();
}

async function report(app: AppUnderTest, at: Stop): Promise<void> {
  const { page, say } = app;
  await page.locator('#report-verdict').waitFor({ timeout: 90_000 });
  await at('report');
  await steps.button(page, say('report.save')).click();
  await page.getByRole('menuitem', { name: 'HTML' }).waitFor();
  await at('report-formats');
  await page.keyboard.press('Escape');
  await steps.button(page, say('report.undo')).click();
  await page
    .getByRole('dialog', { name: say('undo.title') })
    .getByText(say('undo.restore'), { exact: true })
    .first()
    .waitFor();
  await at('report-undo');
  await page.keyboard.press('Escape');
  await steps.button(page, say('audit.start')).click();
  await page.getByText(app.like('audit.findings')).scrollIntoViewIfNeeded();
  await at('report-audit');
  await steps.goTo(app, 'run.title');
  await at('run-ended');
}
