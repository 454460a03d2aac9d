// Unusual answers of real registries, recorded: each has a test that the right result comes out.
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { rawManifest, respelled } from '../../core/content/manifest.js';
import { OCI_MANIFEST } from '../../core/content/media-types.js';
import {
  createRegistryTarget,
  type RegistryTarget,
  type RegistryTargetOptions,
} from '../../core/registry/registry-target.js';
import { recorded, startReplay, type Answer, type Replay, type Script } from '../support/replay.js';
import { sampleImage, streamOf } from './sample-image.js';

const never = { signal: new AbortController().signal };
const credentials = { username: 'alice', password: 'p' };
const x = Buffer.from('x');

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function against(
  script: Script,
  options: Partial<RegistryTargetOptions> = {},
): Promise<{ target: RegistryTarget; server: Replay }> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  const target = createRegistryTarget({ url: server.url, retryPauses: [], ...options });
  endings.push(() => target.close());
  return { target, server };
}

/** Harbor's login as recorded; everything else by `rest`. */
function harbor(rest: Script): Script {
  return (request) => {
    if (request.path === '/v2/') {
      return request.headers.authorization === undefined
        ? recorded('harbor/04-v2-anonymous')
        : recorded('harbor/05-v2-basic');
    }
    if (request.path.startsWith('/service/token')) return recorded('harbor/10-token-rights');
    return rest(request);
  };
}

function distribution(rest: Script): Script {
  return (request) => (request.path === '/v2/' ? recorded('distribution-2.8/01-ping') : rest(request));
}

function zot(rest: Script): Script {
  return (request) => (request.path === '/v2/' ? recorded('zot/01-ping') : rest(request));
}

const opened: Answer = { status: 202, headers: { location: '/v2/a/b/blobs/uploads/1?_state=s%3D%3D' } };

