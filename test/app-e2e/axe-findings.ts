// The findings of axe for the current page.
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const OF_THEMES = ['color-contrast', 'link-in-text-block'];

/** Findings of axe in this state: all of them in the light theme, in the dark theme those that depend on colours. */
export async function axeFindings(page: Page, state: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    // The other mode of axe needs a second page, which the desktop does not have.
    // Elements without a violation are not described one by one, which took a fifth of the time.
    const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] });
    const { violations } = await (colorScheme === 'dark' ? axe.withRules(OF_THEMES) : axe).analyze();
    for (const { id, nodes } of violations) {
      for (const { target, failureSummary = '' } of nodes)
        found.push(`${state}, ${colorScheme}: ${id} ${target.join(' ')} ${failureSummary}`);
    }
  }
  return found;
}
