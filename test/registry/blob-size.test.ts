// Whether a blob is there, where the registry cannot tell: then it is sent, which mends what a full storage left behind.
import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { startRegistry } from '../support/registries.js';
import { startReplay, type Script } from '../support/replay.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function targetAt(url: string, retryPauses: readonly number[] = []): RegistryTarget {
  const target = createRegistryTarget({ url, retryPauses });
  endings.push(() => target.close());
  return target;
}

async function against(script: Script): Promise<RegistryTarget> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  return targetAt(server.url);
}

const blob = Buffer.from('a layer');
const digest = digestOf(blob);

describe.each([2, 3] as const)('distribution %i with an empty link file', (version) => {
  it('is sent the blob, and has it then', async () => {
    const registry = await startRegistry({ version });
    endings.push(() => registry.stop());
    const target = targetAt(registry.url, [1, 1, 1]);
    await target.putBlob('team/app', digest, blob.length, blob, never);
    const layers = join(registry.storageDir, 'docker/registry/v2/repositories/team/app/_layers/sha256');
    expect(await readdir(layers)).toEqual([hexOf(digest)]);
    await truncate(join(layers, hexOf(digest), 'link'), 0);
    const head = await fetch(`${registry.url}/v2/team/app/blobs/${digest}`, { method: 'HEAD' });
    expect(head.status).toBe(500);
    expect(await target.blobSize('team/app', digest, never)).toBeNull();
    await target.putBlob('team/app', digest, blob.length, blob, never);
    expect(await target.blobSize('team/app', digest, never)).toBe(blob.length);
  });

  it('does not mount the blob, which is no failure', async () => {
    const registry = await startRegistry({ version });
    endings.push(() => registry.stop());
    const target = targetAt(registry.url);
    await target.putBlob('team/app', digest, blob.length, blob, never);
    const link = join('docker/registry/v2/repositories/team/app/_layers/sha256', hexOf(digest), 'link');
    await truncate(join(registry.storageDir, link), 0);
    expect(await target.mountBlob('team/other', digest, 'team/app', never)).toBe(false);
  });
});

describe('a check for a blob', () => {
  it.each([500, 502, 503])('that fails with %i counts as unknown while /v2/ answers', async (status) => {
    const target = await against(({ path }) => ({ status: path === '/v2/' ? 200 : status }));
    expect(await target.blobSize('team/app', digest, never)).toBeNull();
  });

  it('that fails once is repeated', async () => {
    let failures = 1;
    const server = await startReplay(({ path }) => {
      if (path === '/v2/') return { status: 200 };
      // HEAD and GET of the first attempt
      if (failures-- > -1) return { status: 502 };
      return { status: 200, headers: { 'content-length': '7' } };
    });
    endings.push(() => server.stop());
    expect(await targetAt(server.url, [1]).blobSize('team/app', digest, never)).toBe(7);
  });

  it('fails where /v2/ does not answer either', async () => {
    let greeted = false;
    const target = await against(({ path }) => {
      if (path !== '/v2/' || greeted) return { status: 503 };
      greeted = true;
      return { status: 200 };
    });
    await expect(target.blobSize('team/app', digest, never)).rejects.toMatchObject({
      code: 'registry.server-error',
    });
  });

  it.each([416, 404])(
    'that is answered with %i to GET, and HEAD not offered, counts as unknown',
    async (status) => {
      const target = await against(({ method, path }) => {
        if (path === '/v2/') return { status: 200 };
        return method === 'HEAD' ? { status: 405 } : { status };
      });
      expect(await target.blobSize('team/app', digest, never)).toBeNull();
    },
  );

  it('that this account may not make fails', async () => {
    const target = await against(({ path }) => ({ status: path === '/v2/' ? 200 : 403 }));
    await expect(target.blobSize('team/app', digest, never)).rejects.toMatchObject({
      code: 'registry.credentials-needed',
    });
  });
});
