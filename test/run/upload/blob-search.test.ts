// How few questions tell which blobs a target lacks: after a run that was cut off, and where tags list what is there.
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf, type Digest } from '../../../core/content/digest.js';
import { dockerLayer, encodeDockerManifest, encodeIndex } from '../../../core/content/manifest.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { BlobSearch } from '../../../core/run/upload/blob-search.js';
import { ListedBlobs } from '../../../core/run/upload/listed-blobs.js';
import { MemoryTarget } from '../../support/memory-target.js';

const { signal } = new AbortController();
const SIZE = 6;
const bytes = (name: number): Buffer => Buffer.from(String(name).padStart(SIZE, '0'));
const digest = (name: number): Digest => digestOf(bytes(name));

let target: MemoryTarget;
let presence: BlobPresence;
let listed: ListedBlobs;
let search: BlobSearch;
beforeEach(() => {
  target = new MemoryTarget();
  presence = new BlobPresence(target, { signal });
  listed = new ListedBlobs(target, { signal });
  search = new BlobSearch(target, presence, listed);
});

const finds = (name: number, repository = 'app/a') =>
  search.finds(repository, { digest: digest(name), size: SIZE });
const put = (name: number, repository = 'app/a') =>
  target.blobs.set(`${repository}@${digest(name)}`, bytes(name));
const heads = () => target.log.filter((request) => request.startsWith('HEAD')).length;

/** Puts an image with these layers under a tag, as the only child of an index. */
function tagIndex(repository: string, tag: string, layers: readonly number[]): void {
  const image = encodeDockerManifest(
    { digest: digest(0), size: SIZE },
    layers.map((name) => dockerLayer(digest(name), SIZE)),
  );
  const { mediaType } = image;
  const index = encodeIndex('application/vnd.oci.image.index.v1+json', [
    { mediaType, digest: image.digest, size: image.bytes.length },
  ]);
  target.set(repository, image.digest, image);
  target.set(repository, tag, index);
}

describe('a target that has nothing', () => {
  it('is asked for four blobs, however many are asked for at the same time', async () => {
    const found = await Promise.all(Array.from({ length: 40 }, (_, name) => finds(name)));
    expect(found).not.toContain(true);
    expect(heads()).toBe(4);
    expect(target.log.filter((request) => request.startsWith('GET'))).toEqual(['GET tags app/a']);
  });
});

describe('after a run that was cut off', () => {
  it('every blob that it has left is found', async () => {
    for (let name = 0; name < 20; name += 1) put(name);
    const found = await Promise.all(Array.from({ length: 20 }, (_, name) => finds(name)));
    expect(found).not.toContain(false);
    for (let name = 20; name < 40; name += 1) expect(await finds(name)).toBe(false);
    expect(heads()).toBe(24);
  });

  it('blobs that it has left elsewhere do not end the search', async () => {
    for (let name = 0; name < 6; name += 1) {
      put(name, 'app/first');
      expect(await finds(name, 'app/first')).toBe(true);
    }
    for (let name = 0; name < 6; name += 1) expect(await finds(name)).toBe(false);
    put(7);
    expect(await finds(7)).toBe(true);
  });

  it('the next package is searched anew', async () => {
    for (let name = 0; name < 6; name += 1) expect(await finds(name)).toBe(false);
    put(7);
    expect(await finds(7)).toBe(false);
    search.packageStarts();
    put(8);
    expect(await finds(8)).toBe(true);
  });
});

describe('tags', () => {
  it('lead to the blobs of their images, through an index', async () => {
    tagIndex('app/a', 'v1', [50, 51]);
    put(50);
    for (let name = 0; name < 6; name += 1) await finds(name);
    const before = heads();
    expect([await finds(50), await finds(51), await finds(52)]).toEqual([true, false, false]);
    expect(heads() - before).toBe(2);
  });

  it('are too many to be read: each blob is asked for', async () => {
    for (let at = 0; at < 17; at += 1) tagIndex('app/a', `v${String(at)}`, []);
    for (let name = 0; name < 6; name += 1) await finds(name);
    expect(heads()).toBe(6);
    expect(target.log.some((request) => request.startsWith('GET app/a:'))).toBe(false);
  });

  it('that were read, and those that are absent, are answered once from that', async () => {
    tagIndex('app/a', 'v1', [50]);
    await listed.mayHave('app/a', digest(50));
    target.log.length = 0;
    const reader = listed.reader();
    const answers = async () => [
      (await reader.getManifest('app/a', 'v1', { signal }))?.mediaType ?? null,
      await reader.getManifest('app/a', 'v2', { signal }),
    ];
    expect([listed.hasRead('app/a', 'v1'), listed.hasRead('app/a', 'v2')]).toEqual([true, true]);
    const first = await answers();
    expect(target.log).toEqual([]);
    expect([listed.hasRead('app/a', 'v1'), listed.hasRead('app/a', 'v2')]).toEqual([false, false]);
    expect(await answers()).toEqual(first);
    expect(target.log).toEqual(['GET app/a:v1', 'GET app/a:v2']);
  });
});
