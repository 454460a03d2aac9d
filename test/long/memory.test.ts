// Memory does not depend on the size of the package: 1.2 GB and 3.7 GB, into a folder and into a registry.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importAlone, makeBigPackage, type BigPackage } from '../support/big-package.js';
import { startRegistry } from '../support/registries.js';

const LIMIT = 250e6;
/** The garbage collector runs at any time, so the lowest peak of several runs is compared. */
const RUNS = 3;

describe('peak memory', () => {
  let folder: string;
  let packages: readonly BigPackage[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-long-'));
    packages = [await makeBigPackage(folder, 5), await makeBigPackage(folder, 15)];
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
  });

  /** The lowest peak of each package, in bytes; every run stays below the limit. */
  async function peaks(into: (made: BigPackage) => Promise<number>): Promise<readonly number[]> {
    const lowest: number[] = [];
    for (const made of packages) {
      const runs: number[] = [];
      for (let i = 0; i < RUNS; i++) runs.push(await into(made));
      for (const peak of runs) expect(peak).toBeLessThan(LIMIT);
      lowest.push(Math.min(...runs));
    }
    return lowest;
  }

  function expectFlat([small = 0, large = 0]: readonly number[], where: string): void {
    const difference = Math.abs(large - small) / Math.max(large, small);
    console.log(`${where}: ${(small / 1e6).toFixed(0)} MB, ${(large / 1e6).toFixed(0)} MB`);
    expect(difference).toBeLessThan(0.2);
  }

  it('is the same for both sizes into a folder', async () => {
    const found = await peaks(async (made) => {
      const store = join(folder, 'store');
      const imported = await importAlone(folder, made.path, '--store', store);
      expect(imported.result).toBe('done');
      expect(imported.strays).toEqual([]);
      await rm(store, { recursive: true });
      return imported.totals.peakMemoryBytes;
    });
    expectFlat(found, 'folder');
  });

  it('is the same for both sizes into a registry, and each unique blob is sent once', async () => {
    const found = await peaks(async (made) => {
      const registry = await startRegistry({ version: 3 });
      try {
        const imported = await importAlone(folder, made.path, '--registry', registry.url);
        expect(imported.result).toBe('done');
        const configs = imported.totals.bytesSent - made.uniqueLayerBytes;
        expect(configs).toBeGreaterThan(0);
        expect(configs).toBeLessThan(made.images * 2_000);
        expect(imported.totals.passes).toBe(1);
        return imported.totals.peakMemoryBytes;
      } finally {
        await registry.stop();
      }
    });
    expectFlat(found, 'registry');
  });
});
