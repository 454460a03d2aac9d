// Undo in a folder target: names are removed, former bytes of index.json are restored, and unused blobs are removed.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, type Digest } from '../../core/content/digest.js';
import { openFolderTarget, type FolderTarget } from '../../core/folder/folder-target.js';
import { scratchFolders } from '../support/scratch.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';
import { treeOf } from '../support/tree.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const APP = 'ghcr.io/org/app';
const [amd64, arm64, riscv64] = [tinyImage('amd64', 'a'), tinyImage('arm64', 'b'), tinyImage('riscv64', 'c')];

async function store(): Promise<{ dir: string; target: FolderTarget }> {
  const dir = scratch();
  return { dir, target: await openFolderTarget(dir, options) };
}

describe('a name', () => {
  it('is removed without any other name, pending or written', async () => {
    const { target } = await store();
    const index = await pushImages(target, APP, '1', [amd64], options);
    await target.putManifest(APP, '2', index, options);
    expect(await target.canDeleteTags(APP, options)).toBe(true);
    expect(await target.deleteTag(APP, '1', options)).toBe(true);
    expect(await target.getManifest(APP, '1', options)).toBeNull();
    await target.flush(options);
    expect(await target.listTags(APP, options)).toEqual(['2']);
    expect(await target.getManifest(APP, '2', options)).toEqual(index);
    expect(await target.deleteTag(APP, '2', options)).toBe(true);
    expect(await target.listTags(APP, options)).toEqual([]);
    await target.close();
  });

  it('that another program moved meanwhile stays', async () => {
    const { dir, target } = await store();
    await pushImages(target, APP, '1', [amd64], options);
    await target.flush(options);
    await target.deleteTag(APP, '1', options);
    const { dir: elsewhere, target: theirs } = await store();
    const moved = await pushImages(theirs, APP, '1', [arm64], options);
    await theirs.close();
    writeFileSync(join(dir, 'oci/index.json'), readFileSync(join(elsewhere, 'oci/index.json')));
    await target.close();
    expect(readFileSync(join(dir, 'oci/index.json'), 'utf8')).toContain(moved.digest);
  });

  it('is removed with its manifest, as in a registry', async () => {
    const { dir, target } = await store();
    const index = await pushImages(target, APP, '1', [amd64], options);
    await target.putManifest(APP, '2', index, options);
    expect(await target.deleteManifest(APP, index.digest, options)).toBe(true);
    expect(await target.listTags(APP, options)).toEqual([]);
    expect(existsSync(join(dir, 'oci/blobs/sha256', hexOf(index.digest)))).toBe(false);
    await target.close();
  });

  it('may stand for a single manifest only where it did before', async () => {
    const { target } = await store();
    await pushImages(target, APP, '1', [amd64, arm64], options);
    await expect(target.putManifest(APP, '1', amd64.manifest, options)).rejects.toMatchObject({
      code: 'app.defect',
    });
    await target.putManifest(APP, '1', amd64.manifest, { ...options, asItWas: true });
    await target.flush(options);
    expect((await target.getManifest(APP, '1', options))?.digest).toBe(amd64.manifest.digest);
    await target.close();
  });
});

