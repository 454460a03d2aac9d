// Sends the recorded requests to the zot double and compares its answers with the recorded ones; then the requests that showed
// how zot loses a manifest.
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { digestOf, isDigest } from '../../core/content/digest.js';
import { encodeDockerManifest, encodeIndex, parseManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { startZot, type Zot } from '../support/zot-double.js';

interface Exchange {
  readonly request: { method: string; path: string; headers: Record<string, string>; body: unknown };
  readonly response: { status: number; headers: Record<string, string>; body: unknown };
  readonly note?: string;
}

const folder = new URL('../fixtures/recordings/zot/', import.meta.url);

let zot: Zot | null = null;
afterEach(async () => {
  await zot?.stop();
  zot = null;
});

function exchangesOf(file: string): readonly Exchange[] {
  const recording = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as {
    exchanges: readonly Exchange[];
  };
  return recording.exchanges;
}

/** What the double leaves out: deleting blobs, its schema check, bodies that were not recorded. */
function isLeftOut({ request: { method, path, body }, note = '' }: Exchange): boolean {
  return (
    (method === 'DELETE' && path.includes('/blobs/')) || note === 'manifests null' || typeof body !== 'string'
  );
}

/** Puts into the double what the recorded server held before its first request. */
function prepare(exchanges: readonly Exchange[]): void {
  for (const { request, response } of exchanges) {
    const { method, path, headers, body } = request;
    const [, repository = ''] = /^\/v2\/(.+)\/manifests\//.exec(path) ?? [];
    if (method !== 'PUT' || response.status !== 201 || typeof body !== 'string') continue;
    const parsed = parseManifest(Buffer.from(body), headers['Content-Type'] ?? '');
    if (parsed.kind === 'manifest')
      for (const { digest } of [parsed.config, ...parsed.layers]) zot?.addBlob(digest);
    if (parsed.kind !== 'index') continue;
    const own = new Set(exchanges.map((one) => one.response.headers['Docker-Content-Digest']));
    for (const { digest, mediaType: type } of parsed.manifests)
      if (!own.has(digest)) zot?.addManifest(repository, { digest, type, tag: null });
  }
}

const UPLOAD = /uploads\/[0-9a-f-]{36}/;

function essential(status: number, headers: Record<string, string>, body: unknown) {
  const of = (name: string) =>
    Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1] ?? null;
  const isManifest = of('Docker-Content-Digest') !== null;
  return {
    status,
    digest: of('Docker-Content-Digest'),
    type: isManifest || status === 200 ? of('Content-Type') : null,
    location:
      of('Location')
        ?.replace(/^http:\/\/[^/]+/, '')
        .replace(UPLOAD, 'uploads/<id>') ?? null,
    body: typeof body === 'string' ? body : '',
  };
}

async function compare(file: string): Promise<number> {
  let compared = 0;
  for (const exchange of exchangesOf(file)) {
    if (isLeftOut(exchange)) continue;
    const { method, path, headers, body } = exchange.request;
    const given = Object.entries(headers).filter(([name]) => name === 'Content-Type' || name === 'Accept');
    const answer = await fetch(`${zot?.url ?? ''}${path}`, {
      method,
      headers: Object.fromEntries(given),
      ...(method === 'PUT' && typeof body === 'string' ? { body: Buffer.from(body) } : {}),
    });
    const label = `${file}: ${method} ${path} (${exchange.note ?? ''})`;
    const { status, headers: expected, body: text } = exchange.response;
    const found = essential(answer.status, Object.fromEntries(answer.headers), await answer.text());
    expect.soft({ label, ...found }).toEqual({ label, ...essential(status, expected, text) });
    compared += 1;
  }
  return compared;
}

