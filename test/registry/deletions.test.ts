// Deleting one tag and no other: at real registries with and without deletes, and against recorded answers of Harbor and zot.
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { encodeIndex } from '../../core/content/manifest.js';
import { DOCKER_LIST } from '../../core/content/media-types.js';
import {
  createRegistryTarget,
  type RegistryTarget,
  type RegistryTargetOptions,
} from '../../core/registry/registry-target.js';
import { allTags, readTag } from '../support/registry-reader.js';
import { startRegistry, type RegistryOptions, type RunningRegistry } from '../support/registries.js';
import { recorded, startReplay, type Answer, type Replay, type Script } from '../support/replay.js';
import { startTokenServer } from '../support/token-server.js';
import { pushSample, sampleImage, type SampleImage } from './sample-image.js';

const never = { signal: new AbortController().signal };
const credentials = { username: 'alice', password: 'p' };

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function targetAt(options: RegistryTargetOptions): RegistryTarget {
  const target = createRegistryTarget({ retryPauses: [], ...options });
  endings.push(() => target.close());
  return target;
}

async function withRegistry(
  options: RegistryOptions,
): Promise<{ registry: RunningRegistry; target: RegistryTarget }> {
  const registry = await startRegistry(options);
  endings.push(() => registry.stop());
  return { registry, target: targetAt({ url: registry.url }) };
}

async function against(
  script: Script,
  options: Partial<RegistryTargetOptions> = {},
): Promise<{ target: RegistryTarget; server: Replay }> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  return { target: targetAt({ url: server.url, ...options }), server };
}

/** An image under the tags `a` and `b`, and as the child of an index under `all`. */
async function sharedDigest(target: RegistryTarget): Promise<SampleImage> {
  const image = sampleImage();
  await pushSample(target, 'team/app', 'a', image, never);
  await target.putManifest('team/app', 'b', image.manifest, never);
  const { mediaType, digest, bytes } = image.manifest;
  const index = encodeIndex(DOCKER_LIST, [
    { mediaType, digest, size: bytes.length, platform: { os: 'linux', architecture: 'amd64' } },
  ]);
  await target.putManifest('team/app', 'all', index, never);
  return image;
}

describe.each([
  { version: 2, deleteEnabled: true },
  { version: 3, deleteEnabled: true },
  { version: 3, deleteEnabled: false },
] as const)('distribution $version with deletes $deleteEnabled', (options) => {
  it('deletes one tag; the digest stays under the other tag and in the index', async () => {
    const { registry, target } = await withRegistry(options);
    const image = await sharedDigest(target);
    expect(await target.canDeleteTags('team/app', never)).toBe(true);
    expect(await target.deleteTag('team/app', 'a', never)).toBe(true);
    expect(await allTags(registry.url)).toEqual({ 'team/app': ['all', 'b'] });
    for (const tag of ['b', 'all']) {
      const served = await readTag(registry.url, 'team/app', tag);
      expect(served?.platforms).toEqual({ 'linux/amd64': image.manifest.digest });
    }
  });

  it('counts an absent tag as deleted', async () => {
    const { target } = await withRegistry(options);
    expect(await target.deleteTag('no/such', 'a', never)).toBe(true);
    await sharedDigest(target);
    expect(await target.deleteTag('team/app', 'c', never)).toBe(true);
    expect(await target.canDeleteTags('no/such', never)).toBe(true);
  });

  it('changes no tag while it finds out whether it can delete', async () => {
    const { registry, target } = await withRegistry(options);
    await sharedDigest(target);
    const before = await allTags(registry.url);
    await target.canDeleteTags('team/app', never);
    expect(await allTags(registry.url)).toEqual(before);
  });
});

