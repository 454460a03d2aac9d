// Whom connections trust, against real registries with TLS: authorities from files and folders, fingerprints, client certificates.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TlsSpec } from '../../../core/contract.js';
import { createRegistryTarget } from '../../../core/registry/registry-target.js';
import { loadTrust, readFingerprint } from '../../../core/registry/http/trust.js';
import { createAuthority, type CertificateFiles, type TestAuthority } from '../../support/certificates.js';
import { startRegistry, type RunningRegistry } from '../../support/registries.js';

const { signal } = new AbortController();
let authority: TestAuthority;
const running: RunningRegistry[] = [];

beforeAll(async () => {
  authority = await createAuthority();
});

afterAll(async () => {
  await Promise.all(running.map((registry) => registry.stop()));
  await authority.remove();
});

async function serving(
  tls: CertificateFiles & { readonly clientCa?: string },
  version: 2 | 3 = 3,
): Promise<RunningRegistry> {
  const registry = await startRegistry({ version, tls });
  running.push(registry);
  return registry;
}

/** What a first request comes to. */
async function ping(
  url: string,
  tls: TlsSpec,
  more: { readonly resolve?: ReadonlyMap<string, string>; readonly engineFolders?: readonly string[] } = {},
): Promise<unknown> {
  const target = createRegistryTarget({
    url,
    retryPauses: [],
    network: {
      trust: () => loadTrust(tls, { signal }, more.engineFolders ?? []),
      resolve: more.resolve ?? new Map<string, string>(),
    },
  });
  try {
    await target.ping({ signal });
    return 'answers';
  } catch (error) {
    return error;
  } finally {
    await target.close();
  }
}

describe.each([2, 3] as const)('distribution %s behind a private authority', (version) => {
  let server: CertificateFiles;
  let registry: RunningRegistry;
  beforeAll(async () => {
    server = await authority.issue(`server-${String(version)}`);
    registry = await serving(server, version);
  });

  it('is not trusted by itself; the message has what a person compares', async () => {
    expect(await ping(registry.url, {})).toMatchObject({
      code: 'registry.tls-unknown-authority',
      params: { host: registry.host, issuer: 'Test Authority', fingerprint: server.fingerprint },
      retryable: false,
    });
  });

  it('is trusted with the file of its authority, which may hold several certificates', async () => {
    const other = await createAuthority('Other');
    const bundle = join(authority.folder, `bundle-${String(version)}.pem`);
    const { readFile } = await import('node:fs/promises');
    await writeFile(
      bundle,
      `# comment\n${await readFile(other.certificate, 'utf8')}\n${await readFile(authority.certificate, 'utf8')}`,
    );
    await other.remove();
    expect(await ping(registry.url, { caFiles: [bundle] })).toBe('answers');
  });

  it('is trusted by the fingerprint of its certificate, and by no other one', async () => {
    const withColons = (server.fingerprint.match(/../g) ?? []).join(':').toUpperCase();
    expect(await ping(registry.url, { fingerprints: [withColons] })).toBe('answers');
    expect(await ping(registry.url, { fingerprints: ['00'.repeat(32)] })).toMatchObject({
      code: 'registry.tls-unknown-authority',
    });
  });

  it('is let pass when verification is skipped', async () => {
    expect(await ping(registry.url, { skipVerify: true })).toBe('answers');
  });

  it('is trusted where a container engine of this computer trusts it, and only for that registry', async () => {
    const folder = join(authority.folder, `certs.d-${String(version)}`);
    await mkdir(join(folder, registry.host), { recursive: true });
    await copyFile(authority.certificate, join(folder, registry.host, 'ca.crt'));
    expect(await ping(registry.url, {}, { engineFolders: [folder] })).toBe('answers');
    const elsewhere = await serving(server, version);
    expect(await ping(elsewhere.url, {}, { engineFolders: [folder] })).toMatchObject({
      code: 'registry.tls-unknown-authority',
    });
  });
});