describe('Harbor', () => {
  it('is recognised, and its empty access_token is not used', async () => {
    const { target, server } = await against(
      harbor(() => ({ status: 404 })),
      { credentials },
    );
    expect(await target.ping(never)).toEqual({ product: 'harbor', auth: 'token' });
    await target.blobSize('a/b', digestOf(x), never);
    expect(server.seen.at(-1)?.headers.authorization).toBe('Bearer <token>');
  });

  it('answers a wrong password with 200 and a token: only GET /v2/ checks it', async () => {
    const { target, server } = await against(
      ({ path, headers }) => {
        if (path.startsWith('/service/token')) return recorded('harbor/08-token-wrong-password');
        return headers.authorization
          ? recorded('harbor/06-v2-wrong-password')
          : recorded('harbor/04-v2-anonymous');
      },
      { credentials, retryPauses: [1, 1] },
    );
    for (let tries = 0; tries < 3; tries += 1) {
      await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
        code: 'registry.credentials-refused',
      });
    }
    expect(server.seen.filter(({ headers }) => headers.authorization !== undefined).length).toBe(1);
  });

  it('answers 401 with an empty challenge where the project is missing', async () => {
    const missing = harbor(({ method }) =>
      recorded('harbor/14-missing-project-push', { HEAD: 1, POST: 2 }[method] ?? 3),
    );
    const { target } = await against(missing, { credentials });
    const expected = { code: 'registry.project-missing', params: { project: 'nosuch' }, retryable: false };
    await expect(target.getManifest('nosuch/app', 'v1', never)).rejects.toMatchObject(expected);
    await expect(target.blobSize('nosuch/app', digestOf(x), never)).rejects.toMatchObject(expected);
    await expect(target.putBlob('nosuch/app', digestOf(x), 1, x, never)).rejects.toMatchObject(expected);
  });

  it('answers 401 where a right is missing', async () => {
    const { target } = await against(
      harbor(() => recorded('harbor/17-no-rights', 3)),
      { credentials },
    );
    await expect(target.putBlob('rec-priv/app', digestOf(x), 1, x, never)).rejects.toMatchObject({
      code: 'registry.forbidden',
    });
    await expect(target.getManifest('rec-priv/app', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
  });

  it.each([0, 1, 2])('answers a mount with 401 and no session (%i)', async (at) => {
    const { target, server } = await against(
      harbor(() => recorded('harbor/31-mount-no-rights', at)),
      { credentials },
    );
    expect(await target.mountBlob('rec-dev/app', digestOf(x), 'rec-hidden/app', never)).toBe(false);
    expect(server.seen.some(({ method }) => method === 'DELETE')).toBe(false);
  });

  it('refuses proven credentials while its database is down', async () => {
    const { target } = await against(
      harbor(() => recorded('harbor/92-database-down', 1)),
      { credentials },
    );
    await expect(target.getManifest('a/b', 'v1', never)).rejects.toMatchObject({
      code: 'registry.login-lost',
      retryable: true,
    });
  });

  it('answers an expired token with a Basic challenge: it is renewed, and the session goes on', async () => {
    let expired = true;
    const { target, server } = await against(
      harbor(({ method }) => {
        if (method === 'POST') return opened;
        if (method === 'PUT') return { status: 201 };
        if (!expired) return opened;
        expired = false;
        return recorded('harbor/85-token-expired', 4);
      }),
      { credentials },
    );
    await target.putBlobOfUnknownDigest('a/b', streamOf(x), never);
    expect(server.seen.filter(({ path }) => path.startsWith('/service/token')).length).toBe(2);
    expect(server.seen.filter(({ method }) => method === 'PATCH').map(({ path }) => path)).toEqual([
      '/v2/a/b/blobs/uploads/1?_state=s%3D%3D',
      '/v2/a/b/blobs/uploads/1?_state=s%3D%3D',
    ]);
  });

  it('gets none of its cookies back', async () => {
    const { target, server } = await against(
      harbor(({ method }) => recorded('harbor/14-missing-project-push', method === 'HEAD' ? 1 : 3)),
      { credentials },
    );
    await target.blobSize('a/b', digestOf(x), never).catch(() => undefined);
    expect(server.seen.length).toBeGreaterThan(2);
    expect(server.seen.every(({ headers }) => headers.cookie === undefined)).toBe(true);
  });

  it('reports quota, immutable tag, read-only and missing child by its own statuses', async () => {
    const answers: Record<string, Answer> = {
      quota: recorded('harbor/53-quota-blob', 3),
      immutable: recorded('harbor/58-immutable', 1),
      frozen: recorded('harbor/59-read-only', 5),
      child: recorded('harbor/35-index-missing-child', 1),
    };
    const { target } = await against(
      harbor(({ path }) => answers[path.split('/')[2] ?? '']),
      { credentials },
    );
    const { manifest } = sampleImage();
    const codeOf = (project: string): Promise<unknown> =>
      target.putManifest(`${project}/app`, 'v1', manifest, never).catch((error: unknown) => error);
    expect(await codeOf('quota')).toMatchObject({
      code: 'registry.quota-exceeded',
      params: { project: 'quota' },
    });
    expect(await codeOf('immutable')).toMatchObject({ code: 'registry.tag-immutable' });
    expect(await codeOf('frozen')).toMatchObject({ code: 'registry.read-only' });
    expect(await codeOf('child')).toMatchObject({ code: 'registry.blob-unknown' });
  });

  it('answers unknown paths with a page and 200: that is no registry', async () => {
    const { target } = await against(() => recorded('harbor/70-other-paths', 0));
    await expect(target.ping(never)).rejects.toMatchObject({ code: 'registry.not-a-registry' });
  });
});

describe('zot', () => {
  it('refuses Docker types where it was not told to take them', async () => {
    const { target } = await against(zot(() => recorded('zot/33-manifest-missing-blob', 7)));
    await expect(target.putManifest('img/dk', 'mb', sampleImage().manifest, never)).rejects.toMatchObject({
      code: 'registry.media-type-refused',
    });
  });

  it('answers HEAD for a blob of another repository; the manifest then says what is missing', async () => {
    const { target } = await against(
      zot(({ method }) =>
        method === 'HEAD'
          ? recorded('zot/03-upload-session', 9)
          : recorded('zot/33-manifest-missing-blob', 3),
      ),
    );
    expect(await target.ping(never)).toEqual({ product: 'zot', auth: 'none' });
    expect(await target.blobSize('img/other', digestOf(x), never)).toBe(3000);
    await expect(target.putManifest('img/oci', 'mb', sampleImage().manifest, never)).rejects.toMatchObject({
      code: 'registry.blob-unknown',
    });
  });

  it('answers UNAUTHORIZED in an object outside of a list', async () => {
    const { target } = await against(() => recorded('zot/48-basic-auth', 6), { credentials });
    await expect(target.ping(never)).rejects.toMatchObject({ code: 'registry.credentials-refused' });
  });

  it('gets the right Content-Range with every piece', async () => {
    const { target, server } = await against(
      zot(({ method }) =>
        method === 'PUT' ? { status: 201 } : { ...opened, headers: { location: '/v2/a/b/blobs/uploads/1' } },
      ),
    );
    await target.putBlobOfUnknownDigest('a/b', streamOf(Buffer.alloc(9_000_000), 77_777), never);
    const patches = server.seen.filter(({ method }) => method === 'PATCH');
    expect(patches.map(({ headers }) => [headers['content-range'], headers['content-length']])).toEqual([
      ['0-4194303', '4194304'],
      ['4194304-8388607', '4194304'],
      ['8388608-8999999', '611392'],
    ]);
    expect(server.seen.at(-1)?.headers['content-length']).toBe('0');
  });
});

