// The main path without a mouse: Tab and arrow keys reach everything, and the focus is always visible.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './app-under-test.js';
import * as steps from './steps.js';

const MOST_STOPS = 80;

/** Presses Tab until the element has the focus; each element on the way must show its focus. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press('Tab');
    const marked = await page.evaluate(() => {
      const at = document.activeElement;
      if (at === null || at === document.body) return true;
      // A grid shows its focus on one cell, a hidden input on the element that is drawn for it.
      const cell = document.getElementById(at.getAttribute('aria-activedescendant') ?? '');
      return [at, cell, at.nextElementSibling].some(
        (element) => element !== null && getComputedStyle(element).outlineStyle !== 'none',
      );
    });
    const what = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200) ?? '');
    expect(marked, `focus is not seen on ${what}`).toBe(true);
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  throw new Error(`${String(wanted)} is not reached by Tab`);
}

/** Enter, and Escape as soon as a dialog is there, before it had time to take the focus. */
async function openAndCloseAtOnce(opener: Locator): Promise<void> {
  await opener.evaluate(async (element) => {
    const press = (key: string) =>
      element.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    const opened = new Promise<void>((resolve) => {
      new MutationObserver((_, watch) => {
        if (document.querySelector('[role="dialog"]') === null) return;
        watch.disconnect();
        resolve();
      }).observe(document.body, { childList: true, subtree: true });
    });
    press('Enter');
    await opened;
    press('Escape');
  });
}

test('the main path by keyboard alone', async ({ app }) => {
  const { page, say } = app;
  await tabTo(page, steps.button(page, say('packages.chooseExamples', { count: 2 })));
  await page.keyboard.press('Enter');
  await expect(steps.footer(page)).toContainText(say('packages.meaning.fused', { count: 2 }));
  // The second package is removed from the choice and added again, with arrow keys and Space.
  const rows = page.getByRole('grid', { name: say('packages.examples') }).getByRole('row');
  await tabTo(page, rows.nth(2));
  await page.keyboard.press('Space');
  await expect(rows.nth(2)).toHaveAttribute('aria-selected', 'false');
  await page.keyboard.press('ArrowUp');
  await expect(rows.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(rows.nth(2)).toHaveAttribute('aria-selected', 'true');

  await tabTo(page, steps.button(page, say('packages.chooseTarget')));
  await page.keyboard.press('Enter');
  await expect(steps.heading(page, say('target.title'))).toBeFocused();
  await tabTo(page, steps.footer(page).getByRole('button', { name: say('target.useFolder') }));
  await page.keyboard.press('Enter');
  await tabTo(page, steps.footer(page).getByRole('button', { name: say('target.compare') }));
  await page.keyboard.press('Enter');

  const grid = page.getByRole('treegrid', { name: say('compare.matrix') });
  await tabTo(page, grid);
  const first = await grid.getAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowDown');
  await expect(grid).not.toHaveAttribute('aria-activedescendant', first ?? '');
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog');
  await expect(drawer).toContainText(say('drawer.after'));
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(grid).toBeFocused();
  // Closing it at once gives the focus back, too.
  await openAndCloseAtOnce(grid);
  await expect(drawer).toBeHidden();
  await expect(grid).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Space');
  await expect(grid).toContainText(say('compare.leftOut'));
  await page.keyboard.press('Space');
  await expect(grid).not.toContainText(say('compare.leftOut'));
  await page.keyboard.press('/');
  await expect(page.getByLabel(say('compare.search'))).toBeFocused();

  await tabTo(page, steps.button(page, say('compare.review')));
  await page.keyboard.press('Enter');
  await page.getByText(say('plan.what')).waitFor();
  await page.keyboard.press('Control+Enter');
  await expect(steps.approval(app)).toBeFocused();
  await page.keyboard.press('Enter');
  await steps.untilReport(app, 'report.verdict.proven');
  await tabTo(page, steps.button(page, say('report.undo')));
  await page.keyboard.press('Enter');
  const preview = page.getByRole('dialog', { name: say('undo.title') });
  await expect(preview).toContainText(say('undo.remove'));
  await page.keyboard.press('Escape');
  await expect(steps.button(page, say('report.undo'))).toBeFocused();
});

test('@web a dialog that is closed leads back to the button that opened it', async ({ app }) => {
  const { page, say } = app;
  const opener = steps.button(page, say('packages.chooseFiles'));
  await tabTo(page, opener);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toContainText(say('picker.up'));
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(opener).toBeFocused();
});
