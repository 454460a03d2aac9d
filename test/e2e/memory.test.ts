// A small sample of test/long/memory.test.ts: bounded memory, no byte sent twice, no file anywhere else.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importAlone, makeBigPackage, type BigPackage } from '../support/big-package.js';
import { startRegistry } from '../support/registries.js';

describe('a package of 200 MB', () => {
  let folder: string;
  let made: BigPackage;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-big-'));
    made = await makeBigPackage(folder, 5, 2);
  }, 120_000);
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  it('goes into a registry with at most 250 MB of memory, each unique blob once', async () => {
    const registry = await startRegistry({ version: 3 });
    try {
      const first = await importAlone(folder, made.path, '--registry', registry.url);
      expect(first.result).toBe('done');
      expect(first.images).toHaveLength(made.images);
      expect(first.totals.peakMemoryBytes).toBeLessThan(250e6);
      const configs = first.totals.bytesSent - made.uniqueLayerBytes;
      expect(configs).toBeGreaterThan(0);
      expect(configs).toBeLessThan(made.images * 2_000);
      expect(first.totals.passes).toBe(1);
      expect(first.strays).toEqual([]);
      const second = await importAlone(folder, made.path, '--registry', registry.url);
      expect(second.totals.bytesSent).toBe(0);
    } finally {
      await registry.stop();
    }
  }, 120_000);

  it('goes into a folder with at most 250 MB of memory', async () => {
    const imported = await importAlone(folder, made.path, '--store', join(folder, 'store'));
    expect(imported.result).toBe('done');
    expect(imported.totals.peakMemoryBytes).toBeLessThan(250e6);
    expect(imported.strays).toEqual([]);
  }, 120_000);
});
