// A run that is paused, cancelled, or loses its registry, and is completed afterwards.
import type { Gate } from '../support/gate.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import type { AppUnderTest } from './app-under-test.js';
import { expect, isUpload, needs, test } from './held-registry.js';
import * as steps from './steps.js';

needs('registry');

/** Runs until the first layers are held. */
async function beginImport(app: AppUnderTest, gate: Gate): Promise<void> {
  await steps.addPackages(app, packagePath('v0.11.0-amd64'));
  await steps.addPlainRegistry(app, gate.host);
  gate.hold(isUpload);
  await steps.importNow(app);
  await expect.poll(() => gate.held).toBeGreaterThan(0);
}

/** The last image and the last chart of the package are in the target; `beacon` is what was done for the first. */
async function expectWhole(
  app: AppUnderTest,
  registry: RunningRegistry,
  beacon: 'report.cell.added' | 'report.cell.same' = 'report.cell.added',
): Promise<void> {
  const state = await registryState(registry.url);
  expect(state['quayside/api:10.4.1']).toMatch(/^sha256:/);
  expect(state['addon/quayside:10.4.1_802']).toMatch(/^sha256:/);
  await steps.goTo(app, 'report.title');
  const rows = app.page.getByRole('table', { name: app.say('report.proof') });
  await expect(rows.getByRole('row').filter({ hasText: 'beacon/agent' })).toContainText(app.say(beacon));
}

test('pauses and goes on', async ({ app, gate, registry }) => {
  const { page, say } = app;
  await beginImport(app, gate);
  await steps.button(page, say('run.pause')).click();
  await expect(steps.footer(page)).toContainText(say('run.pausedTitle'));
  gate.open();
  // Uploads that have begun are finished; then the registry gets no more requests.
  await expect
    .poll(async () => {
      const before = gate.came;
      await new Promise((resolve) => setTimeout(resolve, 700));
      return gate.came - before;
    })
    .toBe(0);
  expect(await registryState(registry.url)).toEqual({});
  await steps.button(page, say('run.resume')).click();
  await steps.untilReport(app, ...steps.WITH_GAPS);
  await expectWhole(app, registry);
});

test('is cancelled and run again', async ({ app, gate, registry }) => {
  const { page, say } = app;
  await beginImport(app, gate);
  await steps.button(page, say('run.cancel')).click();
  const asked = page.getByRole('dialog', { name: say('run.cancelTitle') });
  await asked.getByRole('button', { name: say('run.stopHere') }).click();
  gate.open();
  await expect(steps.footer(page)).toContainText(say('outcome.stopped'), { timeout: 60_000 });
  expect(await registryState(registry.url)).toEqual({});
  await steps.button(page, say('run.again')).click();
  await steps.untilReport(app, ...steps.WITH_GAPS);
  await expectWhole(app, registry);
});

test('is cancelled and undone', async ({ app, gate, registry }) => {
  const { page, say } = app;
  await beginImport(app, gate);
  // The tags of the first images are written, the others are held.
  gate.open();
  gate.hold((method, path) => method === 'PUT' && path.includes('/manifests/') && path.includes('quayside'));
  await expect.poll(() => gate.held, { timeout: 60_000 }).toBeGreaterThan(0);
  await expect.poll(async () => Object.keys(await registryState(registry.url))).not.toEqual([]);
  await steps.button(page, say('run.cancel')).click();
  const asked = page.getByRole('dialog', { name: say('run.cancelTitle') });
  await asked.getByRole('button', { name: say('run.stopAndUndo') }).click();
  gate.open();
  await steps.untilReport(app, 'report.verdict.undone');
  expect(await registryState(registry.url)).toEqual({});
});

test('loses its registry, says so, and goes on once it is back', async ({
  app,
  gate,
  registry,
  storageDir,
}) => {
  const { page, say } = app;
  await beginImport(app, gate);
  await gate.shut();
  await registry.stop();
  const tryNow = steps.button(page, say('run.tryNow'));
  await expect(tryNow).toBeVisible({ timeout: 90_000 });
  await expect(page.getByRole('alert').filter({ has: tryNow })).toContainText(gate.host);
  const back = await startRegistry({ version: 3, storageDir });
  try {
    expect(await registryState(back.url)).toEqual({});
    await gate.leadTo(back.host);
    await steps.pressUnlessGone(tryNow);
    await steps.untilReport(app, ...steps.WITH_GAPS);
    await expectWhole(app, back);
  } finally {
    await back.stop();
  }
});

test('is refused in one place, imports the rest, and brings what was missing when it is run again', async ({
  app,
  gate,
  registry,
}) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.11.0-amd64'));
  await steps.addPlainRegistry(app, gate.host);
  gate.refuse((method, path) => method === 'POST' && path.startsWith('/v2/quayside/'));
  await steps.importNow(app);
  await steps.untilReport(app, ...steps.WITH_GAPS);
  const before = await registryState(registry.url);
  expect(before['beacon/agent:v3.1.0']).toMatch(/^sha256:/);
  expect(before).not.toHaveProperty(['quayside/api:10.4.1']);
  await steps.goTo(app, 'run.title');
  const card = page
    .getByRole('alert')
    .or(page.getByRole('heading', { level: 3 }))
    .first();
  await expect(card).toBeVisible();
  await expect(page.getByRole('main')).toContainText('quayside/api');
  gate.open();
  await steps.button(page, say('run.again')).click();
  await steps.untilReport(app, ...steps.WITH_GAPS);
  await expectWhole(app, registry, 'report.cell.same');
});

test('a registry that does not answer is reported before anything is sent, and can be checked again', async ({
  app,
  gate,
  registry,
}) => {
  const { page, say } = app;
  await gate.shut();
  await steps.addPackages(app, packagePath('v0.11.0-amd64'));
  await steps.writePlainRegistry(app, gate.host);
  await expect(steps.footer(page)).toContainText(say('target.footer.failed', { name: gate.host }), {
    timeout: 60_000,
  });
  await gate.leadTo(registry.host);
  await steps.button(page, say('target.check')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: gate.host }));
});
