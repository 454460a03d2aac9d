// Lists of repositories and tags, and the digest of stored blobs: at real registries and against recorded answers.
import { createHash, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { ACCOUNT, startRegistry, type RunningRegistry } from '../support/registries.js';
import { recorded, startReplay, type Replay, type Script } from '../support/replay.js';
import { pushSample, sampleImage } from './sample-image.js';

const never = { signal: new AbortController().signal };

describe.each([2, 3] as const)('distribution %i', (version) => {
  let registry: RunningRegistry;
  let target: RegistryTarget;
  beforeAll(async () => {
    registry = await startRegistry({ version });
    target = createRegistryTarget({ url: registry.url, retryPauses: [] });
  });
  afterAll(async () => {
    await target.close();
    await registry.stop();
  });

  it('lists nothing when it is empty', async () => {
    expect(await target.repositories(never)).toEqual([]);
    expect(await target.listTags('no/such', never)).toEqual([]);
  });

  it('lists more repositories than a page holds, and their tags', async () => {
    const image = sampleImage();
    // distribution answers a hundred repositories at a time
    const names = Array.from({ length: 105 }, (_, i) => `many/r${String(i).padStart(3, '0')}`);
    for (const name of names) await pushSample(target, name, 'v1', image, never);
    await pushSample(target, 'many/r000', 'v1.0_2', image, never);
    expect((await target.repositories(never))?.toSorted()).toEqual(names);
    expect((await target.listTags('many/r000', never)).toSorted()).toEqual(['v1', 'v1.0_2']);
  });

  it('hashes the stored bytes, whatever their digest should be', async () => {
    const bytes = randomBytes(3_000_000);
    const digest = digestOf(bytes);
    await target.putBlob('blobs/a', digest, bytes.length, bytes, never);
    expect(await target.blobDigest('blobs/a', digest, never)).toEqual({ digest, size: bytes.length });
    expect(await target.blobDigest('blobs/a', digestOf('nothing'), never)).toBeNull();
    const hex = hexOf(digest);
    const file = join(registry.storageDir, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
    bytes[1_500_000] = (bytes[1_500_000] ?? 0) ^ 1;
    await writeFile(file, bytes);
    const found = await target.blobDigest('blobs/a', digest, never);
    const actual = createHash('sha256').update(bytes).digest('hex');
    expect(found).toEqual({ digest: `sha256:${actual}`, size: bytes.length });
  });
});

describe('a registry with a login', () => {
  it('gives no list to anonymous users', async () => {
    const registry = await startRegistry({ version: 3, auth: 'htpasswd' });
    const anonymous = createRegistryTarget({ url: registry.url, retryPauses: [] });
    const account = createRegistryTarget({ url: registry.url, credentials: ACCOUNT, retryPauses: [] });
    expect(await account.repositories(never)).toEqual([]);
    expect(await anonymous.repositories(never)).toBeNull();
    await anonymous.close();
    await account.close();
    await registry.stop();
  });
});

describe('recorded answers', () => {
  let replay: Replay | null = null;
  afterEach(async () => {
    await replay?.stop();
    replay = null;
  });

  /** Logs in as Harbor does: a Bearer challenge, the password proven by Basic. */
  async function target(script: Script): Promise<RegistryTarget> {
    replay = await startReplay((request) => {
      if (request.path.startsWith('/service/token')) return { status: 200, body: '{"token":"t"}' };
      if (request.path !== '/v2/') return script(request);
      return request.headers.authorization ? { status: 200, body: '{}' } : recorded('harbor/04-v2-anonymous');
    });
    return createRegistryTarget({ url: replay.url, credentials: ACCOUNT, retryPauses: [60_000] });
  }

  it('Harbor lets only administrators read the catalog: no list, and no retry', async () => {
    const harbor = await target(() => recorded('harbor/20-v2-catalog', 1));
    expect(await harbor.repositories(never)).toBeNull();
    expect(replay?.seen.filter(({ path }) => path === '/v2/_catalog').length).toBeLessThanOrEqual(2);
  });

  it('Harbor pages tags, with links relative to itself', async () => {
    const pages = new Map([
      ['/v2/rec-priv/app/tags/list', recorded('harbor/61-tags-list', 1)],
      ['/v2/rec-priv/app/tags/list?last=a1&n=2', recorded('harbor/61-tags-list', 2)],
      ['/v2/rec-priv/app/tags/list?last=c4&n=2', recorded('harbor/61-tags-list', 3)],
    ]);
    const harbor = await target(({ path }) => pages.get(path));
    expect(await harbor.listTags('rec-priv/app', never)).toEqual(['B3', 'a1', 'a2', 'c4', 'v1', 'v1.0_2']);
    expect(await (await target(() => recorded('harbor/61-tags-list', 7))).listTags('x/y', never)).toEqual([]);
  });

  it('ends when a page names itself as the next one', async () => {
    const page = {
      status: 200,
      headers: { link: '</v2/a/tags/list>; rel="next"' },
      body: '{"name":"a","tags":["1"]}',
    };
    expect(await (await target(() => page)).listTags('a', never)).toEqual(['1']);
  });

  it('follows a link that names another host on its own host', async () => {
    const first = {
      status: 200,
      headers: { link: '<http://registry.internal:5000/v2/a/tags/list?last=1>; rel="next"' },
      body: '{"tags":["1"]}',
    };
    const behindProxy = await target(({ path }) =>
      path.endsWith('last=1') ? { status: 200, body: '{"tags":["2"]}' } : first,
    );
    expect(await behindProxy.listTags('a', never)).toEqual(['1', '2']);
  });

  it.each([
    ['{"name":null,"tags":null}', []],
    ['{"tags":["1",null]}', ['1']],
    ['\uFEFF{"tags":["1"]}', ['1']],
  ])('reads %s as other languages write it', async (body, tags) => {
    expect(await (await target(() => ({ status: 200, body }))).listTags('a', never)).toEqual(tags);
  });

  it.each(['{"repositories":null}', '{"repositories":[null]}'])('reads the catalog %s', async (body) => {
    expect(await (await target(() => ({ status: 200, body }))).repositories(never)).toEqual([]);
  });

  it('a web page in place of a list is an error', async () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' };
    await expect((await target(() => page)).listTags('a', never)).rejects.toMatchObject({
      code: 'registry.not-a-registry',
    });
  });

  it('an error of the registry is not an empty list', async () => {
    const down = createRegistryTarget({
      url: (await startFailing()).url,
      retryPauses: [],
    });
    await expect(down.repositories(never)).rejects.toMatchObject({ code: 'registry.server-error' });
    await expect(down.listTags('a', never)).rejects.toMatchObject({ code: 'registry.server-error' });
  });

  async function startFailing(): Promise<Replay> {
    replay = await startReplay(({ path }) =>
      path === '/v2/' ? { status: 200, body: '{}' } : { status: 500, body: '' },
    );
    return replay;
  }
});
