// Language and theme: they change at once on every screen, and are remembered.
import type { Page } from '@playwright/test';
import { expect, test } from './app-under-test.js';
import * as steps from './steps.js';
import { wordsIn } from './words.js';

const [en, zh] = [wordsIn('en'), wordsIn('zh-CN')];

function background(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

test('the language changes at once and is remembered', async ({ app }) => {
  const { page } = app;
  await steps.button(page, en('frame.language')).click();
  await page.getByRole('menuitem', { name: '简体中文' }).click();
  await expect(steps.heading(page, zh('packages.title'))).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page).toHaveTitle(zh('frame.windowTitle', { screen: zh('packages.title') }));
  await page.reload();
  await expect(steps.heading(page, zh('packages.title'))).toBeVisible();
  await steps.button(page, zh('settings.title')).click();
  await page
    .getByRole('radiogroup', { name: zh('frame.language') })
    .getByText('English')
    .click();
  await expect(steps.heading(page, en('settings.title'))).toBeVisible();
});

test('the theme follows the system until the person chooses one, which is remembered', async ({ app }) => {
  const { page } = app;
  await steps.heading(page, en('packages.title')).waitFor();
  const light = await background(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(() => background(page)).not.toBe(light);
  const dark = await background(page);
  await steps.button(page, en('frame.theme')).click();
  await page.getByRole('menuitem', { name: en('settings.theme.light') }).click();
  await expect.poll(() => background(page)).toBe(light);
  await page.keyboard.press('Control+K');
  await page.getByRole('dialog').getByRole('textbox').fill(en('settings.theme.dark'));
  await page.keyboard.press('Enter');
  await expect.poll(() => background(page)).toBe(dark);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.reload();
  await steps.heading(page, en('packages.title')).waitFor();
  await expect.poll(() => background(page)).toBe(dark);
});
