// Help, licences and the support bundle: all inside the app, without a network.
import { readFileSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { unpackChart } from '../../core/chart/files/archive.js';
import { packagePath } from '../support/seed.js';
import { expect, test } from './app-under-test.js';
import * as steps from './steps.js';
import { wordsIn } from './words.js';

test('the help opens by a key, finds words, follows its links, and speaks the language of the window', async ({
  app,
}) => {
  const { page, say } = app;
  await page.keyboard.press('F1');
  await steps.heading(page, say('help.title')).waitFor();
  const article = page.getByRole('article');
  await expect(article).toContainText('Documents');
  await article.getByRole('link', { name: 'undo.md' }).click();
  await expect(article.getByRole('heading', { level: 2 })).toHaveText('Undo');
  const pages = page.getByRole('navigation', { name: say('help.pages') });
  await pages.getByLabel(say('help.search')).fill('MALFORMED-WORD');
  await expect(pages).toContainText(say('palette.nothing'));
  await pages.getByLabel(say('help.search')).fill('registry.tls-expired');
  await pages.getByRole('button', { name: 'Troubleshooting' }).click();
  // The page opens at the section that was found.
  await expect(article.getByRole('heading', { name: 'registry.tls-expired' })).toBeInViewport();
  await page.keyboard.press('Escape');
  await steps.button(page, say('frame.language')).click();
  await page.getByRole('menuitem', { name: '简体中文' }).click();
  const zh = wordsIn('zh-CN');
  const chinese = page.getByRole('navigation', { name: zh('help.pages') });
  await chinese.getByLabel(zh('help.search')).fill('');
  await chinese.getByRole('button', { name: /单架构与多架构/ }).click();
  await expect(article).toHaveAttribute('lang', 'zh-CN');
});

test("a card's details lead to the section of its problem", async ({ app }) => {
  const { page, say } = app;
  const [path = ''] = app.bring(packagePath('v0.9.0-amd64'));
  rmSync(`${path}.sha512`);
  truncateSync(path, 60_000);
  await app.chooseFiles([path]);
  const card = page.getByRole('alert');
  await card.getByRole('button', { name: say('problem.details') }).click();
  await card.getByRole('button', { name: say('problem.help') }).click();
  await steps.heading(page, say('help.title')).waitFor();
  await expect(page.getByRole('heading', { name: 'package.truncated' })).toBeInViewport();
});

test('About names every part with its licence, and Settings writes the support bundle', async ({ app }) => {
  const { page, say, stateDir } = app;
  await steps.button(page, say('settings.title')).click();
  await steps.button(page, say('about.parts')).click();
  const about = page.getByRole('dialog', { name: say('about.parts') });
  const react = about.getByRole('listitem').filter({ hasText: /^react \d/ });
  await expect(react).toContainText('MIT');
  await react.getByText('react', { exact: true }).click();
  await expect(react).toContainText('Permission is hereby granted');
  await page.keyboard.press('Escape');

  await steps.button(page, say('support.title')).click();
  const support = page.getByRole('dialog', { name: say('settings.support') });
  await support.getByRole('button', { name: say('support.save') }).click();
  const path = join(stateDir, 'support', 'archbridge-support.tar.gz');
  await expect(support.getByRole('status')).toContainText(path);
  const files = unpackChart(readFileSync(path));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['about.json', 'app-settings.json']));
  for (const name of files.keys()) await expect(support.getByRole('status')).toContainText(name);
});
