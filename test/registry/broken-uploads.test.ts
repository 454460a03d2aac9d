// Uploads whose connection breaks in the middle of a body that is longer than every buffer on its way.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { startFront } from '../support/registry-front.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { startReplay } from '../support/replay.js';
import { startResettingProxy, type ResettingProxy } from '../support/resetting-proxy.js';
import { streamOf } from './sample-image.js';

const never = { signal: new AbortController().signal };
const MIB = 1024 * 1024;
const large = randomBytes(24 * MIB);
const digest = digestOf(large);

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

function targetAt(url: string, credentials = false): RegistryTarget {
  const account = { credentials: { username: 'mate', password: 'p' } };
  const target = createRegistryTarget({ url, retryPauses: [1, 1], ...(credentials ? account : {}) });
  endings.push(() => target.close());
  return target;
}

async function behindProxy(
  times: number,
): Promise<{ target: RegistryTarget; proxy: ResettingProxy; registry: RunningRegistry }> {
  const registry = await startRegistry({ version: 3 });
  endings.push(() => registry.stop());
  const proxy = await startResettingProxy(registry.url, { afterBytes: 6 * MIB, times });
  endings.push(() => proxy.stop());
  return { target: targetAt(proxy.url), proxy, registry };
}

describe('a connection that is reset in the middle of a body', () => {
  it('interrupts a stream, which may be sent again', async () => {
    const { target, proxy } = await behindProxy(1);
    const put = (): Promise<void> =>
      target.putBlob('team/app', digest, large.length, streamOf(large, MIB), never);
    await expect(put()).rejects.toMatchObject({ code: 'registry.upload-interrupted', retryable: true });
    await put();
    expect(proxy.resets()).toBe(1);
    expect(await target.blobSize('team/app', digest, never)).toBe(large.length);
  });

  it('interrupts a stream of unknown digest', async () => {
    const { target } = await behindProxy(1);
    const put = target.putBlobOfUnknownDigest('team/app', streamOf(large, MIB), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.upload-interrupted', retryable: true });
  });

  it('has bytes sent again in a new session', async () => {
    const { target, proxy } = await behindProxy(2);
    await target.putBlob('team/app', digest, large.length, large, never);
    expect(proxy.resets()).toBe(2);
    expect(await target.blobSize('team/app', digest, never)).toBe(large.length);
  });
});

describe('a proxy that fails a part of all requests', () => {
  it('fails opening a session and sending independently of each other, and tries are not multiplied', async () => {
    const asked: string[] = [];
    const failing = { POST: 2, PUT: 2 };
    const server = await startReplay(({ method, path }) => {
      if (method !== 'POST' && method !== 'PUT') return { status: 200 };
      asked.push(method);
      if (failing[method]-- > 0) return { status: 502 };
      return method === 'PUT' ? { status: 201 } : { status: 202, headers: { location: `${path}1` } };
    });
    endings.push(() => server.stop());
    const target = targetAt(server.url);
    const put = () => target.putBlob('a/b', digestOf('x'), 1, Buffer.from('x'), never);
    await put();
    expect(asked).toEqual(['POST', 'POST', 'POST', 'PUT', 'POST', 'PUT', 'POST', 'PUT']);
    asked.length = 0;
    failing.POST = 100;
    await expect(put()).rejects.toMatchObject({ code: 'registry.server-error' });
    expect(asked).toEqual(['POST', 'POST', 'POST']);
  });
});

describe('a refusal that comes before the body was read, and then the connection breaks', () => {
  const json = (code: string): string => JSON.stringify({ errors: [{ code, message: 'no' }] });

  const page = '<html><title>413 Request Entity Too Large</title></html>';
  it.each([
    { status: 413, body: page, code: 'registry.body-too-large', retryable: false },
    { status: 413, body: page, code: 'registry.body-too-large', retryable: false, isLost: true },
    { status: 403, body: json('DENIED'), code: 'registry.forbidden', retryable: false },
    { status: 403, body: json('DENIED'), code: 'registry.forbidden', retryable: false, isLost: true },
    { status: 401, body: '', code: 'registry.upload-interrupted', retryable: true },
    { status: 507, body: '', code: 'registry.no-space', retryable: false },
    { status: 507, body: '', code: 'registry.no-space', retryable: false, isLost: true },
  ])('is read: $status, lost at first: $isLost', async ({ code, retryable, ...refusal }) => {
    const registry = await startRegistry({ version: 3 });
    endings.push(() => registry.stop());
    const front = await startFront(
      registry.url,
      (_request, pass) => pass(),
      ({ method }) => (method === 'PUT' || method === 'PATCH' ? refusal : null),
    );
    endings.push(() => front.stop());
    const target = targetAt(front.url, true);
    const stream = (): AsyncIterable<Uint8Array> => streamOf(large, MIB);
    for (let round = 0; round < 3; round += 1) {
      await expect(target.putBlob('team/app', digest, large.length, stream(), never)).rejects.toMatchObject({
        code,
        retryable,
      });
    }
    await expect(target.putBlobOfUnknownDigest('team/app', stream(), never)).rejects.toMatchObject({ code });
  });

  it('is read for bytes as well, which are not sent again', async () => {
    const registry = await startRegistry({ version: 2 });
    endings.push(() => registry.stop());
    const front = await startFront(
      registry.url,
      (_request, pass) => pass(),
      ({ method }) => (method === 'PUT' ? { status: 413 } : null),
    );
    endings.push(() => front.stop());
    await expect(
      targetAt(front.url).putBlob('team/app', digest, large.length, large, never),
    ).rejects.toMatchObject({ code: 'registry.body-too-large' });
    expect(front.count('POST', /uploads/)).toBe(1);
  });
});

describe('a 429', () => {
  it.each([
    { product: 'distribution', headers: {}, requests: [2, 0, 2] },
    { product: 'Artifactory', headers: { 'x-jfrog-version': 'Artifactory/7.98.9' }, requests: [2, 2, 2] },
  ])('to each first request has bytes sent again in the same session: $product', async (one) => {
    const registry = await startRegistry({ version: 2 });
    endings.push(() => registry.stop());
    const seen = new Set<string>();
    const front = await startFront(registry.url, async ({ method, path }, pass) => {
      const request = `${method} ${path.replace(/\?.*/, '')}`;
      if (path !== '/v2/' && !seen.has(request)) {
        seen.add(request);
        return { status: 429 };
      }
      const answer = await pass();
      return { ...answer, headers: { ...answer.headers, ...one.headers } };
    });
    endings.push(() => front.stop());
    await targetAt(front.url).putBlob('team/app', digest, large.length, large, never);
    const requests = ['POST', 'PATCH', 'PUT'].map((method) => front.count(method, /uploads/));
    expect(requests).toEqual(one.requests);
  });
});
