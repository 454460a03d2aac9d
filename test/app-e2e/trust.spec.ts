// A registry behind a private authority: the app shows its certificate, and trusts it for one target, by fingerprint or by a CA file.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from '@playwright/test';
import type { RememberedTarget } from '../../core/contract.js';
import { createAuthority, type CertificateFiles } from '../support/certificates.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { packagePath } from '../support/seed.js';
import { expect, needs, test as base, type AppUnderTest } from './app-under-test.js';
import { axeFindings } from './axe-findings.js';
import * as steps from './steps.js';

interface Site {
  readonly authority: string;
  readonly server: CertificateFiles;
  readonly registry: RunningRegistry;
}

const test = base.extend<object, { site: Site }>({
  site: [
    // eslint-disable-next-line no-empty-pattern -- Playwright asks for the pattern
    async ({}, use) => {
      const authority = await createAuthority();
      const server = await authority.issue('registry');
      const registry = await startRegistry({ version: 2, tls: server });
      await use({ authority: authority.certificate, server, registry });
      await registry.stop();
      await authority.remove();
    },
    { scope: 'worker' },
  ],
});

needs('docker-registry', 'openssl');

function savedTargets({ stateDir }: AppUnderTest): readonly RememberedTarget[] {
  const text = readFileSync(join(stateDir, 'targets.json'), 'utf8');
  return (JSON.parse(text) as { targets: readonly RememberedTarget[] }).targets;
}

/** The row of the check that says whether the connection is trusted. */
function encryption({ page, say }: AppUnderTest): Locator {
  return page.getByRole('row').filter({ hasText: say('check.topic.encryption') });
}

test('is named, not trusted at first, and trusted once its fingerprint was compared', async ({
  app,
  site,
}) => {
  const { page, say } = app;
  await steps.addPackages(app, packagePath('v0.9.0-arm64'));
  await steps.button(page, say('packages.chooseTarget')).click();
  await steps.button(page, say('target.addRegistry')).click();
  await page.getByLabel(say('target.field.name'), { exact: true }).fill('site-1');
  await page.getByLabel(say('target.field.registry')).fill(site.registry.host);
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.failed', { name: 'site-1' }));
  await encryption(app)
    .getByRole('button', { name: say('check.showCertificate') })
    .click();
  const dialog = page.getByRole('dialog', { name: say('certificate.title', { host: site.registry.host }) });
  const shown = site.server.fingerprint.toUpperCase().replace(/..(?!$)/g, '$&:');
  for (const fact of ['Test Authority', '127.0.0.1, localhost', shown])
    await expect(dialog).toContainText(fact);
  const trust = dialog.getByRole('button', { name: say('certificate.trust') });
  await expect(trust).toBeDisabled();
  expect(await axeFindings(page, 'certificate')).toEqual([]);
  await dialog.getByLabel(say('certificate.compared')).press('Space');
  await trust.press('Enter');
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: 'site-1' }));
  await expect(encryption(app)).toContainText(say('check.tlsFingerprint'));
  expect(savedTargets(app)).toMatchObject([
    { label: 'site-1', spec: { tls: { fingerprints: [site.server.fingerprint] } } },
  ]);
  // Editing keeps what is trusted.
  await steps.button(page, say('target.edit')).click();
  await page.getByLabel(say('target.field.name'), { exact: true }).fill('site-2');
  await steps.button(page, say('target.save')).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: 'site-2' }));
  expect(savedTargets(app)).toMatchObject([
    { label: 'site-2', spec: { tls: { fingerprints: [site.server.fingerprint] } } },
  ]);
});

test('is trusted by a file with the certificate of the authority, and takes an import', async ({
  app,
  site,
}) => {
  const { page, say, home } = app;
  const { host } = site.registry;
  cpSync(site.authority, join(home, 'ca.pem'));
  await steps.addPackages(app, packagePath('v0.9.0-arm64'));
  await steps.button(page, say('packages.chooseTarget')).click();
  await steps.button(page, say('target.addRegistry')).click();
  await page.getByLabel(say('target.field.registry')).fill(host);
  await steps.button(page, say('target.save')).click();
  await encryption(app)
    .getByRole('button', { name: say('target.chooseCa') })
    .click();
  const picker = page.getByRole('dialog', { name: say('target.chooseCa') });
  await picker.getByLabel(say('picker.path')).fill(home);
  await page.keyboard.press('Enter');
  await picker.getByRole('button', { name: 'ca.pem' }).click();
  await picker.getByRole('button', { name: say('picker.takeFiles', { count: 1 }) }).click();
  await expect(steps.footer(page)).toContainText(say('target.footer.ready', { name: host }));
  await expect(encryption(app)).toContainText(say('check.tlsCaFile'));
  await steps.importNow(app);
  await steps.untilReport(app, 'report.verdict.proven', ...steps.WITH_GAPS);
});
