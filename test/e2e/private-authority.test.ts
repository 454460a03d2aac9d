// An import into a registry behind a private authority: images and charts (OCI) over TLS, and what plan and report say of it.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TlsSpec } from '../../core/contract.js';
import { createAuthority, type CertificateFiles, type TestAuthority } from '../support/certificates.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const packages = ['amd64', 'arm64'].map((arch) =>
  join(PROJECT_ROOT, 'examples', `addon-offline-full-package-v0.1.0-${arch}.tar.gz`),
);
let authority: TestAuthority;
let server: CertificateFiles;
let registry: RunningRegistry;
let bench: Bench;
beforeAll(async () => {
  authority = await createAuthority();
  server = await authority.issue('registry');
  registry = await startRegistry({ version: 3, tls: server });
  bench = await openBench();
});
afterAll(async () => {
  await registry.stop();
  await bench.close();
  await authority.remove();
});

const importWith = (tls: TlsSpec) => bench.import({ packages, target: { registry: registry.url, tls } });

it('goes there with the file of the authority, charts included', async () => {
  const report = await importWith({ caFiles: [authority.certificate] });
  expect(report).toMatchObject({ result: 'done', problems: [], weakened: [] });
  expect(new Set(report.charts.map(({ action }) => action))).toEqual(new Set(['publish']));
});

it('goes there with the fingerprint of the certificate, and finds everything there', async () => {
  const report = await importWith({ fingerprints: [server.fingerprint] });
  expect(report).toMatchObject({ result: 'done', weakened: [], totals: { bytesSent: 0 } });
});

it('names in its report that certificates were not verified', async () => {
  const report = await importWith({ skipVerify: true });
  expect(report).toMatchObject({ result: 'done', weakened: ['--insecure-skip-tls-verify'] });
});

it('sends nothing to a registry whose certificate is not trusted', async () => {
  await expect(importWith({})).rejects.toThrow(/registry\.tls-unknown-authority|does not trust/);
});
