// Truncated packages, packages that do not match their checksum, files that are no packages, and packages that are deleted or changed
// after they were chosen cannot be imported, and each says why.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Locator } from '@playwright/test';
import { makeTar } from '../support/packages.js';
import { packagePath } from '../support/seed.js';
import { expect, test, type AppUnderTest } from './app-under-test.js';
import * as steps from './steps.js';

function bringOne(app: AppUnderTest): string {
  const [path = ''] = app.bring(packagePath('v0.9.0-amd64'));
  return path;
}

function rowOf({ page }: AppUnderTest, path: string): Locator {
  return page.getByRole('row').filter({ has: page.getByTitle(path) });
}

async function expectNotChosen(app: AppUnderTest, path: string): Promise<void> {
  const { page, say } = app;
  const tick = rowOf(app, path).getByRole('checkbox');
  await expect(tick).not.toBeChecked();
  await expect(tick).toBeDisabled();
  await expect(steps.footer(page)).toContainText(say('packages.meaning.none'));
  await expect(steps.button(page, say('packages.chooseTarget'))).toBeDisabled();
}

test('a truncated package is reported with the place where it ends', async ({ app }) => {
  const { page, say } = app;
  const path = bringOne(app);
  rmSync(`${path}.sha512`);
  truncateSync(path, 60_000);
  await app.chooseFiles([path]);
  const card = page.getByRole('alert').filter({ hasText: basename(path) });
  await expect(card).toContainText(say('problem.title.damaged'));
  await expect(card).toContainText(say('problem.whatToDo'));
  await expect(rowOf(app, path)).toContainText(say('packages.unusable'));
  await expectNotChosen(app, path);
});

test('a checksum file that does not match prevents choosing, and a good copy can be chosen again', async ({
  app,
}) => {
  const { page, say } = app;
  const path = bringOne(app);
  writeFileSync(`${path}.sha512`, `${'0'.repeat(128)}  ${basename(path)}\n`);
  await app.chooseFiles([path]);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.mismatch'));
  await expectNotChosen(app, path);
  bringOne(app);
  await steps.button(page, say('packages.readAgain')).click();
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.sidecar'));
  await rowOf(app, path).getByRole('checkbox').check();
  await expect(steps.button(page, say('packages.chooseTarget'))).toBeEnabled();
});

test('a pasted hash is compared: a wrong one prevents choosing, the right one is shown', async ({ app }) => {
  const { page, say } = app;
  const path = bringOne(app);
  rmSync(`${path}.sha512`);
  await app.chooseFiles([path]);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.none'));
  const field = page.getByLabel(say('packages.hash.title'), { exact: true }).getByRole('textbox');
  const check = steps.button(page, say('packages.hash.check'));
  await field.fill(`${'f'.repeat(128)}  ${basename(path)}`);
  await check.click();
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.mismatch'));
  await expectNotChosen(app, path);
  await field.fill(createHash('sha512').update(readFileSync(path)).digest('hex'));
  await check.click();
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.pasted'));
  await expect(rowOf(app, path).getByRole('checkbox')).toBeEnabled();
});

test('a file that is no package cannot be chosen and says why', async ({ app }) => {
  const { page, say, home } = app;
  const path = join(home, 'packages', 'notes.tar');
  mkdirSync(join(home, 'packages'));
  writeFileSync(path, makeTar([{ path: 'notes.txt', body: Buffer.from('nothing to import') }]));
  writeFileSync(join(home, 'packages', 'readme.txt'), 'no archive');
  await app.chooseFiles([path]);
  await expect(page.getByRole('alert')).toContainText(say('packages.noContents'));
  await expectNotChosen(app, path);
  // The card's button leads to another file; one that is no archive cannot even be marked.
  await steps.button(page, say('packages.otherCopy')).click();
  if (app.host === 'desktop') return;
  const other = page.getByRole('dialog').getByRole('button', { name: 'readme.txt' });
  await expect(other).toBeDisabled();
  await expect(other).toContainText(say('packages.unsupported.other'));
});

test('a package that is deleted after it was chosen says so, and counts again once it is back', async ({
  app,
}) => {
  const { page, say } = app;
  const path = bringOne(app);
  await app.chooseFiles([path]);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.sidecar'));
  rmSync(path);
  await expect(rowOf(app, path)).toContainText(say('packages.gone'));
  await expect(steps.footer(page)).toContainText(basename(path));
  await expect(steps.button(page, say('packages.chooseTarget'))).toBeDisabled();
  bringOne(app);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.sidecar'));
  await expect(rowOf(app, path).getByRole('checkbox')).toBeChecked();
  await expect(steps.button(page, say('packages.chooseTarget'))).toBeEnabled();
});

test('a package that is replaced after it was chosen is read again', async ({ app }) => {
  const { say } = app;
  const path = bringOne(app);
  await app.chooseFiles([path]);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.sidecar'));
  copyFileSync(packagePath('v0.11.0-amd64'), path);
  await expect(rowOf(app, path)).toContainText(say('packages.checksum.mismatch'));
  await expectNotChosen(app, path);
});
