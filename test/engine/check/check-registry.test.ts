// What `check` tells of a registry beyond whether it answers: rights, version, clock, further hosts, where credentials came from.
import { afterEach, describe, expect, it } from 'vitest';
import { createEngine } from '../../../core/engine.js';
import type { Check, TargetSpec } from '../../../core/contract.js';
import { ROLES, type HarborAccount } from '../../support/harbor/harbor-accounts.js';
import { Harbor } from '../../support/harbor/harbor.js';
import { startReplay, type Replay, type Script } from '../../support/replay.js';
import { scratchFolders } from '../../support/scratch.js';
import { startRegistry } from '../../support/registries.js';
import { startTokenServer } from '../../support/token-server.js';

const { signal } = new AbortController();
const scratch = scratchFolders();
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function check(target: TargetSpec): Promise<Check> {
  const engine = createEngine({ stateDir: scratch(), version: '0.0.0', log: () => undefined });
  const answer = await engine.check({ noCharts: true, ...target }, { signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function serve(script: Script): Promise<Replay> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  return server;
}

const credentials = { username: 'mate', password: 'of-mate' };
async function harborFor(account: Omit<HarborAccount, 'password'>): Promise<Harbor> {
  const accounts = { mate: { password: credentials.password, ...account } };
  const harbor = await Harbor.start({ accounts, projects: { p: { hard: 5_000, used: 1_000 } } });
  endings.push(() => harbor.stop());
  return harbor;
}

describe('a Harbor', () => {
  it('tells version, rights and quota', async () => {
    const harbor = await harborFor({ rights: { p: ROLES.developer } });
    harbor.repository('p/a');
    const credentialsFrom = { kind: 'environment', where: 'ARCHBRIDGE_PASSWORD' } as const;
    const target = {
      registry: harbor.url,
      credentials,
      credentialsFrom,
      naming: { containerRepository: 'p/x' },
    };
    const { ok, registry } = await check(target);
    expect(ok).toBe(true);
    expect(registry).toMatchObject({ product: 'harbor', credentials: credentialsFrom, hosts: [] });
    expect(registry.version).toMatch(/^v2\./);
    expect(registry.quota).toEqual({ project: 'p', free: 4_000 });
    expect(registry.mayCreateProjects).toBe(true);
    expect(JSON.stringify(registry)).not.toContain(credentials.password);
  });
});

describe('a registry with a token service', () => {
  it('is told with its rights; without the permission to contact the service only that is told', async () => {
    const tokens = await startTokenServer({
      accounts: { mate: credentials.password },
      rights: () => ['pull'],
    });
    endings.push(() => tokens.stop());
    const server = await startRegistry({ version: 3, auth: 'token', tokenServer: tokens });
    endings.push(() => server.stop());
    const { url } = server;
    const { host } = new URL(tokens.realm);
    const shut = await check({ registry: url, credentials });
    expect(shut.problems.map(({ code }) => code)).toEqual(['registry.host-not-allowed']);
    expect(shut.registry.hosts).toEqual([{ host, use: 'token-service', isAllowed: false }]);
    expect(tokens.requests).toEqual([]);
    const open = await check({ registry: url, credentials, allowHosts: [host] });
    expect(open.registry.hosts).toEqual([{ host, use: 'token-service', isAllowed: true }]);
    expect(open.registry).toMatchObject({ mayPull: true, mayPush: false, mayDelete: false });
  });
});

describe('a registry that sends its clients elsewhere', () => {
  it('is told with the hosts of uploads and blobs, and nothing is sent there', async () => {
    const storage = await serve(() => ({ status: 200 }));
    const config = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: `sha256:${'a'.repeat(64)}`,
      size: 2,
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config,
      layers: [],
    };
    const registry = await serve(({ path, method }) => {
      if (path === '/v2/')
        return { status: 200, headers: { 'docker-distribution-api-version': 'registry/2.0' } };
      if (path.startsWith('/v2/_catalog')) return { status: 200, body: '{"repositories":["a/b"]}' };
      if (path.endsWith('/tags/list')) return { status: 200, body: '{"name":"a/b","tags":["v1"]}' };
      if (path.includes('/manifests/'))
        return {
          status: 200,
          headers: { 'content-type': manifest.mediaType },
          body: JSON.stringify(manifest),
        };
      if (method === 'POST') return { status: 202, headers: { location: 'http://uploads.invalid:8080/u/1' } };
      return { status: 307, headers: { location: `${storage.url}/blob` } };
    });
    const found = await check({ registry: registry.url });
    expect(found.registry.hosts).toEqual([
      { host: 'uploads.invalid:8080', use: 'uploads', isAllowed: false },
      { host: storage.host, use: 'blobs', isAllowed: false },
    ]);
    expect(found.problems.map(({ params }) => params['host'])).toEqual([
      'uploads.invalid:8080',
      storage.host,
    ]);
    expect(storage.seen).toEqual([]);
  });
});

describe('a zot behind htpasswd', () => {
  it('is recognised once it let the account in; no upload makes a repository there', async () => {
    const zot = await serve(({ path, headers }) => {
      if (headers.authorization === undefined)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="Authorization Required"' } };
      const own = { 'access-control-allow-headers': 'Authorization,content-type,X-ZOT-API-CLIENT' };
      if (path === '/v2/') return { status: 200, headers: own };
      if (path.startsWith('/v2/_catalog')) return { status: 200, body: '{"repositories":[]}' };
      if (path === '/v2/_zot/ext/mgmt')
        return { status: 200, body: '{"distSpecVersion":"1.1.1","releaseTag":"v2.1.8"}' };
      return { status: 404 };
    });
    const { registry } = await check({ registry: zot.url, credentials });
    expect(registry).toMatchObject({ product: 'zot', version: 'v2.1.8', auth: 'basic', mayPush: null });
    expect(zot.seen.some(({ method }) => method === 'POST')).toBe(false);
  });
});

describe('a token service that fails', () => {
  it('is told once, as that', async () => {
    const registry = await serve(({ path, headers }) => {
      if (path.startsWith('/token')) return { status: 500, body: 'no key' };
      const realm = `Bearer realm="http://${headers.host ?? ''}/token",service="s"`;
      return { status: 401, headers: { 'www-authenticate': realm } };
    });
    const found = await check({ registry: registry.url, credentials });
    expect(found.problems.map(({ code }) => code)).toEqual(['registry.token-service-failed']);
    expect(found.registry.reachable).toBe(true);
  });
});