describe('blobs that a run stored', () => {
  async function watched(): Promise<{ dir: string; target: FolderTarget; stored: Digest[] }> {
    const opened = await store();
    const stored: Digest[] = [];
    opened.target.upkeep.watch((digest) => stored.push(digest));
    return { ...opened, stored };
  }

  it('are reported once, and only when they were absent before', async () => {
    const { target, stored } = await watched();
    const index = await pushImages(target, APP, '1', [amd64], options);
    await pushImages(target, APP, '2', [amd64], options);
    const parts = [amd64.manifest.bytes, amd64.config, amd64.layer].map((bytes) => digestOf(bytes));
    expect(stored.toSorted()).toEqual([...parts, index.digest].sort());
    await target.close();
  });

  it('are removed when nothing refers to them: manifests, configs, layers, and blobs that never had a name', async () => {
    const { dir, target } = await store();
    await pushImages(target, APP, '1', [amd64], options);
    await target.flush(options);
    const before = await treeOf(dir, '.archbridge');
    const stored: Digest[] = [];
    target.upkeep.watch((digest) => stored.push(digest));
    await pushImages(target, APP, '2', [amd64, arm64], options);
    const alone = Buffer.from('alone');
    await target.putBlob(APP, digestOf(alone), alone.length, alone, options);
    await target.deleteTag(APP, '2', options);
    await target.upkeep.removeUnused(stored, [], options);
    expect(await treeOf(dir, '.archbridge')).toEqual(before);
    await target.close();
  });

  it('stay when a kept manifest refers to them', async () => {
    const { dir, target, stored } = await watched();
    await pushImages(target, APP, '1', [amd64], options);
    await target.deleteTag(APP, '1', options);
    await target.upkeep.removeUnused(stored, [amd64.manifest], options);
    const left = readdirSync(join(dir, 'oci/blobs/sha256')).sort();
    const parts = [amd64.manifest.bytes, amd64.config, amd64.layer].map((bytes) => hexOf(digestOf(bytes)));
    expect(left).toEqual(parts.sort());
    await target.close();
  });

  it('all stay while the content of a name cannot be read completely', async () => {
    const { dir, target, stored } = await watched();
    await pushImages(target, APP, 'damaged', [riscv64], options);
    await pushImages(target, APP, '1', [amd64], options);
    await target.deleteTag(APP, '1', options);
    await target.flush(options);
    rmSync(join(dir, 'oci/blobs/sha256', hexOf(riscv64.manifest.digest)));
    const before = await treeOf(dir, '.archbridge');
    await target.upkeep.removeUnused(stored, [], options);
    expect(await treeOf(dir, '.archbridge')).toEqual(before);
    await target.close();
  });
});

describe('the list of names', () => {
  it('gets its former bytes back when it names the same content again', async () => {
    const { dir, target: writer } = await store();
    await pushImages(writer, APP, '1', [amd64], options);
    await writer.close();
    const path = join(dir, 'oci/index.json');
    const foreign = JSON.stringify(JSON.parse(readFileSync(path, 'utf8')));
    writeFileSync(path, foreign);
    const target = await openFolderTarget(dir, options);
    const former = await target.upkeep.names.read(options);
    await pushImages(target, APP, '2', [arm64], options);
    await target.upkeep.names.restore(former, options);
    expect(await target.listTags(APP, options)).toEqual(['1', '2']);
    await target.deleteTag(APP, '2', options);
    await target.upkeep.names.restore(former, options);
    await target.close();
    expect(readFileSync(path, 'utf8')).toBe(foreign);
  });

  it('is removed with the empty layout when there was none before', async () => {
    const { dir, target } = await store();
    mkdirSync(join(dir, 'charts'));
    expect(await target.upkeep.names.read(options)).toBeNull();
    const stored: Digest[] = [];
    target.upkeep.watch((digest) => stored.push(digest));
    await pushImages(target, APP, '1', [amd64], options);
    await target.upkeep.names.restore(null, options);
    expect(existsSync(join(dir, 'oci/index.json'))).toBe(true);
    await target.deleteTag(APP, '1', options);
    await target.upkeep.names.restore(null, options);
    // it holds blobs, so the layout stays
    expect(existsSync(join(dir, 'oci/index.json'))).toBe(true);
    await target.upkeep.removeUnused(stored, [], options);
    await target.upkeep.names.restore(null, options);
    expect(existsSync(join(dir, 'oci'))).toBe(false);
    await pushImages(target, APP, '1', [amd64], options);
    await target.close();
    expect(existsSync(join(dir, 'oci/index.json'))).toBe(true);
  });
});
