// The folder target as a run uses it: names, batches, order, damage, other writers.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFolderCharts } from '../../core/chart-repo/folder.js';
import { digestOf, hexOf, type Digest } from '../../core/content/digest.js';
import { openFolderTarget } from '../../core/folder/folder-target.js';
import { CHARTS_FOLDER } from '../../core/folder/store-check.js';
import { publishedChart } from '../support/chart-archive.js';
import { scratchFolders } from '../support/scratch.js';
import { indexOf, pushImages, tinyImage } from '../support/tiny-image.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const amd64 = tinyImage('amd64', 'a');
const arm64 = tinyImage('arm64', 'b');
const blobFile = (dir: string, digest: Digest): string => join(dir, 'oci/blobs/sha256', hexOf(digest));

describe('a folder target', () => {
  it('writes nothing before the first write and leaves nothing but the store', async () => {
    const dir = join(scratch(), 'new', 'store');
    const target = await openFolderTarget(dir, options);
    expect(await target.getManifest('ghcr.io/org/app', '1', options)).toBeNull();
    expect(await target.blobSize('ghcr.io/org/app', digestOf('x'), options)).toBeNull();
    await target.flush(options);
    expect(existsSync(dir)).toBe(false);
    await pushImages(target, 'ghcr.io/org/app', '1', [amd64], options);
    await target.close();
    await target.close();
    expect(readdirSync(dir)).toEqual(['oci']);
    expect(readdirSync(join(dir, 'oci')).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    expect(JSON.parse(readFileSync(join(dir, 'oci/oci-layout'), 'utf8'))).toEqual({
      imageLayoutVersion: '1.0.0',
    });
  });

  it('lists its names, pending and written, and computes the real digest of a blob', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    expect(await target.repositories(options)).toEqual([]);
    await pushImages(target, 'reg.local:5000/org/app', '1', [amd64], options);
    await target.flush(options);
    await pushImages(target, 'reg.local:5000/org/app', '2', [amd64], options);
    await pushImages(target, 'ghcr.io/org/web', '1', [arm64], options);
    expect((await target.repositories(options))?.toSorted()).toEqual([
      'ghcr.io/org/web',
      'reg.local:5000/org/app',
    ]);
    expect((await target.listTags('reg.local:5000/org/app', options)).toSorted()).toEqual(['1', '2']);
    expect(await target.listTags('org/app', options)).toEqual([]);
    const digest = digestOf(amd64.layer);
    expect(await target.blobDigest('x', digest, options)).toEqual({ digest, size: amd64.layer.length });
    expect(await target.blobDigest('x', digestOf('no'), options)).toBeNull();
    const damaged = Buffer.from(amd64.layer);
    damaged[5] = (damaged[5] ?? 0) ^ 1;
    writeFileSync(blobFile(dir, digest), damaged);
    // also after `getBlob` found the damage and the blob counts as absent
    expect(await target.getBlob('x', digest, options)).toBeNull();
    expect(await target.blobDigest('x', digest, options)).toEqual({
      digest: digestOf(damaged),
      size: damaged.length,
    });
    await target.close();
  });

  it('gives names and digests back, pending and written', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const index = await pushImages(target, 'ghcr.io/org/app', '1', [amd64, arm64], options);
    for (const reader of [target, await openFolderTarget(dir, options)]) {
      if (reader !== target) await target.flush(options);
      expect(await reader.getManifest('ghcr.io/org/app', '1', options)).toEqual(index);
      expect(await reader.getManifest('ghcr.io/org/app', arm64.manifest.digest, options)).toEqual(
        arm64.manifest,
      );
      expect(await reader.getManifest('ghcr.io/org/app', '2', options)).toBeNull();
      expect(await reader.getManifest('ghcr.io/org/app', digestOf(amd64.layer), options)).toBeNull();
      expect(await reader.getBlob('x', digestOf(amd64.config), options)).toEqual(amd64.config);
      expect(await reader.mountBlob('other', digestOf(amd64.layer), 'x', options)).toBe(true);
      expect(await reader.mountBlob('other', digestOf('no'), 'x', options)).toBe(false);
    }
    await target.close();
  });

  it('has the same bytes whatever the order of images and charts was', async () => {
    const work = [
      ...['quay.io/a/b:2', 'docker.io/library/x:1', 'ghcr.io/z/y:0'].map((name) => ({
        name,
        images: [amd64, arm64],
      })),
      { name: 'quay.io/a/b:1', images: [arm64] },
    ];
    const charts = ['10.2.0+738', '10.4.1+802', '90', 'v0.14.6'].map((version) => ({ name: 'c', version }));
    const build = async (reverse: boolean): Promise<string[]> => {
      const dir = scratch();
      for (const { name, images } of reverse ? [...work].reverse() : work) {
        const target = await openFolderTarget(dir, options);
        const [repository = '', tag = ''] = name.split(/:(?=[^:]*$)/);
        await pushImages(
          target,
          repository,
          tag,
          reverse ? [...images].reverse().slice(0, 1) : images,
          options,
        );
        if (reverse) await pushImages(target, repository, tag, images, options);
        await target.close();
      }
      for (const chart of reverse ? [...charts].reverse() : charts) {
        const target = await openFolderTarget(dir, options);
        const repository = createFolderCharts(join(dir, CHARTS_FOLDER), target.access);
        await repository.putChart(publishedChart(chart), options);
        await repository.close();
        await target.close();
      }
      return ['oci/index.json', 'charts/index.yaml'].map((path) => readFileSync(join(dir, path), 'utf8'));
    };
    expect(await build(true)).toEqual(await build(false));
  });

  it('rewrites index.json a few times for thousands of names', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    await pushImages(target, 'ghcr.io/org/app', '0', [amd64], options);
    const index = indexOf([amd64]);
    const seen = new Set<number>();
    for (let i = 1; i <= 2_000; i++) {
      await target.putManifest('ghcr.io/org/app', String(i), index, options);
      seen.add(statSync(join(dir, 'oci/index.json')).ino);
    }
    await target.close();
    expect(seen.size).toBeLessThan(20);
    const reader = await openFolderTarget(dir, options);
    expect((await reader.getManifest('ghcr.io/org/app', '1999', options))?.digest).toBe(index.digest);
  }, 60_000);

  it('refuses a folder that is something else, and touches nothing there', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'thesis.doc'), 'x');
    const refused = openFolderTarget(dir, options);
    await expect(refused).rejects.toMatchObject({
      code: 'folder.not-a-store',
      params: { found: 'thesis.doc' },
    });
    expect(readdirSync(dir)).toEqual(['thesis.doc']);
    await expect(openFolderTarget(join(dir, 'thesis.doc'), options)).rejects.toMatchObject({
      code: 'disk.not-a-folder',
    });
    const disk = scratch();
    mkdirSync(join(disk, 'lost+found'));
    await openFolderTarget(disk, options);
  });

  it('does not write over an index that it cannot read', async () => {
    const dir = scratch();
    const first = await openFolderTarget(dir, options);
    await pushImages(first, 'a.b/c', '1', [amd64], options);
    await first.close();
    writeFileSync(join(dir, 'oci/index.json'), '{"schemaVersion": 2, "manifests": [');
    const target = await openFolderTarget(dir, options);
    await expect(pushImages(target, 'a.b/c', '2', [amd64], options)).rejects.toMatchObject({
      code: 'folder.bad-index',
    });
    await target.close();
    expect(readFileSync(join(dir, 'oci/index.json'), 'utf8')).toBe('{"schemaVersion": 2, "manifests": [');
  });
});

