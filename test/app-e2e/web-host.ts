// The app in a browser: the built `archbridge serve`, and Chromium.
import { basename, dirname } from 'node:path';
import type { Page } from '@playwright/test';
import type { HostAtWork, Place } from './app-under-test.js';
import type { TestBrowser } from './browser.js';
import { startServe } from './serve-process.js';

export async function openWebHost(place: Place, browser: TestBrowser): Promise<HostAtWork> {
  const serve = await startServe(place);
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(serve.url);
  // The token has been exchanged for a cookie.
  await page.waitForURL(new URL('/', serve.url).href);
  return {
    page,
    chooseFiles: (paths) => chooseInFolderList(page, place, paths),
    async newTab() {
      const tab = await context.newPage();
      await tab.goto(new URL('/', serve.url).href);
      return tab;
    },
    kill: () => serve.kill(),
    async close() {
      await context.close();
      await serve.stop();
    },
  };
}

/** Chooses through the list of the serving computer's folders, because a browser has no dialog of the system. */
async function chooseInFolderList(page: Page, { home, say }: Place, paths: readonly string[]): Promise<void> {
  await page.getByRole('button', { name: say('packages.chooseFiles') }).click();
  const dialog = page.getByRole('dialog');
  const folder = dirname(paths[0] ?? home);
  await dialog.getByLabel(say('picker.path')).fill(folder);
  await page.keyboard.press('Enter');
  for (const path of paths)
    await dialog
      .getByRole('button', { name: basename(path) })
      .first()
      .click();
  await dialog.getByRole('button', { name: say('picker.takeFiles', { count: paths.length }) }).click();
}