describe('distribution 2.8', () => {
  it('converts to schema 1 with another digest: that answer is not the stored manifest', async () => {
    const { target } = await against(
      distribution(() => recorded('distribution-2.8/46-accept-docker-image-with-history', 2)),
    );
    await expect(target.getManifest('img/hi', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
  });

  it('gets the query of its Location back unchanged', async () => {
    const { target, server } = await against(
      distribution(({ method }) => (method === 'POST' ? opened : { status: 201 })),
    );
    await target.putBlob('a/b', digestOf(x), 1, x, never);
    expect(server.seen.at(-1)?.path).toBe(`/v2/a/b/blobs/uploads/1?_state=s%3D%3D&digest=${digestOf(x)}`);
  });

  it('reports a full storage with 500', async () => {
    const { target } = await against(
      distribution(({ method }) =>
        method === 'POST' ? opened : recorded('distribution-2.8/50-storage-full-patch', 4),
      ),
      { retryPauses: [1, 1] },
    );
    const put = target.putBlob('full/a', digestOf(x), 1, x, never);
    await expect(put).rejects.toMatchObject({ code: 'registry.no-space', retryable: false });
    const small = await against(distribution(() => recorded('distribution-2.8/52-storage-full-small', 0)));
    await expect(small.target.putBlob('full/a', digestOf(x), 1, x, never)).rejects.toMatchObject({
      code: 'registry.no-space',
    });
  });

  it('answers 201 for a manifest that a full storage left empty: reading it back shows that', async () => {
    const file = 'distribution-2.8/53-storage-full-recovered';
    const manifest = rawManifest(Buffer.from('{}'), OCI_MANIFEST);
    const accepted = (body: Buffer) => ({
      ...recorded(file, 2),
      headers: { 'docker-content-digest': digestOf(body) },
    });
    const { target } = await against(
      distribution(({ method, body }) => (method === 'GET' ? recorded(file, 4) : accepted(body))),
      { retryPauses: [1] },
    );
    await expect(target.putManifest('full/a', 'v1', manifest, never)).rejects.toMatchObject({
      code: 'registry.manifest-broken',
      params: { digest: manifest.digest },
    });
  });

  it('gets such a manifest in other bytes under a tag, and that is told', async () => {
    const file = 'distribution-2.8/53-storage-full-recovered';
    const manifest = rawManifest(Buffer.from('{}'), OCI_MANIFEST);
    const other = respelled(manifest);
    let held = manifest;
    const { target } = await against(
      distribution(({ method, body }) => {
        if (method === 'PUT') held = rawManifest(body, OCI_MANIFEST);
        const headers = { 'docker-content-digest': held.digest, 'content-type': OCI_MANIFEST };
        if (method === 'PUT') return { ...recorded(file, 2), headers };
        return held.digest === other.digest ? { status: 200, headers, bytes: held.bytes } : recorded(file, 4);
      }),
      { retryPauses: [1] },
    );
    expect(await target.putManifest('full/a', 'v1', manifest, never)).toBe(other.digest);
  });

  it('answers 404 in plain text for illegal names: that does not mean absent', async () => {
    const { target } = await against(distribution(() => recorded('distribution-2.8/45-names', 2)));
    await expect(target.getManifest('_a', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
  });
});