describe.each([2, 3] as const)('a certificate of distribution %i that is wrong', (version) => {
  it.each([
    ['has expired', { period: 'past' }, 'registry.tls-expired'],
    ['is not valid yet', { period: 'future' }, 'registry.tls-not-yet-valid'],
    ['is for another name', { names: ['DNS:elsewhere.test'] }, 'registry.tls-wrong-host'],
    ['signed itself', { selfSigned: true }, 'registry.tls-self-signed'],
  ] as const)('%s: has its own message', async (title, options, code) => {
    const server = await authority.issue(`${title.replaceAll(' ', '-')}-${String(version)}`, options);
    const registry = await serving(server, version);
    const failure = await ping(registry.url, { caFiles: [authority.certificate] });
    expect(failure).toMatchObject({ code, params: { fingerprint: server.fingerprint } });
    expect(String(failure)).not.toMatch(/\{\w+\}|undefined/);
    expect(await ping(registry.url, { fingerprints: [server.fingerprint] })).toBe('answers');
  });

  it('of another name is right at the address that --resolve gives to this name', async () => {
    const server = await authority.issue(`resolved-${String(version)}`, { names: ['DNS:registry.test'] });
    const { port } = new URL((await serving(server, version)).url);
    const resolve = new Map([[`registry.test:${port}`, '127.0.0.1']]);
    const caFiles = [authority.certificate];
    expect(await ping(`https://registry.test:${port}`, { caFiles }, { resolve })).toBe('answers');
  });
});

describe.each([2, 3] as const)('distribution %i that asks for client certificates', (version) => {
  let registry: RunningRegistry;
  let client: CertificateFiles;
  beforeAll(async () => {
    const server = await authority.issue(`mutual-${String(version)}`);
    client = await authority.issue(`client-${String(version)}`, { names: ['DNS:client.test'] });
    registry = await serving({ ...server, clientCa: authority.certificate }, version);
  });

  it('lets in who shows one', async () => {
    const { certificate: certFile, key: keyFile } = client;
    const caFiles = [authority.certificate];
    expect(await ping(registry.url, { caFiles, certFile, keyFile })).toBe('answers');
  });

  it('refuses who shows none, and the message says so', async () => {
    expect(await ping(registry.url, { caFiles: [authority.certificate] })).toMatchObject({
      code: 'registry.tls-client-certificate',
    });
  });
});

describe('files and fingerprints that are wrong', () => {
  it('are told before anything is contacted', async () => {
    const server = await authority.issue('files');
    const other = await authority.issue('files-other');
    const empty = join(authority.folder, 'empty.pem');
    await writeFile(empty, 'nothing');
    const cases: readonly (readonly [TlsSpec, string])[] = [
      [{ caFiles: [join(authority.folder, 'absent.pem')] }, 'config.tls-file-unreadable'],
      [{ caFiles: [empty] }, 'config.tls-no-certificate'],
      [{ certFile: server.certificate }, 'config.tls-half-client-certificate'],
      [{ certFile: server.certificate, keyFile: empty }, 'config.tls-bad-key'],
      [{ certFile: server.certificate, keyFile: other.key }, 'config.tls-other-key'],
      [{ fingerprints: ['abc'] }, 'config.bad-fingerprint'],
    ];
    for (const [spec, code] of cases)
      await expect(loadTrust(spec, { signal })).rejects.toMatchObject({ code, origin: 'config' });
  });

  it('fingerprints are read as tools print them', () => {
    const plain = 'ab'.repeat(32);
    const colons = Array.from({ length: 32 }, () => 'AB').join(':');
    for (const text of [
      plain,
      colons,
      `sha256:${plain}`,
      `SHA256 Fingerprint=${colons}`,
      `sha256 Fingerprint=${colons}`,
    ])
      expect(readFingerprint(text)).toBe(plain);
  });
});
