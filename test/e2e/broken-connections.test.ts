// Whole imports over connections that break: a reset in the middle of a layer, and a proxy that refuses large bodies.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { startFront } from '../support/registry-front.js';
import { startRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { startResettingProxy } from '../support/resetting-proxy.js';
import { actions, openBench, type Bench } from '../support/seed.js';

const MIB = 1024 * 1024;
let bench: Bench;
let path: string;
beforeAll(async () => {
  bench = await openBench();
  // 24 MB: more than is held in memory, and more than any window
  const layer = makeLayer(randomBytes(12 * MIB).toString('hex'));
  const large = makeImage('ghcr.io/slip/large:1.0.0', 'amd64', [layer]);
  const small = makeImage('ghcr.io/slip/small:1.0.0', 'amd64', [makeLayer('small')]);
  path = join(bench.directory, 'slip-amd64.tar.gz');
  const bundles = [tinyBundle('large', [large]), tinyBundle('small', [small])];
  await writeFile(
    path,
    makePackage(
      bundles.map((bundle, at) => ({
        path: `addon/slip${String(at)}_1.0.0.bundle.tar`,
        body: makeBundle(bundle),
      })),
    ),
  );
});
afterAll(() => bench.close());

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe('a connection that is reset once in a layer of 24 MB', () => {
  it('costs nothing but a repetition', async () => {
    const registry = await startRegistry({ version: 3 });
    endings.push(() => registry.stop());
    const proxy = await startResettingProxy(registry.url, { afterBytes: 6 * MIB, times: 1 });
    endings.push(() => proxy.stop());
    const report = await bench.import({ packages: [path], target: { registry: proxy.url, noCharts: true } });
    expect(proxy.resets()).toBe(1);
    expect(report.result).toBe('done');
    expect(report.problems).toEqual([]);
    expect(Object.keys((await readTag(registry.url, 'slip/large', '1.0.0'))?.platforms ?? {})).toEqual([
      'linux/amd64',
    ]);
  });
});

describe('a connection that is reset three times in the same layer', () => {
  it('costs one more reading of the package, not the image', async () => {
    const registry = await startRegistry({ version: 2 });
    endings.push(() => registry.stop());
    const proxy = await startResettingProxy(registry.url, { afterBytes: 6 * MIB, times: 3 });
    endings.push(() => proxy.stop());
    const report = await bench.import({
      packages: [path],
      target: { registry: proxy.url, noCharts: true },
      reread: true,
    });
    expect(proxy.resets()).toBe(3);
    expect(report).toMatchObject({ result: 'done', problems: [], totals: { passes: 2 } });
  });
});

describe('a proxy that refuses bodies of this size', () => {
  it('is named with its limit, costs no further pass, and the rest arrives', async () => {
    const registry = await startRegistry({ version: 3 });
    endings.push(() => registry.stop());
    const front = await startFront(
      registry.url,
      (_request, pass) => pass(),
      ({ method, headers }) =>
        method === 'PUT' && Number(headers['content-length']) > 10 * MIB ? { status: 413 } : null,
    );
    endings.push(() => front.stop());
    const report = await bench.import({
      packages: [path],
      target: { registry: front.url, noCharts: true },
      reread: true,
    });
    expect(report.result).toBe('partial');
    expect(report.totals.passes).toBe(1);
    expect(actions(report.images)).toEqual({ failed: 1, push: 1 });
    expect(report.images.find(({ action }) => action === 'failed')?.problem).toMatchObject({
      code: 'registry.body-too-large',
    });
  });
});
