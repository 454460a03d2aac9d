// The image side of a target against real registries, without login.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { encodeIndex, parseManifest, rawManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX } from '../../core/content/media-types.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { pushSample, sampleImage, streamOf } from './sample-image.js';

const run = promisify(execFile);
const never = { signal: new AbortController().signal };
const nothing = digestOf('nothing');

describe.each([2, 3] as const)('distribution %i', (version) => {
  let registry: RunningRegistry;
  let target: RegistryTarget;
  const lines: string[] = [];

  beforeAll(async () => {
    registry = await startRegistry({ version });
    target = createRegistryTarget({
      url: registry.url,
      retryPauses: [],
      onRequest: (line) => lines.push(line),
    });
  });
  afterAll(async () => {
    await target.close();
    await registry.stop();
  });

  it('answers a ping', async () => {
    expect(await target.ping(never)).toEqual({ product: 'distribution', auth: 'none' });
  });

  it('says null for what is not there', async () => {
    expect(await target.getManifest('no/such', 'v1', never)).toBeNull();
    expect(await target.getManifest('no/such', nothing, never)).toBeNull();
    expect(await target.blobSize('no/such', nothing, never)).toBeNull();
    expect(await target.getBlob('no/such', nothing, never)).toBeNull();
  });

  it('stores bytes and streams, also those that it has already', async () => {
    const bytes = randomBytes(50_000);
    const digest = digestOf(bytes);
    await target.putBlob('blobs/a', digest, bytes.length, bytes, never);
    await target.putBlob('blobs/a', digest, bytes.length, streamOf(bytes), never);
    expect(await target.blobSize('blobs/a', digest, never)).toBe(50_000);
    expect(await target.getBlob('blobs/a', digest, never)).toEqual(bytes);
    await target.putBlob('blobs/b', digest, bytes.length, streamOf(bytes, 7), never);
    expect(await target.getBlob('blobs/b', digest, never)).toEqual(bytes);
  });

  it('stores an empty blob', async () => {
    const empty = Buffer.alloc(0);
    await target.putBlob('blobs/empty', digestOf(empty), 0, empty, never);
    expect(await target.blobSize('blobs/empty', digestOf(empty), never)).toBe(0);
  });

  it.each([0, 10, 4 * 1024 * 1024, 9 * 1024 * 1024 + 1])(
    'stores %i bytes of unknown digest',
    async (size) => {
      const bytes = randomBytes(size);
      const stored = await target.putBlobOfUnknownDigest('blobs/unknown', streamOf(bytes, 1_000_003), never);
      expect(stored).toEqual({ digest: digestOf(bytes), size });
      expect(await target.blobSize('blobs/unknown', stored.digest, never)).toBe(size);
    },
  );

  it('mounts from another repository, and does not where the source lacks the blob', async () => {
    const bytes = randomBytes(300);
    const digest = digestOf(bytes);
    await target.putBlob('mount/from', digest, bytes.length, bytes, never);
    expect(await target.mountBlob('mount/to', digest, 'mount/from', never)).toBe(true);
    expect(await target.getBlob('mount/to', digest, never)).toEqual(bytes);
    expect(await target.mountBlob('mount/to', nothing, 'mount/from', never)).toBe(false);
    expect(await target.mountBlob('mount/to', digest, 'mount/nowhere', never)).toBe(false);
  });

  it('deletes the session that a refused mount opened', async () => {
    lines.length = 0;
    await target.mountBlob('mount/to', nothing, 'mount/from', never);
    expect(lines.at(-1)).toMatch(/^DELETE .*\/blobs\/uploads\/.* 204$/);
  });

  it('refuses bytes that have another digest', async () => {
    const bytes = randomBytes(100);
    const put = target.putBlob('blobs/a', nothing, bytes.length, bytes, never);
    await expect(put).rejects.toMatchObject({ code: 'registry.digest-refused', retryable: false });
    const streamed = target.putBlob('blobs/a', nothing, bytes.length, streamOf(bytes), never);
    await expect(streamed).rejects.toMatchObject({ code: 'registry.digest-refused' });
    expect(await target.blobSize('blobs/a', nothing, never)).toBeNull();
  });

  it.each([99, 101])('refuses a stream of %i bytes that was announced with 100', async (size) => {
    const bytes = randomBytes(size);
    const put = target.putBlob('blobs/a', digestOf(bytes), 100, streamOf(bytes, 40), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.blob-size-wrong', origin: 'package' });
  });

  it("throws the error of the stream's source unchanged", async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield randomBytes(10);
      await pause(20);
      throw new RangeError('the package ends here');
    };
    await expect(target.putBlob('blobs/a', nothing, 100, broken(), never)).rejects.toThrow(RangeError);
    await expect(target.putBlobOfUnknownDigest('blobs/a', broken(), never)).rejects.toThrow(RangeError);
  });

  it('stops in the middle of an upload, and stores nothing', async () => {
    const controller = new AbortController();
    let sent = 0;
    let closed = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) {
          sent += 1;
          if (sent === 5) controller.abort();
          yield randomBytes(10_000);
          await pause(5);
        }
      } finally {
        closed = true;
      }
    };
    const put = target.putBlob('blobs/cut', nothing, 10_000_000, endless(), { signal: controller.signal });
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
    await pause(50);
    expect(closed).toBe(true);
    expect(sent).toBeLessThan(10);
    expect(await target.blobSize('blobs/cut', nothing, never)).toBeNull();
  });

  it('keeps the bytes of a Docker image, by tag and by digest', async () => {
    const image = sampleImage();
    await pushSample(target, 'img/docker', 'v1', image, never);
    expect(await target.getManifest('img/docker', 'v1', never)).toEqual(image.manifest);
    expect(await target.getManifest('img/docker', image.manifest.digest, never)).toEqual(image.manifest);
    await target.putManifest('img/docker', 'v1', image.manifest, never);
    expect((await target.getManifest('img/docker', 'v1', never))?.mediaType).toBe(DOCKER_MANIFEST);
  });

  it('finishes a manifest PUT that has begun when the run is cancelled', async () => {
    const image = sampleImage();
    await pushSample(target, 'img/cancelled', 'v1', image, never);
    const controller = new AbortController();
    const put = target.putManifest('img/cancelled', 'v2', image.manifest, { signal: controller.signal });
    controller.abort();
    await put;
    expect(await target.getManifest('img/cancelled', 'v2', never)).toEqual(image.manifest);
    const late = target.putManifest('img/cancelled', 'v3', image.manifest, { signal: controller.signal });
    await expect(late).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each([OCI_INDEX, DOCKER_LIST])('keeps the bytes of an index of type %s', async (type) => {
    const images = [sampleImage('amd64'), sampleImage('arm64')];
    for (const image of images) await pushSample(target, 'img/multi', image.manifest.digest, image, never);
    const children = images.map(({ manifest }, at) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { os: 'linux', architecture: at === 0 ? 'amd64' : 'arm64' },
    }));
    const index = encodeIndex(type, children);
    await target.putManifest('img/multi', 'v1', index, never);
    const read = await target.getManifest('img/multi', 'v1', never);
    expect(read).toEqual(index);
    expect(parseManifest(read?.bytes ?? Buffer.alloc(0), read?.mediaType ?? '')).toMatchObject({
      kind: 'index',
    });
  });

  it('reports a missing blob with a code of its own', async () => {
    const image = sampleImage();
    await expect(target.putManifest('img/gap', 'v1', image.manifest, never)).rejects.toMatchObject({
      code: 'registry.blob-unknown',
    });
  });

  it('says what to allow for a manifest with foreign layers, and does not retry it', async () => {
    const image = sampleImage();
    await target.putBlob('img/urls', digestOf(image.config), image.config.length, image.config, never);
    const foreign = image.manifest.bytes
      .toString()
      .replace(
        'rootfs.diff.tar.gzip",',
        'rootfs.foreign.diff.tar.gzip", "urls": ["https://elsewhere.example/layer"],',
      );
    const odd = rawManifest(Buffer.from(foreign), DOCKER_MANIFEST);
    await expect(target.putManifest('img/urls', 'v1', odd, never)).rejects.toMatchObject({
      code: 'registry.foreign-layers',
      params: { status: 500, places: 'elsewhere.example' },
      retryable: false,
    });
  });

  it('does not report an illegal name as absent', async () => {
    await expect(target.getManifest('Not/Legal_', 'v1', never)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
  });

  it('is read by skopeo and crane', async () => {
    const image = sampleImage();
    await pushSample(target, 'img/readers', 'v1', image, never);
    const reference = `${registry.host}/img/readers:v1`;
    const { stdout } = await run(requireProgram('crane'), ['digest', '--insecure', reference]);
    expect(stdout.trim()).toBe(image.manifest.digest);
    const home = await mkdtemp(join(tmpdir(), 'archbridge-skopeo-'));
    const inspect = await run(
      requireProgram('skopeo'),
      ['inspect', '--raw', '--tls-verify=false', `docker://${reference}`],
      { env: { HOME: home, XDG_RUNTIME_DIR: home } },
    );
    await rm(home, { recursive: true });
    expect(inspect.stdout.trim()).toBe(image.manifest.bytes.toString());
  });

  it('says read-only where the registry is', async () => {
    const frozen = await startRegistry({ version, readOnly: true, storageDir: registry.storageDir });
    const other = createRegistryTarget({ url: frozen.url, retryPauses: [] });
    const put = other.putBlob('blobs/a', nothing, 1, Buffer.from('x'), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.read-only', retryable: false });
    await expect(other.mountBlob('x/y', nothing, 'blobs/a', never)).rejects.toMatchObject({
      code: 'registry.read-only',
    });
    await other.close();
    await frozen.stop();
  });
});