describe('the zot double', () => {
  it.each(['29-manifest-oci', '30-manifest-docker'])('answers as recorded (%s)', async (file) => {
    zot = await startZot({ docker: false });
    prepare(exchangesOf(file));
    // the blobs of the refused image had been uploaded, which makes its repository
    await fetch(`${zot.url}/v2/img/dk/blobs/uploads/`, { method: 'POST' });
    expect(await compare(file)).toBeGreaterThan(0);
  });

  it('answers as recorded about indexes (35 and 39)', async () => {
    zot = await startZot({ docker: false });
    prepare(exchangesOf('35-index-oci'));
    expect(await compare('35-index-oci')).toBe(19);
    expect(await compare('39-index-missing-child')).toBe(13);
  });

  it('answers as recorded about Docker lists, with docker2s2 (47)', async () => {
    zot = await startZot();
    prepare(exchangesOf('47-compat-docker-list'));
    expect(await compare('47-compat-docker-list')).toBe(7);
  });

  it('answers as recorded about deleting (45)', async () => {
    zot = await startZot({ docker: false });
    const exchanges = exchangesOf('45-delete-on');
    const index = Buffer.from(String(exchanges[5]?.response.body));
    const [child] = (JSON.parse(index.toString()) as { manifests: { digest: string }[] }).manifests;
    if (!isDigest(child?.digest)) throw new Error('no child');
    for (const tag of ['t1', 't2'])
      zot.addManifest('del/a', { digest: child.digest, type: OCI_MANIFEST, tag });
    zot.addManifest('del/a', { digest: digestOf(index), type: OCI_INDEX, tag: 'ix' }, index);
    expect(await compare('45-delete-on')).toBe(14);
  });

  it('mounts from anywhere, as recorded (21)', async () => {
    zot = await startZot({ docker: false });
    const mounted = /mount=(sha256:[0-9a-f]{64})/.exec(exchangesOf('21-mount')[0]?.request.path ?? '')?.[1];
    if (!isDigest(mounted)) throw new Error('no digest');
    zot.addBlob(mounted);
    expect(await compare('21-mount')).toBeGreaterThan(6);
  });
});

describe('a manifest whose only tag moves to an index that lists it', () => {
  it.each([
    ['OCI', OCI_INDEX],
    ['Docker', DOCKER_LIST],
  ])(
    'leaves the repository (%s), also when it was put by its digest before; a put afterwards brings it back',
    async (_, listType) => {
      zot = await startZot();
      const [a, b] = ['amd64', 'arm64'].map((architecture) => {
        const config = Buffer.from(JSON.stringify({ os: 'linux', architecture }));
        zot?.addBlob(config);
        const docker = encodeDockerManifest({ digest: digestOf(config), size: config.length }, []);
        const bytes =
          listType === DOCKER_LIST
            ? docker.bytes
            : Buffer.from(docker.bytes.toString().replaceAll(docker.mediaType, OCI_MANIFEST));
        return {
          bytes,
          digest: digestOf(bytes),
          mediaType: listType === DOCKER_LIST ? docker.mediaType : OCI_MANIFEST,
        };
      });
      if (!a || !b) throw new Error('no manifests');
      const index = encodeIndex(
        listType,
        [a, b].map(({ digest, bytes, mediaType }) => ({ digest, mediaType, size: bytes.length })),
      );
      expect(await put('v1', a)).toBe(201);
      expect(await put(b.digest, b)).toBe(201);
      expect(await put(a.digest, a)).toBe(201);
      expect(await put('v1', index)).toBe(201);
      expect(await statusOf('v1')).toBe(200);
      expect(await statusOf(b.digest)).toBe(200);
      expect(await statusOf(a.digest)).toBe(404);
      expect(await put(a.digest, a)).toBe(201);
      expect(await statusOf(a.digest)).toBe(200);
    },
  );

  async function put(reference: string, { bytes, mediaType }: { bytes: Buffer; mediaType: string }) {
    const init = { method: 'PUT', headers: { 'content-type': mediaType }, body: bytes };
    return (await fetch(`${zot?.url ?? ''}/v2/team/app/manifests/${reference}`, init)).status;
  }

  async function statusOf(reference: string) {
    return (await fetch(`${zot?.url ?? ''}/v2/team/app/manifests/${reference}`)).status;
  }
});
