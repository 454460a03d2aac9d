// Accounts that are refused at first or in the middle of a run: few attempts with one password, and the right cause.
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../../core/registry/registry-target.js';
import { ROLES } from '../../support/harbor/harbor-accounts.js';
import { Harbor } from '../../support/harbor/harbor.js';
import { startReplay, type Replay, type Script } from '../../support/replay.js';
import { startTokenServer } from '../../support/token-server.js';

const never = { signal: new AbortController().signal };
const credentials = { username: 'robot$p+sync', password: 'of-robot' };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function targetAt(
  url: string,
  more: Partial<Parameters<typeof createRegistryTarget>[0]> = {},
): RegistryTarget {
  const target = createRegistryTarget({ url, credentials, retryPauses: [1, 1], ...more });
  endings.push(() => target.close());
  return target;
}

async function harborWith(tokenLife?: number): Promise<Harbor> {
  const account = {
    password: credentials.password,
    robot: 'project',
    rights: { p: ROLES.developer },
  } as const;
  const accounts = { [credentials.username]: account };
  const harbor = await Harbor.start({ accounts, projects: { p: {} }, ...(tokenLife ? { tokenLife } : {}) });
  endings.push(() => harbor.stop());
  return harbor;
}

async function serve(script: Script): Promise<Replay> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  return server;
}

const passwords = (server: Replay): number =>
  server.seen.filter(({ headers }) => headers.authorization?.startsWith('Basic ')).length;

describe('a Harbor', () => {
  it('whose database is away is not said to refuse the password, at first and later', async () => {
    const harbor = await harborWith();
    const open = targetAt(harbor.url);
    expect(await open.getManifest('p/a', 'v1', never)).toBeNull();
    harbor.isDatabaseDown = true;
    const expected = { code: 'registry.login-unavailable', retryable: true };
    await expect(targetAt(harbor.url).ping(never)).rejects.toMatchObject(expected);
    await expect(open.getManifest('p/a', 'v1', never)).rejects.toMatchObject(expected);
    harbor.isDatabaseDown = false;
    expect(await open.getManifest('p/a', 'v1', never)).toBeNull();
  });

  it('that disabled a robot in the middle of a run says so once its tokens are without rights', async () => {
    // Every token counts as old at once, so the next request fetches another.
    const harbor = await harborWith(0.001);
    const target = targetAt(harbor.url);
    expect([...(await target.rightsIn(['p/a'], never)).values()]).toEqual([{ pull: true, push: true }]);
    const account = harbor.accounts.get(credentials.username);
    if (account) account.isDisabled = true;
    const refused = { code: 'registry.account-refused', retryable: false };
    await expect(target.putBlob('p/a', digestOf('x'), 1, Buffer.from('x'), never)).rejects.toMatchObject(
      refused,
    );
    const sent = harbor.log.length;
    await expect(target.getManifest('p/a', 'v1', never)).rejects.toMatchObject(refused);
    expect(harbor.log.length).toBe(sent);
  });
});

describe('a registry with Basic', () => {
  it('that refuses the password from now on gets it twice and never again', async () => {
    let isDisabled = false;
    const server = await serve(({ path, headers }) => {
      const isRight = headers.authorization !== undefined && !isDisabled;
      if (!isRight) return { status: 401, headers: { 'www-authenticate': 'Basic realm="r"' } };
      return path === '/v2/'
        ? { status: 200 }
        : { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
    });
    const target = targetAt(server.url);
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    isDisabled = true;
    const before = passwords(server);
    for (const tag of ['v1', 'v2', 'v3']) {
      await expect(target.getManifest('a/b', tag, never)).rejects.toMatchObject({
        code: 'registry.account-refused',
      });
    }
    expect(passwords(server) - before).toBe(2);
  });
});

describe('a token service', () => {
  it('that refuses the password from now on gets it twice and never again', async () => {
    const accounts: Record<string, string> = { [credentials.username]: credentials.password };
    const tokens = await startTokenServer({ accounts, seconds: 0.001 });
    endings.push(() => tokens.stop());
    const server = await serve(({ path, headers }) => {
      const challenge = `Bearer realm="${tokens.realm}",service="s"`;
      if (!headers.authorization?.startsWith('Bearer '))
        return { status: 401, headers: { 'www-authenticate': challenge } };
      return path === '/v2/'
        ? { status: 200 }
        : { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
    });
    const target = targetAt(server.url, { allowHosts: [new URL(tokens.realm).host] });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    accounts[credentials.username] = 'other';
    const before = tokens.requests.length;
    for (const tag of ['v1', 'v2', 'v3']) {
      await expect(target.getManifest('a/b', tag, never)).rejects.toMatchObject({
        code: 'registry.account-refused',
      });
    }
    expect(tokens.requests.length - before).toBe(2);
  });
});

describe('an identity token', () => {
  it('is exchanged at the token service and is never sent with Basic', async () => {
    const server = await serve(({ method, path, headers, body }) => {
      const challenge = `Bearer realm="http://${headers.host}/token",service="s"`;
      if (path === '/token') {
        const form = new URLSearchParams(body.toString());
        const isRight =
          method === 'POST' && form.get('refresh_token') === 'refresh' && form.get('service') === 's';
        return isRight ? { status: 200, body: '{"access_token":"t"}' } : { status: 401 };
      }
      if (headers.authorization !== 'Bearer t')
        return { status: 401, headers: { 'www-authenticate': challenge } };
      return path === '/v2/'
        ? { status: 200 }
        : { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN"}]}' };
    });
    const identity = { username: '<token>', password: 'refresh', isIdentityToken: true };
    const target = targetAt(server.url, { credentials: identity });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    expect(passwords(server)).toBe(0);
    const wrong = targetAt(server.url, { credentials: { ...identity, password: 'old' } });
    await expect(wrong.ping(never)).rejects.toMatchObject({ code: 'registry.credentials-refused' });
  });
});
