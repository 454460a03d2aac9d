// Logins that docker and podman keep: files, keys, helpers.
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { storedLogin } from '../../../cli/stored-logins/stored-login.js';
import { scratchFolders } from '../../support/scratch.js';

const never = { signal: new AbortController().signal };
const scratch = scratchFolders();
const auth = (user: string, password: string): string =>
  Buffer.from(`${user}:${password}`).toString('base64');

/** A home folder with these files, and the environment for it. */
function homeWith(files: Readonly<Record<string, unknown>>): {
  readonly home: string;
  readonly env: Record<string, string>;
} {
  const home = scratch();
  for (const [name, value] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), typeof value === 'string' ? value : JSON.stringify(value));
  }
  return { home, env: { HOME: home, PATH: join(home, 'bin') } };
}

/** A helper that answers as the protocol says: JSON for one registry, an error text with exit code 1 else. */
function helper(home: string, name: string, body: string): void {
  const path = join(home, 'bin', `docker-credential-${name}`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\nread -r registry\n${body}\n`);
  chmodSync(path, 0o755);
}
const ANSWER = `printf '{"ServerURL":"%s","Username":"%s","Secret":"of-%s"}' "$registry" helped "$registry"`;

describe('the stored login', () => {
  it.each(['r.local:5000', 'https://r.local:5000', 'https://r.local:5000/v1/', 'http://r.local:5000/v2/'])(
    'is found under %s',
    async (key) => {
      const { home, env } = homeWith({
        '.docker/config.json': { auths: { [key]: { auth: auth('me', 'a:b') } } },
      });
      expect(await storedLogin('r.local:5000', env, never)).toEqual({
        credentials: { username: 'me', password: 'a:b' },
        source: { kind: 'login-file', where: join(home, '.docker/config.json') },
      });
    },
  );

  it('is not that of another port, host or path', async () => {
    const entry = { auth: auth('me', 'pw') };
    const auths = {
      'r.local': entry,
      'r.local:5001': entry,
      'other.local:5000': entry,
      'x.r.local:5000/p': entry,
    };
    expect(
      await storedLogin('r.local:5000', homeWith({ '.docker/config.json': { auths } }).env, never),
    ).toBeNull();
  });

  it('may be one of a repository where it is the only one', async () => {
    const one = { 'r.local/p/a': { auth: auth('me', 'pw') }, 'r.local/q': { auth: auth('me', 'pw') } };
    const two = { ...one, 'r.local/z': { auth: auth('you', 'pw') } };
    const file = 'cfg/containers/auth.json';
    const of = async (auths: unknown) => {
      const { home, env } = homeWith({ [file]: { auths } });
      return (await storedLogin('r.local', { ...env, XDG_CONFIG_HOME: join(home, 'cfg') }, never))
        ?.credentials;
    };
    expect(await of(one)).toEqual({ username: 'me', password: 'pw' });
    expect(await of(two)).toBeUndefined();
    expect(await of({ ...two, 'r.local': { auth: auth('all', 'pw') } })).toMatchObject({ username: 'all' });
  });

  it('comes from REGISTRY_AUTH_FILE alone where that is set, else from docker before podman', async () => {
    const login = (user: string) => ({ auths: { 'r.local': { auth: auth(user, 'pw') } } });
    const { home, env } = homeWith({
      '.docker/config.json': login('docker'),
      'run/containers/auth.json': login('podman'),
      'own.json': { auths: {} },
    });
    const full = { ...env, XDG_RUNTIME_DIR: join(home, 'run') };
    expect(await storedLogin('r.local', full, never)).toMatchObject({ credentials: { username: 'docker' } });
    const elsewhere = { ...full, DOCKER_CONFIG: join(home, 'none') };
    expect(await storedLogin('r.local', elsewhere, never)).toMatchObject({
      credentials: { username: 'podman' },
    });
    const chosen = { ...full, REGISTRY_AUTH_FILE: join(home, 'own.json') };
    expect(await storedLogin('r.local', chosen, never)).toBeNull();
  });

  it('may be an identity token', async () => {
    const { env } = homeWith({
      '.docker/config.json': { auths: { 'r.local': { auth: auth('x', ''), identitytoken: 'T' } } },
    });
    expect((await storedLogin('r.local', env, never))?.credentials).toEqual({
      username: '<token>',
      password: 'T',
      isIdentityToken: true,
    });
  });

  it('comes from the helper of the registry, then from the general one', async () => {
    const config = { auths: { 'b.local': {} }, credHelpers: { 'a.local': 'own' }, credsStore: 'store' };
    const { home, env } = homeWith({ '.docker/config.json': config });
    helper(home, 'own', ANSWER);
    helper(home, 'store', ANSWER);
    expect(await storedLogin('a.local', env, never)).toEqual({
      credentials: { username: 'helped', password: 'of-a.local' },
      source: { kind: 'credential-helper', where: 'docker-credential-own' },
    });
    expect(await storedLogin('b.local', env, never)).toMatchObject({
      source: { where: 'docker-credential-store' },
    });
    expect(await storedLogin('c.local', env, never)).toBeNull();
  });

  it.each([
    ["echo 'credentials not found in native keychain'; exit 1", null],
    ['echo secret; exit 3', 'exit 3'],
    ['echo secret', 'JSON'],
  ])('of a helper that does %s', async (body, reason) => {
    const { home, env } = homeWith({ '.docker/config.json': { credHelpers: { 'a.local': 'odd' } } });
    helper(home, 'odd', body);
    const asked = storedLogin('a.local', env, never);
    if (reason === null) expect(await asked).toBeNull();
    else {
      const params = { helper: 'odd', host: 'a.local', reason };
      await expect(asked).rejects.toMatchObject({ code: 'config.credential-helper-failed', params });
    }
  });

  it.each(['../evil', 'a b', 'Upper', 'x;y', ''])('is not asked of a helper named "%s"', async (name) => {
    const { env } = homeWith({ '.docker/config.json': { credHelpers: { 'a.local': name } } });
    await expect(storedLogin('a.local', env, never)).rejects.toMatchObject({
      code: 'config.credential-helper-name',
    });
  });

  it('of a helper that is not installed, and of a file that is not JSON, are errors without any secret', async () => {
    const missing = homeWith({ '.docker/config.json': { credHelpers: { 'a.local': 'none' } } });
    await expect(storedLogin('a.local', missing.env, never)).rejects.toMatchObject({
      params: { reason: 'ENOENT' },
    });
    const broken = homeWith({ '.docker/config.json': '{"auths": secret' });
    await expect(storedLogin('a.local', broken.env, never)).rejects.toMatchObject({
      code: 'config.login-file-unreadable',
    });
  });
});
