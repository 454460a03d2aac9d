// Each kind of card has a button, and the button leads to where its advice can be followed.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Problem } from '../../core/contract.js';
import { AppError, toProblem } from '../../core/engine.js';
import { packagePath } from '../support/seed.js';
import { expect, test } from './app-under-test.js';
import { openAppInProcess } from './app-in-process.js';
import { openBrowser } from './browser.js';
import * as steps from './steps.js';
import { wordsIn } from './words.js';

type Code = ConstructorParameters<typeof AppError>[0];

/** Code of a problem, its origin, the text of the button, and the title of the screen that it opens; '' for a dialog. */
const CARDS: readonly (readonly [Code, Problem['origin'], string, string])[] = [
  ['package.damaged', 'package', 'packages.otherCopy', 'packages.title'],
  ['registry.credentials-refused', 'registry', 'check.enterPassword', 'target.title'],
  ['registry.tls-expired', 'registry', 'remedy.target', 'target.title'],
  ['registry.unreachable', 'registry', 'target.check', 'target.title'],
  ['chart.hint-malformed', 'package', 'remedy.compare', 'compare.title'],
  ['run.target-changed', 'registry', 'plan.update', 'plan.title'],
  ['run.stopped-by-policy', 'registry', 'remedy.plan', 'plan.title'],
  ['app.defect', 'app', 'support.title', ''],
];

test('@web the button of each kind of card opens the place where its advice can be followed', async ({
  host,
}) => {
  test.skip(host !== 'web', 'the cards are the same on the desktop');
  const say = wordsIn('en');
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-cards-'));
  const path = join(folder, basename(packagePath('v0.9.0-amd64')));
  copyFileSync(packagePath('v0.9.0-amd64'), path);
  let planted: Problem | null = null;
  const app = await openAppInProcess(folder, (engine) => ({
    ...engine,
    import(_request, { onEvent }) {
      const problem = planted ?? toProblem(new AppError('app.defect', { origin: 'app' }));
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
    for (const [code, origin, label, screen] of CARDS) {
      planted = toProblem(new AppError(code, { origin, params: { file: 'a', host: 'b', image: 'c' } }));
      await steps.goTo({ page, say }, 'packages.title');
      await steps.button(page, say('packages.importNow')).click();
      await dialog.getByRole('button', { name: say('packages.importNow') }).click();
      await steps.heading(page, say('run.title')).waitFor();
      const cards = page.getByRole('group', { name: say('run.problems', { count: 1 }) });
      await expect(cards, code).toContainText(planted.message.slice(0, 12));
      const button = cards.getByRole('button').first();
      await expect(button, code).toHaveText(say(label));
      await button.click();
      if (screen !== '') await steps.heading(page, say(screen)).waitFor();
      else await page.getByRole('dialog', { name: say('settings.support') }).waitFor();
    }
  } finally {
    await browser.close();
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
