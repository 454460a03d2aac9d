// Uploads of whole imports against a registry that counts: side by side, without mounts, and with as few connections as it takes.
import { randomBytes } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import {
  startCountingRegistry,
  type CountingRegistry,
  type CountingRegistryOptions,
} from '../../support/counting-registry.js';
import {
  makeBundle,
  makeImage,
  makeLayer,
  makePackage,
  tinyBundle,
  type TestImage,
} from '../../support/packages.js';
import { openBench, type Bench } from '../../support/seed.js';

let bench: Bench;
const running: CountingRegistry[] = [];
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((registry) => registry.stop()));
  await bench.close();
});

async function registryWith(options: CountingRegistryOptions): Promise<CountingRegistry> {
  const registry = await startCountingRegistry(options);
  running.push(registry);
  return registry;
}

async function packageOf(images: readonly TestImage[]): Promise<string> {
  const path = join(bench.directory, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
  const bytes = makeBundle(tinyBundle('many', images));
  await writeFile(path, makePackage([{ path: 'addon/many_1.0.0.bundle.tar', body: bytes }]));
  return path;
}

/** A layer of more than the 8 MiB that are held in memory for a second try. */
const largeLayer = (seed = '') => makeLayer(seed + randomBytes(10_000_000).toString('hex'));

const imagesOn = (base: ReturnType<typeof makeLayer>, count: number): readonly TestImage[] =>
  Array.from({ length: count }, (_, at) =>
    makeImage(`docker.io/many/image-${String(at)}:v1`, 'amd64', [base, makeLayer(`own ${String(at)}`)]),
  );

/** Repositories of the images that hold a blob; the one of the chart's own image may hold it, too. */
const namedIn = (registry: CountingRegistry, digest: string) =>
  registry.holdersOf(digest).filter((repository) => repository.startsWith('many/image-'));

describe('a large base of 40 images in a registry that mounts nothing', () => {
  it('gets into every repository, is read twice at most, and leaves nothing on disk', async () => {
    const registry = await registryWith({ mounts: false });
    const base = largeLayer();
    const path = await packageOf(imagesOn(base, 40));
    const report = await bench.import({
      packages: [path],
      target: { registry: registry.url, noCharts: true },
    });
    expect(report.result).toBe('done');
    expect(report.totals.passes).toBe(2);
    expect(namedIn(registry, base.digest)).toHaveLength(40);
    const left = await readdir(join(bench.directory, 'state'), { recursive: true });
    expect(left.filter((name) => /blob-|spool/.test(name))).toEqual([]);
  });

  it('gets there without any disk, too: some repositories a run', async () => {
    const registry = await registryWith({ mounts: false });
    const base = largeLayer();
    const request = {
      packages: [await packageOf(imagesOn(base, 12))],
      target: { registry: registry.url, noCharts: true },
      diskWindow: 0,
    };
    const first = await bench.import(request);
    const second = first.result === 'done' ? first : await bench.import(request);
    expect(second.result).toBe('done');
    expect(namedIn(registry, base.digest)).toHaveLength(12);
  });
});

/** Holds uploads back until `count` are under way for the first time; after a while it lets go, so that a test fails and does not hang. */
function until(count: number): () => Promise<void> {
  const waiting: (() => void)[] = [];
  let hasMet = false;
  const letGo = (): void => {
    hasMet = true;
    for (const go of waiting.splice(0)) go();
  };
  return async () => {
    if (hasMet) return;
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    if (waiting.length >= count) letGo();
    setTimeout(letGo, 30_000).unref();
    await turn;
  };
}

describe('large layers', () => {
  it('are uploaded side by side, as many at a time as allowed', async () => {
    const registry = await registryWith({ beforeStored: until(3) });
    const layers = Array.from({ length: 3 }, (_, at) => largeLayer(String(at)));
    const images = [makeImage('docker.io/many/layers:v1', 'amd64', layers)];
    const request = {
      packages: [await packageOf(images)],
      target: { registry: registry.url, noCharts: true },
    };
    const report = await bench.import({ ...request, concurrency: 3 });
    expect(report.result).toBe('done');
    expect(registry.mostUploads()).toBe(3);
  });
});

describe('small blobs', () => {
  it('of several images of a bundle are sent at the same time', async () => {
    const images = Array.from({ length: 8 }, (_, at) =>
      makeImage(`docker.io/many/alike-${String(at)}:v1`, 'amd64', [makeLayer('alike')]),
    );
    const configs = new Set<string>(images.map(({ config }) => digestOf(config)));
    const meeting = until(4);
    const registry = await registryWith({
      beforeStored: async (digest) => {
        if (configs.has(digest)) await meeting();
      },
    });
    const report = await bench.import({
      packages: [await packageOf(images)],
      target: { registry: registry.url, noCharts: true },
      concurrency: 1,
    });
    expect(report.result).toBe('done');
    expect(registry.mostUploads()).toBe(4);
  });

  it('are sent while another one waits for its next try', async () => {
    const tried: string[] = [];
    const registry = await registryWith({
      beforeStored: (digest) => {
        tried.push(digest);
        if (tried.length === 1) throw new Error('once');
      },
    });
    const images = ['a', 'b'].map((name) =>
      makeImage(`docker.io/many/${name}:v1`, 'amd64', [makeLayer(name)]),
    );
    const report = await bench.import({
      packages: [await packageOf(images)],
      target: { registry: registry.url, noCharts: true },
      concurrency: 1,
    });
    expect(report).toMatchObject({ result: 'done', totals: { passes: 1 } });
    expect(tried.filter((digest) => digest === tried[0])).toHaveLength(2);
    expect(tried[1]).not.toBe(tried[0]);
  });

  it('are asked about while others are read: uploads overlap, on few connections', async () => {
    const registry = await registryWith({ beforeStored: until(4) });
    const images = Array.from({ length: 8 }, (_, at) =>
      makeImage(`docker.io/many/small-${String(at)}:v1`, 'amd64', [makeLayer(`small ${String(at)}`)]),
    );
    const report = await bench.import({
      packages: [await packageOf(images)],
      target: { registry: registry.url, noCharts: true },
      concurrency: 4,
    });
    expect(report.result).toBe('done');
    expect(registry.mostUploads()).toBe(4);
    expect(registry.connections()).toBeLessThanOrEqual(40);
  });
});
