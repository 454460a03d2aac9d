// Where a blob is looked for before it is sent, and when it is mounted without asking.
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf, type Digest } from '../../../core/content/digest.js';
import { encodeDockerManifest } from '../../../core/content/manifest.js';
import { AppError } from '../../../core/errors.js';
import { Counters } from '../../../core/run/base/counters.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { BlobSender } from '../../../core/run/upload/blob-sender.js';
import { DiskWindow } from '../../../core/run/upload/disk-window.js';
import { MemoryTarget } from '../../support/memory-target.js';

const { signal } = new AbortController();
const REPOSITORIES = ['app/a', 'app/b', 'app/c'];
const BYTES = Buffer.from('a layer');
const DIGEST = digestOf(BYTES);

let target: MemoryTarget;
let sender: BlobSender;
let requests: string[];
beforeEach(() => {
  target = new MemoryTarget();
  requests = [];
  target.before = (request) => void requests.push(request.replace(` ${DIGEST}`, ''));
  const counters = new Counters(() => undefined);
  const window = new DiskWindow('/nowhere', 0);
  const options = { target, counters, concurrency: 4, bytesPerSecond: null, window, signal };
  sender = new BlobSender(options, new BlobPresence(target, { signal }));
});

async function place(bytes = BYTES, digest: Digest = DIGEST): Promise<void> {
  async function* body(): AsyncGenerator<Buffer> {
    yield bytes;
  }
  const blob = { claimed: digest, size: bytes.length, body: body() };
  await sender.place(blob, REPOSITORIES, 'any', () => Promise.resolve(false));
  await sender.settle();
}

function tag(repository: string): void {
  const manifest = encodeDockerManifest({ digest: DIGEST, size: BYTES.length }, []);
  target.manifests.set(`${repository}:v1`, manifest);
}

describe('a blob of a bundle with several repositories', () => {
  it('is asked for where it is sent, and not where nothing is', async () => {
    await place();
    expect(requests).toEqual(['HEAD blob app/a', 'GET tags app/b', 'GET tags app/c', 'PUT blob app/a']);
    requests.length = 0;
    const other = Buffer.from('another layer');
    await place(other, digestOf(other));
    expect(requests.map((request) => request.split(' ').slice(0, 3).join(' '))).toEqual([
      'HEAD blob app/a',
      'PUT blob app/a',
    ]);
  });

  it('is not sent when a repository with tags has it', async () => {
    tag('app/c');
    target.blobs.set(`app/c@${DIGEST}`, BYTES);
    await place();
    expect(requests).not.toContain('PUT blob app/a');
  });

  it('is not sent again after a run that was cut off before it wrote tags', async () => {
    target.blobs.set(`app/a@${DIGEST}`, BYTES);
    await place();
    expect(requests).toEqual(['HEAD blob app/a']);
  });

  it('is asked for everywhere when tags cannot be listed', async () => {
    target.listTags = () => Promise.reject(new AppError('registry.refused', { origin: 'registry' }));
    target.blobs.set(`app/b@${DIGEST}`, BYTES);
    await place();
    expect(requests).toContain('HEAD blob app/b');
    expect(requests).not.toContain('PUT blob app/a');
  });
});

describe('a blob that this run has stored', () => {
  const blob = { mediaType: 'application/octet-stream', digest: DIGEST, size: BYTES.length };

  it('is mounted into further repositories without asking', async () => {
    await place();
    requests.length = 0;
    expect(await sender.ensure('app/b', blob, null)).toBe('moved');
    expect(requests).toEqual(['MOUNT app/b app/a']);
  });

  it('is asked for where a tag is: what lay there before counts as there, not as mounted', async () => {
    tag('app/b');
    target.blobs.set(`app/b@${DIGEST}`, BYTES);
    expect(await sender.ensure('app/a', blob, BYTES)).toBe('moved');
    expect(await sender.ensure('app/b', blob, null)).toBe('present');
  });

  it('is mounted from there although it may not be mounted from a repository that had it', async () => {
    target.closed.add('secret/a');
    target.blobs.set(`secret/a@${DIGEST}`, BYTES);
    expect(await sender.ensure('secret/a', blob, null)).toBe('present');
    expect(await sender.ensure('app/b', blob, BYTES)).toBe('moved');
    requests.length = 0;
    expect(await sender.ensure('app/c', blob, null)).toBe('moved');
    expect(requests).toContain('MOUNT app/c app/b');
  });

  it('is asked for where mounts are refused', async () => {
    target.mounts = false;
    await place();
    target.blobs.set(`app/b@${DIGEST}`, BYTES);
    expect(await sender.ensure('app/b', blob, null)).toBe('present');
    expect(await sender.ensure('app/c', blob, null)).toBe('missing');
  });
});
