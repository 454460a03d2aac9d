// A package of 4,000 images is compared, walked through by keyboard and filtered without long pauses of the window.
import { join } from 'node:path';
import { makeLargePackage } from '../support/large-package.js';
import type { Locator } from '@playwright/test';
import { expect as usual, test, type AppUnderTest } from './app-under-test.js';
import { watchMainThread } from './main-thread.js';
import * as steps from './steps.js';

/** The visible rows and some before and after them, with their cells. */
const MOST_ROWS = 80;
/** Milliseconds; reading and planning 4,000 images take ten times as long on a computer that is busy with other work. */
const PATIENCE = 180_000;
const expect = usual.configure({ timeout: PATIENCE });
/** Milliseconds of work in one task. */
const LONGEST_TASK = 200;

test('4,000 images stay smooth', async ({ app }) => {
  test.slow();
  const { page, say, home } = app;
  page.setDefaultTimeout(PATIENCE);
  const path = makeLargePackage(join(home, 'packages'));
  await app.chooseFiles([path]);
  await expect(page.getByRole('row').filter({ has: page.getByTitle(path) })).toContainText(
    say('packages.checksum.none'),
  );
  await steps.useFolder(app);
  const watched = await watchMainThread(page);
  const arriving = page.evaluate(rowsWhileReading);
  await steps.compare(app);
  const grid = page.getByRole('treegrid', { name: say('compare.matrix') });
  expect(await arriving).toBe('4101');
  await expect(grid).toHaveAttribute('aria-rowcount', '4101');
  expect(await grid.getByRole('row').count()).toBeLessThan(MOST_ROWS);

  await grid.focus();
  for (let pressed = 0; pressed < 60; pressed += 1) await page.keyboard.press('PageDown');
  await expect(grid).toHaveAttribute('aria-activedescendant', 'compare-900-1');
  await expect(page.locator('#compare-900-1')).toBeInViewport();
  await inLowerWindow(app, () => expect(page.locator('#compare-900-1')).toBeInViewport({ ratio: 1 }));
  await page.keyboard.press('End');
  await expect(page.locator('#compare-4099-1')).toBeInViewport();
  await inLowerWindow(app, () => expect(page.locator('#compare-4099-1')).toBeInViewport({ ratio: 1 }));
  expect(await grid.getByRole('row').count()).toBeLessThan(MOST_ROWS);
  await page.getByLabel(say('compare.search')).pressSequentially('chart-77-part3');
  await expect(grid).not.toHaveAttribute('aria-rowcount', '4101');
  await expect(grid).toContainText('chart-77-part3');

  await steps.button(page, say('compare.clear')).click();
  await atDoubleZoom(app, grid);

  await steps.plan(app);
  await expect(steps.approval(app)).toContainText(say('plan.imageCount', { count: 4000 }));
  await fitsNarrowWindow(app);
  await page.getByRole('button', { name: say('plan.list', { count: 4000 }) }).click();
  const list = page.getByRole('list', { name: say('plan.group.add') });
  await expect(list.getByRole('listitem').first()).toHaveAttribute('aria-setsize', '4000');
  expect(await list.getByRole('listitem').count()).toBeLessThan(MOST_ROWS);
  await list.press('End');
  await expect(list.getByRole('listitem').last()).toHaveAttribute('aria-posinset', '4000');
  await steps.approval(app).click();
  await expect(page.getByRole('table', { name: say('run.images') })).toHaveAttribute('aria-rowcount', '4001');
  expect(
    await page
      .getByRole('table', { name: say('run.images') })
      .getByRole('row')
      .count(),
  ).toBeLessThan(MOST_ROWS);
  await namesFitNarrowWindow(app);
  const tasks = await watched();
  expect(tasks.length).toBeGreaterThan(100);
  expect(tasks.filter(({ busy }) => busy > LONGEST_TASK)).toEqual([]);
});

/** The summary above the list makes it lower in the same way once all tags were read. */
async function inLowerWindow({ page }: AppUnderTest, look: () => Promise<void>): Promise<void> {
  const before = page.viewportSize() ?? { width: 1366, height: 768 };
  await page.setViewportSize({ ...before, height: before.height - 150 });
  await look();
  await page.setViewportSize(before);
}

/** A window of 1366 x 768 at a zoom of 200 %: the list stays virtual, and the footer with its buttons can be seen. */
async function atDoubleZoom({ page }: AppUnderTest, list: Locator): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 683, height: 384 });
  expect(await list.getByRole('row').count()).toBeLessThan(MOST_ROWS);
  for (const one of await steps.footer(page).getByRole('button').all())
    await expect(one).toBeInViewport({ ratio: 1 });
  await list.scrollIntoViewIfNeeded();
  await list.press('Home');
  await expect(list.getByRole('row').nth(1)).toBeInViewport();
  if (before) await page.setViewportSize(before);
}

/** Runs in the page: number of rows that the comparison had when it was first shown, before all tags were read. */
function rowsWhileReading(): Promise<string | null> {
  return new Promise((resolve) => {
    const look = new MutationObserver(() => {
      const grid = document.querySelector('section[aria-busy] [role="treegrid"]');
      if (grid === null) return;
      look.disconnect();
      const isReading = grid.closest('section')?.getAttribute('aria-busy') === 'true';
      resolve(isReading ? grid.getAttribute('aria-rowcount') : 'shown once all tags were read');
    });
    look.observe(document, { childList: true, subtree: true });
  });
}

/** 1024 pixels at a zoom of 200 %: the page does not scroll sideways, and the whole of the long button can be seen. */
async function fitsNarrowWindow(app: AppUnderTest): Promise<void> {
  const { page } = app;
  const before = page.viewportSize();
  await page.setViewportSize({ width: 512, height: 400 });
  await expect(steps.approval(app)).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(512);
  if (before) await page.setViewportSize(before);
}

/** The columns of the run beside the names scroll out of sight; the names stay readable. */
async function namesFitNarrowWindow({ page, say }: AppUnderTest): Promise<void> {
  const before = page.viewportSize();
  await page.setViewportSize({ width: 512, height: 400 });
  const header = page.getByRole('columnheader', { name: say('run.column.image'), exact: true });
  await expect.poll(async () => (await header.boundingBox())?.width ?? 0).toBeGreaterThan(100);
  if (before) await page.setViewportSize(before);
}