describe('distribution 2 without deletes', () => {
  it.each([{ deleteEnabled: false }, { readOnly: true, deleteEnabled: true }])(
    'cannot delete, says false and writes nothing (%o)',
    async (options) => {
      const filled = await withRegistry({ version: 2, deleteEnabled: true });
      await sharedDigest(filled.target);
      const { storageDir } = filled.registry;
      const { registry, target } = await withRegistry({ version: 2, storageDir, ...options });
      expect(await target.canDeleteTags('team/app', never)).toBe(false);
      expect(await target.deleteTag('team/app', 'a', never)).toBe(false);
      expect(await target.deleteManifest('team/app', digestOf('x'), never)).toBe(false);
      expect(await allTags(registry.url)).toEqual({ 'team/app': ['a', 'all', 'b'] });
      expect(await readTag(registry.url, 'team/app', 'a')).not.toBeNull();
    },
  );
});

describe.each([2, 3] as const)('distribution %i', (version) => {
  it('deletes a digest with all its tags', async () => {
    const { registry, target } = await withRegistry({ version });
    const image = await sharedDigest(target);
    await target.deleteTag('team/app', 'all', never);
    expect(await target.deleteManifest('team/app', image.manifest.digest, never)).toBe(true);
    expect(await allTags(registry.url)).toEqual({});
    expect(await target.deleteManifest('team/app', image.manifest.digest, never)).toBe(true);
  });

  it('needs the right to delete, which is not part of the right to push', async () => {
    const tokens = await startTokenServer({
      accounts: { alice: 'a', bob: 'b' },
      rights: (user) => (user === 'alice' ? ['pull', 'push', 'delete'] : ['pull', 'push']),
    });
    endings.push(() => tokens.stop());
    const registry = await startRegistry({ version, auth: 'token', tokenServer: tokens });
    endings.push(() => registry.stop());
    const allowHosts = [new URL(tokens.realm).host];
    const [alice, bob] = ['alice', 'bob'].map((username) =>
      targetAt({ url: registry.url, allowHosts, credentials: { username, password: username.slice(0, 1) } }),
    );
    await sharedDigest(alice!);
    await expect(bob!.deleteTag('team/app', 'a', never)).rejects.toMatchObject({
      code: 'registry.delete-forbidden',
    });
    expect(await alice!.deleteTag('team/app', 'a', never)).toBe(true);
    expect(await alice!.getManifest('team/app', 'a', never)).toBeNull();
    expect(await alice!.getManifest('team/app', 'b', never)).not.toBeNull();
  });
});

describe('distribution 2 that fails in the middle', () => {
  /** Forwards every request to the registry, except for a DELETE for which `fails` returns an answer. */
  async function behind(registry: RunningRegistry, fails: (path: string, nth: number) => Answer | null) {
    let deletes = 0;
    return against(async ({ method, path, headers, body }) => {
      const failure = method === 'DELETE' ? fails(path, (deletes += 1)) : null;
      if (failure) return failure;
      const sent = Object.entries(headers).filter(([name]) => /^(accept|content-type|range)$/.test(name));
      const answer = await fetch(`${registry.url}${path}`, {
        method,
        headers: Object.fromEntries(sent.map(([name, value]) => [name, String(value)])),
        ...(body.length > 0 ? { body } : {}),
      });
      const known = ['content-type', 'docker-content-digest', 'docker-distribution-api-version', 'location'];
      return {
        status: answer.status,
        headers: Object.fromEntries(
          known.flatMap((name) => {
            const value = answer.headers.get(name);
            return value === null ? [] : [[name, value.replace(registry.url, '')]];
          }),
        ),
        body: await answer.text(),
      };
    });
  }

  // The first DELETE is for the tag, the second for a digest that does not exist, the third for the substitute.
  const THIRD = 3;

  it.each([
    ['with an error', { status: 500, body: '{"errors":[{"code":"UNKNOWN"}]}' }],
    [
      'because deleting was switched off meanwhile',
      { status: 405, body: '{"errors":[{"code":"UNSUPPORTED"}]}' },
    ],
  ])('%s: the tag has its former manifest again', async (_how, answer) => {
    const { registry, target: direct } = await withRegistry({ version: 2 });
    const image = await sharedDigest(direct);
    const { target } = await behind(registry, (_path, nth) => (nth === THIRD ? answer : null));
    const outcome = await target.deleteTag('team/app', 'a', never).catch(() => 'failed');
    expect(outcome).toBe(answer.status === 405 ? false : 'failed');
    expect((await direct.getManifest('team/app', 'a', never))?.digest).toBe(image.manifest.digest);
  });

  it('by a cancel: the deletion that has begun is finished', async () => {
    const { registry, target: direct } = await withRegistry({ version: 2 });
    await sharedDigest(direct);
    const cancel = new AbortController();
    const { target } = await behind(registry, (_path, nth) => {
      if (nth === THIRD) cancel.abort();
      return null;
    });
    expect(await target.deleteTag('team/app', 'a', cancel)).toBe(true);
    expect(await allTags(registry.url)).toEqual({ 'team/app': ['all', 'b'] });
  });
});

