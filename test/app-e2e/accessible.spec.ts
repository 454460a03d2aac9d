// Every screen, dialog and state as axe sees it: no violation in either language and either theme.
import { rmSync, truncateSync } from 'node:fs';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { openGate, type Gate } from '../support/gate.js';
import { startRegistry } from '../support/registries.js';
import { openBench, packagePath } from '../support/seed.js';
import { expect, needs, test, type AppUnderTest } from './app-under-test.js';
import * as steps from './steps.js';

/** Collects what axe finds, with the state in which it did. */
class Looks {
  readonly findings: string[] = [];
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async at(state: string): Promise<void> {
    for (const colorScheme of ['dark', 'light'] as const) {
      await this.#page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await this.#page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
      const { violations } = await new AxeBuilder({ page: this.#page }).setLegacyMode().analyze();
      for (const { id, nodes } of violations) {
        for (const { target, failureSummary = '' } of nodes)
          this.findings.push(`${state}, ${colorScheme}: ${id} ${target.join(' ')} ${failureSummary}`);
      }
    }
  }
}

needs('docker-registry');

for (const language of ['en', 'zh-CN'] as const) {
  test.describe(language, () => {
    test.use({ settings: { language } });

    test('packages and targets', async ({ app }) => {
      const looks = new Looks(app.page);
      await packagesAndDialogs(app, looks);
      await targets(app, looks);
      await settings(app, looks);
      expect(looks.findings).toEqual([]);
    });

    test('compare, plan, run and report', async ({ app }) => {
      const looks = new Looks(app.page);
      const registry = await startRegistry({ version: 2 });
      const gate = await openGate(registry.host);
      try {
        await conflictsFrom(gate);
        await steps.addPackages(app, packagePath('v0.11.0-amd64'));
        await steps.addPlainRegistry(app, gate.host);
        await comparison(app, looks);
        await planned(app, looks);
        await running(app, looks, gate);
        await reported(app, looks);
        expect(looks.findings).toEqual([]);
      } finally {
        await gate.close();
        await registry.stop();
      }
    });
  });
}

/** Older images for both platforms, one of them built later than what comes. */
async function conflictsFrom(gate: Gate): Promise<void> {
  const bench = await openBench();
  await bench.seed(['v0.9.0-amd64', 'v0.9.0-arm64'], { registry: gate.url });
  await bench.close();
}

async function packagesAndDialogs(app: AppUnderTest, looks: Looks): Promise<void> {
  const { page, say } = app;
  await page.getByText(say('packages.empty.title')).waitFor();
  await steps.button(page, say('frame.theme')).click();
  await page.getByRole('menuitem').first().waitFor();
  await looks.at('themes');
  await page.keyboard.press('Escape');
  await looks.at('packages, nothing yet');
  const [cut = ''] = app.bring(packagePath('v0.9.0-amd64'));
  rmSync(`${cut}.sha512`);
  truncateSync(cut, 60_000);
  await app.chooseFiles([cut]);
  await page.getByRole('alert').waitFor();
  await looks.at('packages, a damaged one');
  await steps.addPackages(app, packagePath('v0.9.0-arm64'), packagePath('v0.11.0-arm64'));
  await looks.at('packages, two chosen');
  await steps.button(page, say('packages.importNow')).click();
  await page.getByRole('dialog', { name: say('packages.now.title') }).waitFor();
  await looks.at('import now');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+K');
  await page.getByRole('dialog').getByRole('textbox').fill('a');
  await looks.at('command palette');
  await page.keyboard.press('Escape');
}

async function targets(app: AppUnderTest, looks: Looks): Promise<void> {
  const { page, say } = app;
  await steps.button(page, say('packages.chooseTarget')).click();
  await looks.at('target, none');
  await steps.button(page, say('target.addRegistry')).click();
  await steps.button(page, say('target.save')).click();
  await page.locator('[aria-invalid="true"]').first().waitFor();
  await looks.at('target, form with a mistake');
  await page.getByLabel(say('target.field.registry')).fill('http://127.0.0.1:9');
  await page.getByLabel(say('target.field.plain', { host: '127.0.0.1:9' })).fill('127.0.0.1:9');
  await page.getByText(say('target.charts.repository'), { exact: true }).click();
  await looks.at('target, form in full');
  await page.getByText(say('target.charts.beside'), { exact: true }).click();
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.failed', { name: '127.0.0.1:9' }), {
    timeout: 60_000,
  });
  await looks.at('target, not reached');
  await steps
    .footer(page)
    .getByRole('button', { name: say('target.useFolderInstead') })
    .click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: say('target.folder') }));
  await looks.at('target, folder');
}

