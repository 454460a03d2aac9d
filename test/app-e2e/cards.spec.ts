// Each kind of card has a button, and the button leads to where its advice can be followed.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { Problem } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { packagePath } from '../support/seed.js';
import { expect, test } from './app-under-test.js';
import { openAppInProcess } from './app-in-process.js';
import { openBrowser } from './browser.js';
import * as steps from './steps.js';
import { wordsIn, type Say } from './words.js';

type Code = ConstructorParameters<typeof AppError>[0];

/** What a button leads to: the title of a screen and what is seen there, or a dialog. */
type Effect = (at: { readonly page: Page; readonly say: Say }) => Promise<void>;

const onScreen =
  (title: string, seen: (page: Page, say: Say) => Locator): Effect =>
  async ({ page, say }) => {
    await steps.heading(page, say(title)).waitFor();
    await seen(page, say).waitFor();
  };

const inDialog =
  (title: string, places: Readonly<Record<string, string>> = {}): Effect =>
  async ({ page, say }) => {
    await page.getByRole('dialog', { name: say(title, places) }).waitFor();
    await page.keyboard.press('Escape');
  };

const TARGET = '127.0.0.1:9';
const checked = onScreen('target.title', (page, say) =>
  page.getByRole('row', { name: say('check.topic.reachable') }),
);
/** The plan was asked for, and the target does not answer. */
const asked = (page: Page, say: Say): Locator => steps.footer(page).getByText(say('compare.footerFailed'));

/** Code of a problem, its origin, the text of the button, and what it does. */
const CARDS: readonly (readonly [Code, Problem['origin'], string, Effect])[] = [
  [
    'package.damaged',
    'package',
    'packages.otherCopy',
    onScreen('packages.title', (page, say) => steps.button(page, say('packages.chooseFiles'))),
  ],
  [
    'registry.credentials-refused',
    'registry',
    'check.enterPassword',
    inDialog('target.loginAt', { host: TARGET }),
  ],
  [
    'registry.project-missing',
    'registry',
    'remedy.project',
    onScreen('target.title', (page, say) => page.getByRole('combobox', { name: say('target.field.naming') })),
  ],
  ['registry.tls-expired', 'registry', 'remedy.target', checked],
  ['registry.unreachable', 'registry', 'target.check', checked],
  [
    'chart.hint-malformed',
    'package',
    'remedy.compare',
    onScreen('compare.title', (page, say) => steps.footer(page).getByText(say('compare.footerFailed'))),
  ],
  ['run.target-changed', 'registry', 'plan.update', onScreen('plan.title', asked)],
  ['run.stopped-by-policy', 'registry', 'remedy.plan', onScreen('plan.title', asked)],
  [
    'run.platform-missing',
    'package',
    'remedy.packages',
    onScreen('packages.title', (page, say) => steps.button(page, say('packages.chooseFiles'))),
  ],
  [
    'undo.nothing-to-do',
    'config',
    'remedy.history',
    onScreen('report.title', (page, say) => page.getByLabel(say('history.filter'))),
  ],
  ['app.defect', 'app', 'support.title', inDialog('settings.support')],
];

test('@web the button of each kind of card does what its advice says', async ({ host }) => {
  test.skip(host !== 'web', 'the cards are the same on the desktop');
  const say = wordsIn('en');
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-cards-'));
  const path = join(folder, basename(packagePath('v0.9.0-amd64')));
  copyFileSync(packagePath('v0.9.0-amd64'), path);
  let planted: Problem | null = null;
  const app = await openAppInProcess(folder, (engine) => ({
    ...engine,
    import(request, options) {
      const { onEvent } = options;
      const problem = planted;
      if (problem === null) return engine.import(request, options);
      onEvent?.({ type: 'run-started', run: 'planted', target: folder, packages: [] });
      onEvent?.({ type: 'problem', problem });
      return Promise.resolve({ ok: false, problem });
    },
  }));
  const browser = await openBrowser();
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(app.url);
    await steps.button(page, say('packages.chooseFiles')).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(say('picker.path')).fill(folder);
    await page.keyboard.press('Enter');
    await dialog.getByRole('button', { name: basename(path) }).click();
    await dialog.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
    // The disk is full: the same run brings everything once there is room.
    planted = toProblem(
      new AppError('disk.no-space', { origin: 'disk', params: { path: folder, needed: 1, free: 0 } }),
    );
    await importNow();
    const full = page
      .getByRole('alert')
      .filter({ hasText: say('problem.title.diskFull') })
      .first();
    await expect(full).toContainText(say('problem.place.computer'));
    planted = null;
    await full.getByRole('button', { name: say('run.again') }).click();
    await page.locator('#report-verdict').waitFor();

    await steps.goTo({ page, say }, 'packages.title');
    await steps.button(page, say('packages.chooseTarget')).click();
    await steps.button(page, say('target.new')).click();
    await page.getByLabel(say('target.field.registry')).fill(`http://${TARGET}`);
    await page.getByLabel(say('target.field.plain', { host: TARGET })).fill(TARGET);
    await steps.button(page, say('target.save')).click();
    await expect(steps.footer(page)).toContainText(say('target.footer.failed', { name: TARGET }));
    for (const [code, origin, label, effect] of CARDS) {
      planted = toProblem(new AppError(code, { origin, params: { file: 'a', host: 'b', image: 'c' } }));
      await importNow();
      const cards = page.getByRole('group', { name: say('run.problems', { count: 1 }) });
      await expect(cards, code).toContainText(planted.message.slice(0, 12));
      const button = cards.getByRole('button').first();
      await expect(button, code).toHaveText(say(label));
      await button.click();
      await effect({ page, say });
    }

    async function importNow(): Promise<void> {
      await steps.goTo({ page, say }, 'packages.title');
      await steps.button(page, say('packages.importNow')).click();
      await dialog.getByRole('button', { name: say('packages.importNow') }).click();
      await steps.heading(page, say('run.title')).waitFor();
    }
  } finally {
    await browser.close();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
