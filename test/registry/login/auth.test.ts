// Logging in at real registries: Basic, tokens that are renewed, rights that are missing.
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import {
  createRegistryTarget,
  type RegistryTarget,
  type RegistryTargetOptions,
} from '../../../core/registry/registry-target.js';
import {
  ACCOUNT,
  startRegistry,
  type RegistryOptions,
  type RunningRegistry,
} from '../../support/registries.js';
import { startReplay, type Replay, type Script } from '../../support/replay.js';
import { startTokenServer, type TokenServer, type TokenServerOptions } from '../../support/token-server.js';
import { pushSample, sampleImage, streamOf } from '../sample-image.js';

const never = { signal: new AbortController().signal };
const alice = { username: 'alice', password: 'wonder:land' };
const accounts = { alice: alice.password, bob: 'b' };

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function registryWith(options: RegistryOptions): Promise<RunningRegistry> {
  const registry = await startRegistry(options);
  endings.push(() => registry.stop());
  return registry;
}

function targetAt(options: RegistryTargetOptions): RegistryTarget {
  const target = createRegistryTarget({ retryPauses: [], ...options });
  endings.push(() => target.close());
  return target;
}

async function withTokens(
  version: 2 | 3,
  server: Partial<TokenServerOptions> = {},
): Promise<{ registry: RunningRegistry; tokens: TokenServer; allowHosts: readonly string[] }> {
  const tokens = await startTokenServer({ accounts, ...server });
  endings.push(() => tokens.stop());
  const registry = await registryWith({ version, auth: 'token', tokenServer: tokens });
  return { registry, tokens, allowHosts: [new URL(tokens.realm).host] };
}

describe.each([2, 3] as const)('distribution %i with passwords', (version) => {
  it('logs in with Basic', async () => {
    const { url } = await registryWith({ version, auth: 'htpasswd' });
    const target = targetAt({ url, credentials: ACCOUNT });
    expect(await target.ping(never)).toMatchObject({ auth: 'basic' });
    const image = sampleImage();
    await pushSample(target, 'a/b', 'v1', image, never);
    expect(await target.getManifest('a/b', 'v1', never)).toEqual(image.manifest);
  });

  it('sends a wrong password once, however many requests wait for the login', async () => {
    const { url } = await registryWith({ version, auth: 'htpasswd' });
    const lines: string[] = [];
    const target = targetAt({
      url,
      credentials: { username: 'keeper', password: 'wrong' },
      onRequest: (line) => lines.push(line),
      retryPauses: [1, 1],
    });
    const asked = await Promise.allSettled([
      target.ping(never),
      target.getManifest('a/b', 'v1', never),
      target.putBlob('a/b', digestOf('x'), 1, Buffer.from('x'), never),
    ]);
    for (const answer of asked) {
      expect(answer).toMatchObject({
        status: 'rejected',
        reason: { code: 'registry.credentials-refused', retryable: false },
      });
    }
    await expect(target.getManifest('a/b', 'v1', never)).rejects.toThrow(
      /refuses this user name or password/,
    );
    expect(lines.length).toBe(2);
  });

  it('asks for credentials where none were given', async () => {
    const { url } = await registryWith({ version, auth: 'htpasswd' });
    await expect(targetAt({ url }).ping(never)).rejects.toMatchObject({
      code: 'registry.credentials-needed',
    });
  });
});

describe('a token service that refuses several scopes', () => {
  it.each([400, 403, 404])('with %i makes no mount, and is not asked for ever', async (status) => {
    const server: Replay = await startReplay(({ path, headers }) => {
      if (path.startsWith('/token')) {
        const scopes = new URL(path, 'http://t').searchParams.getAll('scope');
        return scopes.length > 1 ? { status } : { status: 200, body: '{"token":"t"}' };
      }
      const challenge = { 'www-authenticate': `Bearer realm="${server.url}/token",service="s"` };
      return headers.authorization?.startsWith('Bearer')
        ? { status: 202 }
        : { status: 401, headers: challenge };
    });
    endings.push(() => server.stop());
    const target = targetAt({ url: server.url, credentials: alice });
    expect(await target.mountBlob('c/d', digestOf('x'), 'a/b', never)).toBe(false);
    expect(server.seen.filter(({ path }) => path.includes('scope')).length).toBeLessThan(4);
  });
});