async function settings({ page, say }: AppUnderTest, looks: Looks): Promise<void> {
  await steps.button(page, say('settings.title')).click();
  await steps.heading(page, say('settings.title')).waitFor();
  await looks.at('settings');
  await steps.button(page, say('settings.openLog')).click();
  await page.getByRole('dialog', { name: say('settings.log') }).waitFor();
  await looks.at('log');
  await page.keyboard.press('Escape');
  await page
    .getByRole('navigation', { name: 'Archbridge' })
    .getByRole('button', { name: say('frame.history') })
    .click();
  await page.getByText(say('report.empty')).waitFor();
  await looks.at('report, none yet');
}

async function comparison(app: AppUnderTest, looks: Looks): Promise<void> {
  const { page, say } = app;
  await steps.compare(app);
  await looks.at('compare');
  await page.getByRole('combobox', { name: say('compare.sort') }).click();
  await page.getByRole('option').first().waitFor();
  await looks.at('compare, orders');
  await page.keyboard.press('Escape');
  const row = await steps.imageRow(app, 'driftnet/collector');
  await row.getByRole('gridcell').nth(1).click();
  await page.getByRole('dialog').getByText(say('compare.afterImport')).waitFor();
  await page.getByText(say('detail.digest')).waitFor();
  await looks.at('drawer');
  await page.keyboard.press('Escape');
  await page.getByLabel(say('compare.search')).fill('nothing is called so');
  await page.getByText(say('compare.noRows')).waitFor();
  await looks.at('compare, nothing matches');
  await steps.button(page, say('compare.clear')).click();
}

async function planned(app: AppUnderTest, looks: Looks): Promise<void> {
  const { page } = app;
  await steps.plan(app);
  const closed = page.locator('main button[aria-expanded="false"]:enabled');
  while ((await closed.count()) > 0) await closed.first().click();
  await looks.at('plan, all lists open');
}

async function running(app: AppUnderTest, looks: Looks, gate: Gate): Promise<void> {
  const { page, say } = app;
  gate.hold((method) => method === 'PUT' || method === 'POST');
  await steps.approval(app).click();
  await expect.poll(() => gate.held, { timeout: 30_000 }).toBeGreaterThan(0);
  await looks.at('run');
  await steps.button(page, say('run.cancel')).click();
  await page.getByRole('dialog', { name: say('run.cancelTitle') }).waitFor();
  await looks.at('cancel');
  await page.keyboard.press('Escape');
  await steps.button(page, say('run.pause')).click();
  await expect(steps.footer(page)).toContainText(say('run.pausedTitle'));
  await looks.at('run, paused');
  gate.open();
  await steps.button(page, say('run.resume')).click();
}

async function reported(app: AppUnderTest, looks: Looks): Promise<void> {
  const { page, say } = app;
  await page.locator('#report-verdict').waitFor({ timeout: 90_000 });
  await looks.at('report');
  await steps.button(page, say('report.save')).click();
  await page.getByRole('menuitem', { name: 'HTML' }).waitFor();
  await looks.at('report, formats');
  await page.keyboard.press('Escape');
  await steps.button(page, say('report.undo')).click();
  await page
    .getByRole('dialog', { name: say('undo.title') })
    .getByText(say('undo.restore'))
    .first()
    .waitFor();
  await looks.at('undo');
  await page.keyboard.press('Escape');
}
