// Whether a tag is absent where 404 comes without a registry's error code: proved by other answers, else it counts as unreadable.
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { startReplay, type Answer, type Replay } from '../support/replay.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const html = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>404</title></html>',
};
const unknown = { status: 404, body: '{"errors":[{"code":"NAME_UNKNOWN","detail":null}]}' };
const opened = { status: 202, headers: { location: '/v2/a/b/blobs/uploads/1' } };

interface Answers {
  readonly manifest?: Answer;
  readonly tags: Answer;
  readonly upload?: Answer;
}

async function against(
  { manifest = html, tags, upload = { status: 403 } }: Answers,
  readOnly = false,
): Promise<{ target: RegistryTarget; server: Replay; writes: () => string[] }> {
  const server = await startReplay(({ method, path }) => {
    if (path === '/v2/') return { status: 200 };
    if (path.endsWith('/tags/list')) return tags;
    if (path.includes('/manifests/')) return manifest;
    return method === 'DELETE' ? { status: 204 } : upload;
  });
  endings.push(() => server.stop());
  const target = createRegistryTarget({ url: server.url, retryPauses: [], readOnly });
  endings.push(() => target.close());
  const writes = (): string[] =>
    server.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  return { target, server, writes };
}

const tagsWithout = { status: 200, body: '{"name":"a/b","tags":["other"]}' };

describe('a tag whose manifest is answered with 404', () => {
  it.each([
    html,
    { status: 404 },
    { status: 404, body: '404 page not found\n' },
    { status: 404, body: '{"errors":[{"status":404,"message":"Not Found"}]}' },
    { status: 404, body: '{"detail":"Not found."}' },
  ])('%j is absent where the list of tags does not have it', async (manifest) => {
    for (const tags of [tagsWithout, unknown, { status: 200, body: '{"tags":null}' }]) {
      const { target, writes } = await against({ manifest, tags }, true);
      expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
      expect(writes()).toEqual([]);
    }
  });

  it('is unreadable where the list of tags has it', async () => {
    const tags = { status: 200, body: '{"tags":["v1"]}' };
    const { target, writes } = await against({ tags, upload: opened });
    await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
    expect(writes()).toEqual([]);
  });

  it('is absent where an upload session is accepted, which is deleted again and opened once', async () => {
    const { target, writes } = await against({ tags: html, upload: opened });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    expect(await target.getManifest('a/b', 'v2', never)).toBeNull();
    expect(await target.getManifest('a/b', digestOf('child'), never)).toBeNull();
    expect(writes()).toEqual(['POST /v2/a/b/blobs/uploads/', 'DELETE /v2/a/b/blobs/uploads/1']);
  });

  it.each([{ status: 403 }, { status: 404 }, html])(
    'is unreadable where %j refuses the upload',
    async (upload) => {
      const { target } = await against({ tags: html, upload });
      await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
        code: 'registry.unreadable-manifest',
      });
    },
  );

  it('is not certainly absent for a connection that may only read, which opens no upload', async () => {
    const { target, writes } = await against({ tags: html, upload: opened }, true);
    await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
      code: 'registry.absence-unproven',
    });
    expect(writes()).toEqual([]);
  });

  it('is in doubt as long as the registry fails', async () => {
    const { target } = await against({ tags: { status: 502 }, upload: { status: 502 } });
    await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
      retryable: true,
    });
  });

  it('is absent without further questions where the registry says so itself', async () => {
    const { target, server } = await against({ manifest: unknown, tags: html });
    expect(await target.getManifest('a/b', 'v1', never)).toBeNull();
    expect(server.seen).toHaveLength(2);
  });
});