describe('Harbor', () => {
  const manifest = Buffer.from('{"schemaVersion":2}');

  function harbor(rest: Script): Script {
    return (request) => {
      if (request.path === '/v2/') {
        return recorded(request.headers.authorization ? 'harbor/05-v2-basic' : 'harbor/04-v2-anonymous');
      }
      if (request.path.startsWith('/service/token')) return recorded('harbor/10-token-rights');
      if (request.method === 'GET' && request.path.endsWith('/manifests/v2')) {
        return {
          status: 200,
          headers: { 'docker-content-digest': digestOf(manifest) },
          body: String(manifest),
        };
      }
      if (request.method === 'DELETE' && request.path.startsWith('/v2/'))
        return recorded('harbor/62-delete', 0);
      return rest(request);
    };
  }

  it('removes a tag by its API, with the password and the name encoded twice', async () => {
    const { target, server } = await against(
      harbor(() => recorded('harbor/62-delete', 2)),
      { credentials },
    );
    expect(await target.canDeleteTags('proj/team/app', never)).toBe(true);
    expect(await target.deleteTag('proj/team/app', 'v2', never)).toBe(true);
    const last = server.seen.at(-1);
    expect(`${last?.method ?? ''} ${last?.path ?? ''}`).toBe(
      `DELETE /api/v2.0/projects/proj/repositories/team%252Fapp/artifacts/${digestOf(manifest)}/tags/v2`,
    );
    expect(last?.headers.authorization).toBe(`Basic ${Buffer.from('alice:p').toString('base64')}`);
    expect(server.seen.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('says that a tag is immutable, or that the account has no right', async () => {
    const immutable = await against(
      harbor(() => recorded('harbor/58-immutable', 7)),
      { credentials },
    );
    await expect(immutable.target.deleteTag('proj/app', 'v2', never)).rejects.toMatchObject({
      code: 'registry.tag-immutable',
    });
    const developer = await against(
      harbor(() => recorded('harbor/62-delete', 1)),
      { credentials },
    );
    await expect(developer.target.deleteTag('proj/app', 'v2', never)).rejects.toMatchObject({
      code: 'registry.delete-forbidden',
    });
  });

  it('does not delete a child of an index', async () => {
    const { target } = await against(({ path }) =>
      path === '/v2/' ? { status: 200 } : recorded('harbor/62-delete', 9),
    );
    expect(await target.deleteManifest('proj/app', digestOf('x'), never)).toBe(false);
  });
});

describe('zot', () => {
  const zot =
    (at: number): Script =>
    (request) =>
      request.path === '/v2/' ? recorded('zot/01-ping') : recorded('zot/45-delete-on', at);

  it.each([
    ['a tag', 0],
    ['a tag that is not there', 3],
    ['a tag of a repository that is not there', 15],
  ])('removes %s at once', async (_what, at) => {
    const { target, server } = await against(zot(at));
    expect(await target.deleteTag('del/a', 't1', never)).toBe(true);
    expect(server.seen.filter(({ method }) => method !== 'GET')).toHaveLength(1);
  });

  it('does not delete a child of an index', async () => {
    const { target } = await against(zot(4));
    expect(await target.deleteManifest('del/a', digestOf('x'), never)).toBe(false);
  });
});
