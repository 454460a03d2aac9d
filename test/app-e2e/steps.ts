// Steps of a person in the app, by clicking: choose packages, choose a target, compare, plan, import.
import { expect, type Locator, type Page } from '@playwright/test';
import type { AppUnderTest } from './app-under-test.js';

export function heading(page: Page, title: string): Locator {
  return page.getByRole('heading', { level: 1, name: title });
}

export function button(page: Page, name: string | RegExp): Locator {
  return page.getByRole('button', { name });
}

/** The footer: what the next button does, and the button. */
export function footer(page: Page): Locator {
  return page.getByRole('contentinfo');
}

/** Finds an image in the comparison; for an image of several charts the first row. */
export async function imageRow({ page, say }: AppUnderTest, name: string): Promise<Locator> {
  await page.getByLabel(say('compare.search')).fill(name);
  const grid = page.getByRole('treegrid', { name: say('compare.matrix') });
  return grid
    .getByRole('row')
    .filter({ has: page.locator(`[title*="${name}"]`) })
    .first();
}

/** Copies packages to the computer, adds them to the list and waits until they have been read. */
export async function addPackages(app: AppUnderTest, ...packages: readonly string[]): Promise<void> {
  const { page, say } = app;
  const paths = app.bring(...packages);
  await app.chooseFiles(paths);
  for (const path of paths) {
    const row = page.getByRole('row').filter({ has: page.getByTitle(path) });
    await expect(row).toContainText(say('packages.checksum.sidecar'));
    await expect(row.getByRole('checkbox')).toBeChecked();
  }
}

export async function chooseNothing({ page, say }: AppUnderTest): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.getByRole('dialog').getByRole('textbox').fill(say('packages.clearChoice'));
  await page.keyboard.press('Enter');
  await expect(footer(page)).toContainText(say('packages.meaning.none'));
}

/** A registry over plain HTTP, for which the app asks for the host's name a second time. */
export async function writePlainRegistry({ page, say }: AppUnderTest, host: string): Promise<void> {
  await button(page, say('packages.chooseTarget')).click();
  await button(page, say('target.addRegistry')).click();
  await page.getByLabel(say('target.field.registry')).fill(`http://${host}`);
  await page.getByLabel(say('target.field.plain', { host })).fill(host);
  await button(page, say('target.save')).click();
}

/** Enters the target and waits until it is ready. */
export async function addPlainRegistry(app: AppUnderTest, host: string): Promise<void> {
  await writePlainRegistry(app, host);
  await expect(footer(app.page)).toContainText(app.say('target.footer.ready', { name: host }));
}

export async function useFolder(app: AppUnderTest): Promise<void> {
  const { page, say } = app;
  await button(page, say('packages.chooseTarget')).click();
  await footer(page)
    .getByRole('button', { name: say('target.useFolder') })
    .click();
}

export async function compare({ page, say }: AppUnderTest): Promise<void> {
  await footer(page).getByRole('button').last().click();
  await page.getByRole('treegrid', { name: say('compare.matrix') }).waitFor();
}

export async function plan({ page, say }: AppUnderTest): Promise<void> {
  await button(page, say('compare.review')).click();
  await page.getByText(say('plan.what')).waitFor();
}

/** "Import now": reads, plans and writes in one pass. */
export async function importNow(app: AppUnderTest): Promise<void> {
  const { page, say } = app;
  await goTo(app, 'packages.title');
  await button(page, say('packages.importNow')).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: say('packages.importNow') })
    .click();
  await heading(page, say('run.title')).waitFor();
}

/** The button that starts the import. */
export function approval({ page }: AppUnderTest): Locator {
  return footer(page).getByRole('button').last();
}

/** The result for the genuine packages: some images are in none of them, and one is mislabelled. */
export const WITH_GAPS = ['report.verdict.gaps', 'report.verdict.findings'];

/** Waits for the end of the run: its report, with one of these sentences. */
export async function untilReport(
  { page, like }: AppUnderTest,
  ...verdicts: readonly string[]
): Promise<void> {
  await expect(page.locator('#report-verdict')).toHaveText(like(...verdicts), { timeout: 90_000 });
}

/** Presses the button of a card about what was away and is back now, unless the run has noticed that by itself and the card is gone. */
export async function pressUnlessGone(button: Locator): Promise<void> {
  await button.click({ timeout: 5_000 }).catch(() => expect(button).toBeHidden());
}

export async function goTo({ page, say }: Pick<AppUnderTest, 'page' | 'say'>, title: string): Promise<void> {
  await page
    .getByRole('navigation', { name: say('frame.steps') })
    .getByRole('button', { name: new RegExp(`^${say(title)}`) })
    .click();
  await heading(page, say(title)).waitFor();
}