describe('blobs', () => {
  it('never get the file name of a digest that they do not have', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const body = (async function* () {
      await Promise.resolve();
      yield Buffer.from('not ');
      yield Buffer.from('it');
    })();
    const put = target.putBlob('r', digestOf('it'), 6, body, options);
    await expect(put).rejects.toMatchObject({ code: 'folder.digest-mismatch' });
    expect(readdirSync(join(dir, 'oci/blobs/sha256'))).toEqual([]);
    expect(readdirSync(join(dir, '.archbridge/tmp'))).toEqual([]);
    await target.close();
  });

  it('are held to the digest that their reader has computed, and not hashed again', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const bytes = Buffer.from('it');
    const put = (proof: Promise<Digest>) =>
      target.putBlob('r', digestOf('it'), bytes.length, bytes, { ...options, proof });
    await expect(put(Promise.resolve(digestOf('no')))).rejects.toMatchObject({
      code: 'folder.digest-mismatch',
    });
    const cut = new Error('the package ends');
    const lost = Promise.reject(cut);
    lost.catch(() => undefined);
    await expect(put(lost)).rejects.toBe(cut);
    expect(readdirSync(join(dir, 'oci/blobs/sha256'))).toEqual([]);
    expect(readdirSync(join(dir, '.archbridge/tmp'))).toEqual([]);
    await put(Promise.resolve(digestOf('it')));
    expect(await target.blobSize('r', digestOf('it'), options)).toBe(bytes.length);
    await target.close();
  });

  it('of unknown digest get their name after the last byte', async () => {
    const target = await openFolderTarget(scratch(), options);
    for (let i = 0; i < 2; i++) {
      const body = (async function* () {
        await Promise.resolve();
        yield Buffer.from('hello');
      })();
      expect(await target.putBlobOfUnknownDigest('r', body, options)).toEqual({
        digest: digestOf('hello'),
        size: 5,
      });
    }
    expect(await target.getBlob('r', digestOf('hello'), options)).toEqual(Buffer.from('hello'));
    await target.close();
  });

  it('leave no temporary file when the signal aborts or the source fails', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const abort = new AbortController();
    const endless = (async function* () {
      for (let i = 0; ; i++) {
        await Promise.resolve();
        if (i === 3) abort.abort();
        yield Buffer.alloc(1000);
      }
    })();
    const put = target.putBlob('r', digestOf('x'), 1, endless, { signal: abort.signal });
    await expect(put).rejects.toMatchObject({ name: 'AbortError' });
    expect(readdirSync(join(dir, '.archbridge/tmp'))).toEqual([]);
    await target.close();
  });

  it('that are cut or changed are written again', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    await pushImages(target, 'r.io/r', '1', [amd64], options);
    truncateSync(blobFile(dir, digestOf(amd64.layer)), 5);
    writeFileSync(blobFile(dir, digestOf(amd64.config)), Buffer.alloc(amd64.config.length));
    const flipped = Buffer.from(amd64.manifest.bytes.toString().replace('2', '3'));
    writeFileSync(blobFile(dir, amd64.manifest.digest), flipped);
    expect(await target.getBlob('r', digestOf(amd64.config), options)).toBeNull();
    expect(await target.blobSize('r', digestOf(amd64.config), options)).toBeNull();
    expect(await target.getManifest('r.io/r', amd64.manifest.digest, options)).toBeNull();
    await pushImages(target, 'r.io/r', '1', [amd64], options);
    expect(readFileSync(blobFile(dir, digestOf(amd64.layer)))).toEqual(amd64.layer);
    expect(readFileSync(blobFile(dir, digestOf(amd64.config)))).toEqual(amd64.config);
    expect(readFileSync(blobFile(dir, amd64.manifest.digest))).toEqual(amd64.manifest.bytes);
    await target.close();
  });

  it('have to be stored before their manifest', async () => {
    const target = await openFolderTarget(scratch(), options);
    const put = target.putManifest('r', amd64.manifest.digest, amd64.manifest, options);
    await expect(put).rejects.toMatchObject({ code: 'folder.missing-content' });
    await target.close();
  });
});

