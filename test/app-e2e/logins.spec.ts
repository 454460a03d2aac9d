// A registry with a password: the app asks for it where it is missing, reads it from a file of the site, and writes it to no file.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startChartMuseum } from '../support/chartmuseum.js';
import { ACCOUNT, startRegistry, type RunningRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, needs, test as base, type AppUnderTest } from './app-under-test.js';
import { axeFindings } from './axe-findings.js';
import * as steps from './steps.js';

const test = base.extend<{ storageDir: string; guarded: RunningRegistry }>({
  storageDir: ({ app }, use) => use(join(dirname(app.stateDir), 'registry')),
  guarded: async ({ storageDir }, use) => {
    const registry = await startRegistry({ version: 2, auth: 'htpasswd', storageDir });
    await use(registry);
    await registry.stop();
  },
});

needs('docker-registry');

/** The content of the registry, read through a second one without a login. */
async function contentOf(storageDir: string): Promise<Readonly<Record<string, string>>> {
  const open = await startRegistry({ version: 2, storageDir });
  try {
    return await registryState(open.url);
  } finally {
    await open.stop();
  }
}

function expectNoPassword({ stateDir }: AppUnderTest): void {
  const files = readdirSync(stateDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  expect(files.length).toBeGreaterThan(2);
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'latin1'), name).not.toContain(ACCOUNT.password);
}

test('is asked for when the registry requires it, and a wrong one is reported', async ({
  app,
  guarded,
  storageDir,
}) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.11.0-amd64'));
  await steps.writePlainRegistry(app, guarded.host);
  await expect(steps.footer(page)).toContainText(say('target.footer.credentials', { name: guarded.host }));
  for (const password of ['wrong', ACCOUNT.password]) {
    await steps.button(page, say('check.enterPassword')).first().click();
    const dialog = page.getByRole('dialog', { name: say('target.loginAt', { host: guarded.host }) });
    await dialog.getByLabel(say('target.field.user')).fill(ACCOUNT.username);
    await dialog.getByLabel(say('target.field.password'), { exact: true }).fill(password);
    if (password === 'wrong') expect(await axeFindings(page, 'login')).toEqual([]);
    await dialog.getByRole('button', { name: say('target.login') }).click();
    const summary = password === 'wrong' ? 'target.footer.credentials' : 'target.footer.ready';
    await expect(steps.footer(page)).toContainText(say(summary, { name: guarded.host }));
  }
  await steps.importNow(app);
  await steps.untilReport(app, ...steps.WITH_GAPS);
  expect((await contentOf(storageDir))['quayside/api:10.4.1']).toMatch(/^sha256:/);
  expectNoPassword(app);
});

test("is read from the installer's clusterConfig.yaml, which becomes a target in a few clicks", async ({
  app,
  guarded,
  storageDir,
}) => {
  const { page, say, home } = app;
  const file = `apiVersion: provision.daocloud.io/v1alpha4
kind: ClusterConfig
spec:
  imagesAndCharts:
    type: external
    externalImageRepo: ${guarded.url}
    externalImageRepoUsername: ${ACCOUNT.username}
    externalImageRepoPassword: ${ACCOUNT.password}
`;
  writeFileSync(join(home, 'clusterConfig.yaml'), file);
  await steps.addPackages(app, packagePath('v0.11.0-amd64'));
  await steps.button(page, say('packages.chooseTarget')).click();
  await steps.button(page, 'clusterConfig.yaml').click();
  const picker = page.getByRole('dialog', { name: say('target.chooseFile') });
  await picker.getByLabel(say('picker.path')).fill(home);
  await page.keyboard.press('Enter');
  await picker.getByRole('button', { name: 'clusterConfig.yaml' }).click();
  await picker.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
  await expect(page.getByLabel(say('target.field.registry'))).toHaveValue(guarded.url);
  await expect(page.getByLabel(say('target.field.user'), { exact: true })).toHaveValue(ACCOUNT.username);
  await page.getByLabel(say('target.field.plain', { host: guarded.host })).fill(guarded.host);
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: guarded.host }));
  await steps.importNow(app);
  await steps.untilReport(app, ...steps.WITH_GAPS);
  expect((await contentOf(storageDir))['quayside/api:10.4.1']).toMatch(/^sha256:/);
  expectNoPassword(app);
});

test("is taken from docker's config.json, and each chart repository has a login of its own", async ({
  app,
  guarded,
}) => {
  const { page, say, home } = app;
  const accounts = [
    { username: 'ann', password: 'of-the-addons' },
    { username: 'cy', password: 'of-the-community' },
  ];
  const museums = await Promise.all(accounts.map((basicAuth) => startChartMuseum({ basicAuth })));
  try {
    const auth = Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64');
    const auths = { [`${guarded.url}/v2/`]: { auth }, 'other.example': {} };
    writeFileSync(join(home, 'config.json'), JSON.stringify({ auths }));
    await steps.addPackages(app, packagePath('v0.11.0-amd64'));
    await steps.button(page, say('packages.chooseTarget')).click();
    await steps.button(page, 'config.json').click();
    const picker = page.getByRole('dialog', { name: say('target.chooseFile') });
    await picker.getByLabel(say('picker.path')).fill(home);
    await page.keyboard.press('Enter');
    await picker.getByRole('button', { name: 'config.json' }).click();
    await picker.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
    await steps.button(page, guarded.host).click();
    await expect(page.getByLabel(say('target.field.user'), { exact: true })).toHaveValue(ACCOUNT.username);

    await page.getByText(say('target.charts.repository'), { exact: true }).click();
    await steps.button(page, say('target.charts.another')).click();
    const charts = page.getByRole('group', { name: say('target.fact.charts'), exact: true });
    for (const [at, { username, password }] of accounts.entries()) {
      const { url } = museums[at] ?? { url: '' };
      const { host } = new URL(url);
      await charts.getByLabel(say('target.field.chartsUrl')).nth(at).fill(url);
      await charts
        .getByLabel(say('target.field.chartsFolder'))
        .nth(at)
        .fill(['addon', 'community'][at] ?? '');
      await page.getByLabel(say('target.field.chartsUser', { host })).fill(username);
      await page.getByLabel(say('target.field.chartsPassword', { host })).fill(password);
    }
    await page.getByLabel(say('target.field.convertToOci')).check();
    expect(await axeFindings(page, 'chart logins')).toEqual([]);
    await page.getByLabel(say('target.field.plain', { host: guarded.host })).fill(guarded.host);
    await steps.button(page, say('target.save')).click();
    await expect(steps.footer(page)).toContainText(/ready/);
    for (const { url } of museums) {
      const row = page.getByRole('row').filter({ hasText: url });
      await expect(row).toContainText(say('check.fine'));
    }
    expectNoPassword(app);
    const saved = readFileSync(join(app.stateDir, 'targets.json'), 'utf8');
    for (const { username, password } of accounts) {
      expect(saved).toContain(`"username": "${username}"`);
      expect(saved).not.toContain(password);
    }
  } finally {
    for (const museum of museums) await museum.close();
  }
});
