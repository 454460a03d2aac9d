// A Harbor (a double) in the app: a wrong password, a quota that is too small, a project that is missing with and without the right to
// create it, and tokens that expire while the import runs.
import type { Credentials } from '../../core/contract.js';
import { ADMIN, ALICE, developerOf } from '../support/harbor/harbor-accounts.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';
import { Harbor } from '../support/harbor/harbor.js';
import { packagePath } from '../support/seed.js';
import { expect, test as base, type AppUnderTest } from './app-under-test.js';
import { axeFindings } from './axe-findings.js';
import * as steps from './steps.js';

const test = base.extend<{ harbor: Harbor }>({
  // eslint-disable-next-line no-empty-pattern -- Playwright asks for the pattern
  harbor: async ({}, use) => {
    const projects = HarborBench.allBut('localhost', { hard: 1_000_000_000 });
    const harbor = await Harbor.start({
      accounts: developerOf([...Object.keys(projects), 'library']),
      projects,
      creation: 'adminonly',
      // Seconds: less than the import takes
      tokenLife: 2,
    });
    await use(harbor);
    await harbor.stop();
  },
});

/** Goes back to the target, changes its login, and comes to the plan again. */
async function planAs(app: AppUnderTest, { username, password }: Credentials): Promise<void> {
  const { page, say } = app;
  await steps.goTo(app, 'target.title');
  await steps.button(page, say('target.edit')).click();
  await page.getByLabel(say('target.field.user'), { exact: true }).fill(username);
  await page.getByLabel(say('target.field.password'), { exact: true }).fill(password);
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(/ready/);
  await steps.compare(app);
  await steps.plan(app);
}

test('is prepared and filled without leaving the window', async ({ app, harbor }) => {
  const { page, say } = app;
  const lantern = harbor.projects.get('lantern');
  if (!lantern) throw new Error('no project');
  lantern.hard = 100;
  await steps.addPackages(app, packagePath('v0.9.0-amd64'));
  await steps.button(page, say('packages.chooseTarget')).click();
  await steps.button(page, say('target.addRegistry')).click();
  await page.getByLabel(say('target.field.registry')).fill(harbor.url);
  await page.getByLabel(say('target.field.plain', { host: harbor.host })).fill(harbor.host);
  await page.getByLabel(say('target.field.user'), { exact: true }).fill(ALICE.username);
  await page.getByLabel(say('target.field.password'), { exact: true }).fill('wrong');
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.credentials', { name: harbor.host }));

  await planAs(app, ALICE);
  const project = (name: string) =>
    page.locator('div').filter({ hasText: new RegExp(`^${name}(?:Missing|Will|Exists)`) });
  await expect(project('localhost').last()).toContainText(say('plan.project.missing'));
  await expect(page.getByText(say('plan.space.project', { where: 'lantern' }))).toBeVisible();
  await expect(steps.approval(app)).toBeDisabled();

  lantern.hard = -1;
  await planAs(app, ADMIN);
  await expect(project('localhost').last()).toContainText(say('plan.project.private'));
  await page.getByText(say('plan.project.choosePublic'), { exact: true }).click();
  await expect(project('localhost').last()).toContainText(say('plan.project.public'));
  expect(await axeFindings(page, 'plan')).toEqual([]);
  await expect(steps.approval(app)).toBeEnabled();
  const before = harbor.log.filter((line) => line.includes('/service/token')).length;
  await steps.approval(app).click();
  await steps.untilReport(app, 'report.verdict.proven', ...steps.WITH_GAPS);
  expect(harbor.projects.get('localhost')?.isPublic).toBe(true);
  expect(harbor.log.filter((line) => line.includes('/service/token')).length).toBeGreaterThan(before + 1);
});