describe('names', () => {
  it('whose content is gone are an error, not absent', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    const index = await pushImages(target, 'r.io/r', '1', [amd64], options);
    await target.flush(options);
    await rename(blobFile(dir, index.digest), join(dir, 'gone'));
    await expect(target.getManifest('r.io/r', '1', options)).rejects.toMatchObject({
      code: 'folder.damaged',
    });
    await target.close();
  });

  it('of two writers at the same time are all there', async () => {
    const dir = scratch();
    const write = async (prefix: string): Promise<void> => {
      const target = await openFolderTarget(dir, options);
      for (let i = 0; i < 20; i++) {
        await pushImages(target, `r.io/${prefix}`, String(i), [amd64], options);
        if (i % 5 === 0) await target.flush(options);
      }
      await target.close();
    };
    await Promise.all(['a', 'b', 'c'].map(write));
    const reader = await openFolderTarget(dir, options);
    for (const prefix of ['a', 'b', 'c']) {
      for (let i = 0; i < 20; i++)
        expect(await reader.getManifest(`r.io/${prefix}`, String(i), options)).not.toBeNull();
    }
  });

  it('that another writer changed meanwhile keep what that writer gave them', async () => {
    const dir = scratch();
    const [ours, theirs] = [await openFolderTarget(dir, options), await openFolderTarget(dir, options)];
    await pushImages(ours, 'r.io/r', '1', [amd64], options);
    const index = await pushImages(theirs, 'r.io/r', '1', [arm64], options);
    await theirs.flush(options);
    await ours.flush(options);
    // The check at the end of a run reads the name again, sees the other platform and adds its own.
    expect((await ours.getManifest('r.io/r', '1', options))?.digest).toBe(index.digest);
    const both = await pushImages(ours, 'r.io/r', '1', [amd64, arm64], options);
    await Promise.all([ours.close(), theirs.close()]);
    const reader = await openFolderTarget(dir, options);
    expect((await reader.getManifest('r.io/r', '1', options))?.digest).toBe(both.digest);
  });

  it('written before are visible after a close without a flush', async () => {
    const dir = scratch();
    const target = await openFolderTarget(dir, options);
    await pushImages(target, 'r.io/r', '1', [amd64], options);
    await target.close();
    const reader = await openFolderTarget(dir, options);
    expect(await reader.getManifest('r.io/r', '1', options)).not.toBeNull();
  });
});
