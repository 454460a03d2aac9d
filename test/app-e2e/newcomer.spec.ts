// A person who has read nothing: three clicks from the first screen to a finished import into a folder.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './app-under-test.js';
import * as steps from './steps.js';

test('three clicks to a finished import into the folder', async ({ app }) => {
  const { page, say, store } = app;
  await steps.button(page, say('packages.chooseExamples', { count: 2 })).click();
  await expect(steps.footer(page)).toContainText(say('packages.meaning.fused', { count: 2 }));
  await steps.button(page, say('packages.importNow')).click();
  const asked = page.getByRole('dialog', { name: say('packages.now.title') });
  await expect(asked).toContainText(store);
  await asked.getByRole('button', { name: say('packages.importNow') }).click();
  await steps.untilReport(app, 'report.verdict.proven');
  await expect(page.getByRole('main')).toContainText(store);
  const layout: unknown = JSON.parse(readFileSync(join(store, 'oci', 'index.json'), 'utf8'));
  expect(layout).toMatchObject({ schemaVersion: 2 });
  expect(readFileSync(join(store, 'charts', 'index.yaml'), 'utf8')).toContain('version:');
});

test('the first screen says what to bring when no packages are found', async ({ app }) => {
  const { page, say } = app;
  await expect(page.getByText(say('packages.empty.title'))).toBeVisible();
  await expect(steps.button(page, say('packages.chooseTarget'))).toBeDisabled();
  const later = page.getByRole('navigation', { name: say('frame.steps') });
  await expect(later.getByRole('button', { name: say('plan.title') })).toBeDisabled();
});
