// Answers that a proxy has compressed, although no request asks for that.
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { startFront, type Alter, type Front } from '../support/registry-front.js';
import { startRegistry } from '../support/registries.js';
import { pushSample, sampleImage } from './sample-image.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function behind(alter: Alter): Promise<{ target: RegistryTarget; front: Front }> {
  const registry = await startRegistry({ version: 2 });
  endings.push(() => registry.stop());
  const front = await startFront(registry.url, alter);
  endings.push(() => front.stop());
  const target = createRegistryTarget({ url: front.url, retryPauses: [] });
  endings.push(() => target.close());
  return { target, front };
}

/** Compresses the body of every answer to GET and says so. */
const compressing =
  (encoding: string, compress: (body: Buffer) => Buffer): Alter =>
  async ({ method }, pass) => {
    const { status, headers, body = '' } = await pass();
    if (method !== 'GET') return { status, headers: headers ?? {}, body };
    return {
      status,
      headers: { ...headers, 'content-encoding': encoding },
      body: compress(Buffer.from(body)),
    };
  };

describe.each([
  ['gzip', (body: Buffer) => gzipSync(body)],
  ['X-GZIP', (body: Buffer) => gzipSync(body)],
  ['deflate', (body: Buffer) => deflateSync(body)],
  ['br', (body: Buffer) => brotliCompressSync(body)],
  ['deflate, gzip', (body: Buffer) => gzipSync(deflateSync(body))],
])('%s', (encoding, compress) => {
  it('is undone for manifests, configs, lists and error answers', async () => {
    const { target } = await behind(compressing(encoding, compress));
    const image = sampleImage();
    expect(await target.getManifest('team/app', 'v1', never)).toBeNull();
    await pushSample(target, 'team/app', 'v1', image, never);
    expect((await target.getManifest('team/app', 'v1', never))?.bytes).toEqual(image.manifest.bytes);
    expect(await target.getBlob('team/app', digestOf(image.config), never)).toEqual(image.config);
    expect(await target.listTags('team/app', never)).toEqual(['v1']);
    expect(await target.repositories(never)).toEqual(['team/app']);
  });
});

it('the bytes themselves count where a server names an encoding that they do not have', async () => {
  const { target } = await behind(compressing('gzip', (body) => body));
  const image = sampleImage();
  await pushSample(target, 'team/app', 'v1', image, never);
  expect((await target.getManifest('team/app', 'v1', never))?.bytes).toEqual(image.manifest.bytes);
});

it('no request asks for an encoding', async () => {
  const asked = new Set<unknown>();
  const { target } = await behind((request, pass) => {
    asked.add(request.headers['accept-encoding']);
    return pass();
  });
  await pushSample(target, 'team/app', 'v1', sampleImage(), never);
  expect([...asked]).toEqual(['identity']);
});

it('a manifest is not unpacked past its limit', async () => {
  const { target } = await behind(({ path }, pass) =>
    path.includes('/manifests/')
      ? Promise.resolve({
          status: 200,
          headers: { 'content-encoding': 'gzip', 'docker-content-digest': digestOf('x') },
          body: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
        })
      : pass(),
  );
  await expect(target.getManifest('team/app', 'v1', never)).rejects.toMatchObject({
    code: 'registry.unreadable-manifest',
  });
});