describe.each([2, 3] as const)('distribution %i with a token service', (version) => {
  it('pushes, pulls and mounts with one token for all repositories so far', async () => {
    const { registry, tokens, allowHosts } = await withTokens(version);
    const target = targetAt({ url: registry.url, credentials: alice, allowHosts });
    expect(await target.ping(never)).toMatchObject({ auth: 'token' });
    const image = sampleImage();
    await pushSample(target, 'a/b', 'v1', image, never);
    expect(await target.getManifest('a/b', 'v1', never)).toEqual(image.manifest);
    expect(await target.mountBlob('c/d', digestOf(image.layer), 'a/b', never)).toBe(true);
    expect(tokens.requests.map(({ scopes }) => scopes)).toEqual([
      [],
      ['repository:a/b:pull,push'],
      ['repository:a/b:pull,push', 'repository:c/d:pull,push'],
    ]);
  });

  it('reports a mount without the right on its source as not mounted', async () => {
    const rights = (_user: string, name: string): readonly string[] =>
      name === 'secret/b' ? [] : ['pull', 'push'];
    const { registry, allowHosts } = await withTokens(version, { rights });
    const target = targetAt({ url: registry.url, credentials: alice, allowHosts });
    expect(await target.mountBlob('c/d', digestOf('x'), 'secret/b', never)).toBe(false);
    await target.putBlob('c/d', digestOf('x'), 1, Buffer.from('x'), never);
    expect(await target.blobSize('c/d', digestOf('x'), never)).toBe(1);
  });

  it('says which right is missing, and fetches no second token', async () => {
    const { registry, tokens, allowHosts } = await withTokens(version, { rights: () => ['pull'] });
    const target = targetAt({
      url: registry.url,
      credentials: { username: 'bob', password: 'b' },
      allowHosts,
    });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    const put = target.putBlob('x/y', digestOf('x'), 1, Buffer.from('x'), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.forbidden', retryable: false });
    await expect(put).rejects.toThrow(`${registry.host}/x/y`);
    expect(tokens.requests.length).toBe(3);
  });

  it('sends a wrong password to the token service once', async () => {
    const { registry, tokens, allowHosts } = await withTokens(version);
    const target = targetAt({
      url: registry.url,
      credentials: { username: 'alice', password: 'x' },
      allowHosts,
    });
    await expect(target.ping(never)).rejects.toMatchObject({ code: 'registry.credentials-refused' });
    await expect(target.getBlob('a/b', digestOf('x'), never)).rejects.toMatchObject({
      code: 'registry.credentials-refused',
    });
    expect(tokens.requests.length).toBe(1);
  });

  it('reads without credentials what everybody may read', async () => {
    const { registry, allowHosts } = await withTokens(version, {
      rights: (user) => (user === '' ? ['pull'] : ['pull', 'push']),
    });
    const image = sampleImage();
    const writer = targetAt({ url: registry.url, credentials: alice, allowHosts });
    await pushSample(writer, 'a/b', 'v1', image, never);
    const reader = targetAt({ url: registry.url, allowHosts });
    expect(await reader.getManifest('a/b', 'v1', never)).toEqual(image.manifest);
    const put = reader.putBlob('a/b', digestOf('x'), 1, Buffer.from('x'), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.credentials-needed' });
  });

  it('does not send the password to a token service that is not allowed', async () => {
    const { registry, tokens } = await withTokens(version);
    const host = new URL(tokens.realm).host;
    await expect(targetAt({ url: registry.url, credentials: alice }).ping(never)).rejects.toMatchObject({
      code: 'registry.host-not-allowed',
      params: { host },
    });
    expect(tokens.requests).toEqual([]);
  });

  it('renews tokens that expire during an upload', async () => {
    const { registry, tokens, allowHosts } = await withTokens(version, { seconds: 1 });
    const target = targetAt({ url: registry.url, credentials: alice, allowHosts });
    const bytes = randomBytes(9_000_000);
    const slow = async function* (): AsyncGenerator<Uint8Array> {
      for await (const chunk of streamOf(bytes, 3_000_000)) {
        yield chunk;
        await pause(900);
      }
    };
    const stored = await target.putBlobOfUnknownDigest('a/b', slow(), never);
    expect(stored.digest).toBe(digestOf(bytes));
    expect(tokens.requests.length).toBeGreaterThan(2);
  });

  it('renews a token that the registry refuses before its time', async () => {
    let early = 0;
    const { registry, tokens, allowHosts } = await withTokens(version, { expiredBy: () => early });
    const target = targetAt({ url: registry.url, credentials: alice, allowHosts });
    // The registry accepts a token for a minute after it expired; this is longer.
    early = 400;
    const lost = target.getManifest('a/b', 'v1', never);
    await expect(lost).rejects.toMatchObject({ code: 'registry.login-lost', retryable: true });
    early = 0;
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    // One for the greeting, two that were too old, and a good one.
    expect(tokens.requests.length).toBe(4);
  });

  it('waits for a token service that is down for a while', async () => {
    const { registry, tokens, allowHosts } = await withTokens(version);
    const retries: string[] = [];
    const target = targetAt({
      url: registry.url,
      credentials: alice,
      allowHosts,
      retryPauses: [20, 20],
      onRetry: (error) => {
        retries.push(error.code);
        tokens.down = false;
      },
    });
    await target.ping(never);
    tokens.down = true;
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    expect(retries).toEqual(['registry.token-service-failed']);
  });
});

describe('a registry that is open until it is written to', () => {
  const script =
    (password: string): Script =>
    ({ path, method, headers }) => {
      if (path === '/v2/') return { status: 200 };
      if (method === 'GET') return { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
      const given = Buffer.from(headers.authorization?.slice('Basic '.length) ?? '', 'base64').toString();
      if (given !== `alice:${password}`)
        return { status: 401, headers: { 'www-authenticate': 'Basic realm="zot"' } };
      return method === 'POST' ? { status: 202, headers: { location: '/upload' } } : { status: 201 };
    };
  const put = (target: RegistryTarget): Promise<void> =>
    target.putBlob('a/b', digestOf('x'), 1, streamOf(Buffer.from('x')), never);

  it('gets the password when it asks for one', async () => {
    const server = await startReplay(script(alice.password));
    endings.push(() => server.stop());
    const target = targetAt({ url: server.url, credentials: alice });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    await put(target);
    await expect(put(targetAt({ url: server.url }))).rejects.toMatchObject({
      code: 'registry.credentials-needed',
    });
  });

  it('gets a wrong password once', async () => {
    const server = await startReplay(script('other'));
    endings.push(() => server.stop());
    const target = targetAt({ url: server.url, credentials: alice, retryPauses: [1, 1] });
    await expect(put(target)).rejects.toMatchObject({ code: 'registry.credentials-refused' });
    await expect(put(target)).rejects.toMatchObject({ code: 'registry.credentials-refused' });
    expect(server.seen.filter(({ headers }) => headers.authorization !== undefined).length).toBe(1);
  });
});

describe('a front that redirects to another server', () => {
  it('is named, with that server, also where that is not an allowed host', async () => {
    const front = await startReplay(({ path }) => ({
      status: 301,
      headers: { location: `http://registry.invalid:5000${path}` },
    }));
    const target = createRegistryTarget({ url: front.url, retryPauses: [] });
    await expect(target.ping(never)).rejects.toMatchObject({
      code: 'registry.moved',
      params: { host: front.host, url: 'http://registry.invalid:5000' },
    });
    await target.close();
    await front.stop();
  });

  it('is named, with that server, and not said to refuse the password', async () => {
    const challenge = { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
    const real = await startReplay(({ headers }) => (headers.authorization ? { status: 200 } : challenge));
    const front = await startReplay(({ path }) => ({
      status: 308,
      headers: { location: `${real.url}${path}` },
    }));
    const target = createRegistryTarget({
      url: front.url,
      allowHosts: [real.host],
      credentials: { username: 'mate', password: 'right' },
      retryPauses: [],
    });
    await expect(target.ping(never)).rejects.toMatchObject({
      code: 'registry.moved',
      params: { host: front.host, url: real.url },
    });
    expect(real.seen.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    await target.close();
    await front.stop();
    await real.stop();
  });
});

describe('a token that expires during a stream', () => {
  it('fails this stream only', async () => {
    let patience = 1;
    const server = await startReplay(({ method, path, headers }) => {
      if (path === '/v2/') {
        const challenge = `Bearer realm="http://${headers.host}/token",service="s"`;
        return headers.authorization?.startsWith('Bearer')
          ? { status: 200 }
          : { status: 401, headers: { 'www-authenticate': challenge } };
      }
      if (path.startsWith('/token')) return { status: 200, body: JSON.stringify({ token: `t${patience}` }) };
      if (method === 'POST') return { status: 202, headers: { location: '/v2/a/b/blobs/uploads/1' } };
      if (headers.authorization === 'Bearer t2') return { status: 201 };
      patience = 2;
      return { status: 401, headers: { 'www-authenticate': 'Basic realm="harbor"' } };
    });
    endings.push(() => server.stop());
    const target = targetAt({ url: server.url });
    const put = (): Promise<void> =>
      target.putBlob('a/b', digestOf('x'), 1, streamOf(Buffer.from('x')), never);
    await expect(put()).rejects.toMatchObject({ code: 'registry.upload-interrupted', retryable: true });
    await put();
  });
});
