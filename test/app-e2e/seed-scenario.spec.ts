// The upgrades of a site, by clicking: both packages of a version, the upgrade of both, and an undo; the registry is read at the
// end.
import { startRegistry } from '../support/registries.js';
import { readTag, type ServedTag } from '../support/registry-reader.js';
import { packagePath } from '../support/seed.js';
import { registryState } from '../support/undoing.js';
import { expect, needs, test } from './app-under-test.js';
import * as steps from './steps.js';

needs('docker-registry');

test('both packages, the upgrade, and an undo', async ({ app }) => {
  const { page, say } = app;
  const registry = await startRegistry({ version: 2 });
  try {
    await steps.addPackages(app, packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64'));
    await expect(steps.footer(page)).toContainText(say('packages.meaning.fused', { count: 2 }));
    await steps.addPlainRegistry(app, registry.host);
    await expect(page.getByText(say('target.notEncrypted')).first()).toBeVisible();
    await steps.compare(app);
    await expect(await steps.imageRow(app, 'quayside/api')).toContainText(
      /linux\/amd64, Add.*linux\/arm64, Add/s,
    );
    await expect(await steps.imageRow(app, 'bollard/holder')).toContainText('linux/amd64, Missing');
    await steps.plan(app);
    expect(await registryState(registry.url)).toEqual({});
    await steps.approval(app).click();
    await steps.untilReport(app, ...steps.WITH_GAPS);
    await expect(page.getByRole('row').filter({ hasText: 'quayside/api:10.2.0' })).toContainText(
      /added.*added.*none/s,
    );
    await expect(page.getByRole('row').filter({ hasText: 'bollard/holder:0.2.0' })).toContainText('–');
    const first = await registryState(registry.url);
    expect(await platforms('quayside/api', '10.2.0')).toEqual(['linux/amd64', 'linux/arm64']);
    expect(await platforms('bollard/holder', '0.2.0')).toEqual(['linux/arm64']);
    const served = await allServed(first);

    await steps.goTo(app, 'packages.title');
    await steps.chooseNothing(app);
    await steps.addPackages(app, packagePath('v0.11.0-amd64'), packagePath('v0.11.0-arm64'));
    await steps.goTo(app, 'target.title');
    await steps.compare(app);
    await expect(await steps.imageRow(app, 'driftnet/collector')).toContainText('linux/amd64, Conflict');
    await steps.plan(app);
    await expect(page.getByRole('radiogroup', { name: /driftnet\/collector.*linux\/amd64/ })).toBeVisible();
    await steps.approval(app).click();
    await steps.untilReport(app, ...steps.WITH_GAPS);
    const second = await registryState(registry.url);
    expect(second['driftnet/collector:0.9.0']).toBe(first['driftnet/collector:0.9.0']);
    expect(Object.keys(second).length).toBeGreaterThan(Object.keys(first).length);
    // No tag lost a platform.
    for (const [name, before] of served) {
      const after = await readTag(registry.url, ...named(name));
      expect(Object.keys(after?.platforms ?? {}), name).toEqual(
        expect.arrayContaining(Object.keys(before.platforms)),
      );
    }

    await steps.button(page, say('report.undo')).click();
    const preview = page.getByRole('dialog', { name: say('undo.title') });
    await expect(preview).toContainText(say('undo.restore'));
    await expect(preview).toContainText(say('undo.remove'));
    expect(await registryState(registry.url)).toEqual(second);
    await preview.getByRole('button', { name: /^Undo \d+ changes$/ }).click();
    await steps.untilReport(app, 'report.verdict.undone');
    expect(await registryState(registry.url)).toEqual(first);
    // The import that was undone, and the undo itself.
    await expect(page.getByRole('row').filter({ hasText: say('outcome.undone') })).toHaveCount(2);
  } finally {
    await registry.stop();
  }

  async function platforms(repository: string, tag: string): Promise<readonly string[]> {
    return Object.keys((await readTag(registry.url, repository, tag))?.platforms ?? {}).sort();
  }

  /** Images only, without charts. */
  async function allServed(
    state: Readonly<Record<string, string>>,
  ): Promise<readonly (readonly [string, ServedTag])[]> {
    const tags: (readonly [string, ServedTag])[] = [];
    for (const name of Object.keys(state).filter((one) => !/^(addon|community)\//.test(one))) {
      const tag = await readTag(registry.url, ...named(name));
      if (tag) tags.push([name, tag]);
    }
    return tags;
  }
});

function named(name: string): readonly [string, string] {
  const colon = name.lastIndexOf(':');
  return [name.slice(0, colon), name.slice(colon + 1)];
}
