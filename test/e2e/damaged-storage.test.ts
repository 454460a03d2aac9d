// Files of a registry's storage that lost bytes: distribution confirms an upload and keeps the file, so that only reading back tells.
import { randomBytes } from 'node:crypto';
import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Report } from '../../core/contract.js';
import { hexOf } from '../../core/content/digest.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import {
  makeBundle,
  makeImage,
  makeLayer,
  makePackage,
  tinyBundle,
  type TestLayer,
} from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';

const options = { signal: new AbortController().signal };
const STORED = 'docker/registry/v2';
/** Longer than what is kept in memory, and than any window between package and target. */
const LARGE = 9 * 1024 * 1024;

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.close());

describe.each([2, 3] as const)('distribution %i', (version) => {
  let registry: RunningRegistry;
  beforeEach(async () => {
    registry = await startRegistry({ version });
  });
  afterEach(() => registry.stop());

  async function packageWith(layer: TestLayer): Promise<() => Promise<Report>> {
    const path = join(bench.directory, 'a-full-package-v1.0.0-amd64.tar.gz');
    const body = makeBundle(tinyBundle('a', [makeImage('ghcr.io/a/app:1.0.0', 'amd64', [layer])]));
    await writeFile(path, makePackage([{ path: 'addon/a_1.0.0.bundle.tar', body }]));
    return () => bench.import({ packages: [path], target: { registry: registry.url } });
  }

  it.each([10, LARGE])(
    'with a cut file of a layer (%i bytes) says so until the file is deleted',
    async (size) => {
      const layer = makeLayer(randomBytes(size).toString('base64'));
      const imported = await packageWith(layer);
      await imported();
      const { digest } = layer;
      const hex = hexOf(digest);
      const data = join(registry.storageDir, STORED, 'blobs/sha256', hex.slice(0, 2), hex, 'data');
      await truncate(data, 20);
      for (const run of [await imported(), await imported()]) {
        expect(run).toMatchObject({ result: 'partial' });
        const [row] = run.images;
        expect(row).toMatchObject({ action: 'failed', problem: { code: 'registry.blob-not-replaced' } });
        const { message = '', hint = '' } = row?.problem ?? {};
        expect(message).toContain(`${digest} in ${registry.host}/a/app`);
        expect(message).toContain(`20 bytes`);
        expect(hint).toContain('deleted in its storage');
      }
      await rm(data);
      expect((await imported()).images).toMatchObject([{ action: 'repair', problem: null }]);
      expect((await imported()).images).toMatchObject([{ action: 'skip' }]);
    },
  );

  it('with an empty link of a tag does not tell what the tag holds until the tag is deleted there', async () => {
    const imported = await packageWith(makeLayer('layer'));
    await imported();
    const tag = join(registry.storageDir, STORED, 'repositories/a/app/_manifests/tags/1.0.0');
    await truncate(join(tag, 'current/link'), 0);
    const target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    await expect(target.getManifest('a/app', '1.0.0', options)).rejects.toMatchObject({
      code: 'registry.unreadable-manifest',
    });
    await target.close();
    await rm(tag, { recursive: true });
    expect((await imported()).images).toMatchObject([{ action: 'push', problem: null }]);
  });
});
