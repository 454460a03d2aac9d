// The genuine packages into a folder target: the same tags, readable by skopeo, crane and helm, the same bytes in any order.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { familiarReference, parseReference } from '../../core/content/reference.js';
import type { Report } from '../../core/contract.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { renderedImages } from '../support/render.js';
import { actions, openBench, packagePath, SEED, type Bench } from '../support/seed.js';
import { treeOf } from '../support/tree.js';

const run = promisify(execFile);

const layoutSchema = z.looseObject({
  manifests: z.array(
    z.looseObject({
      mediaType: z.string(),
      digest: z.string(),
      annotations: z.record(z.string(), z.string()),
    }),
  ),
});
const indexSchema = z.looseObject({
  manifests: z.array(
    z.looseObject({ platform: z.looseObject({ os: z.string(), architecture: z.string() }) }),
  ),
});

describe('the folder target', () => {
  let bench: Bench;
  let store: string;
  const reports: Report[] = [];

  beforeAll(async () => {
    bench = await openBench();
    store = join(bench.directory, 'store');
    for (const name of SEED) reports.push(await bench.seed([name], { store }));
  }, 60_000);
  afterAll(async () => {
    await bench.close();
  });

  async function names(): Promise<z.infer<typeof layoutSchema>['manifests']> {
    return layoutSchema.parse(JSON.parse(await readFile(join(store, 'oci/index.json'), 'utf8'))).manifests;
  }

  it('imports all four packages', () => {
    // Each package for arm64 holds one image with a program for amd64.
    expect(reports.map((report) => report.result)).toEqual(['done', 'partial', 'done', 'partial']);
    expect(reports.at(-1)?.coverage).toEqual({
      'linux/amd64': { present: 27, total: 28 },
      'linux/arm64': { present: 27, total: 28 },
    });
  });

  it('names an OCI index for every tag, once, under both annotations', async () => {
    const entries = await names();
    expect(entries).toHaveLength(35);
    for (const entry of entries) {
      expect(entry.mediaType).toBe('application/vnd.oci.image.index.v1+json');
      const name = entry.annotations['org.opencontainers.image.ref.name'];
      expect(entry.annotations['io.containerd.image.name']).toBe(name);
    }
    expect(new Set(entries.map((entry) => entry.annotations['org.opencontainers.image.ref.name'])).size).toBe(
      35,
    );
  });

  it('can be read by skopeo for each platform of each name', async () => {
    for (const entry of await names()) {
      const name = entry.annotations['org.opencontainers.image.ref.name'] ?? '';
      const index = indexSchema.parse(
        JSON.parse(await readFile(join(store, 'oci/blobs/sha256', entry.digest.slice(7)), 'utf8')),
      );
      for (const { platform } of index.manifests) {
        const { stdout } = await run(requireProgram('skopeo'), [
          ...['--override-os', platform.os, '--override-arch', platform.architecture],
          ...['inspect', `oci:${join(store, 'oci')}:${name}`],
        ]);
        const { Architecture } = z.looseObject({ Architecture: z.string() }).parse(JSON.parse(stdout));
        expect(Architecture, name).toBe(platform.architecture);
      }
    }
  });

  it('can be pushed as a whole by crane with every child', async () => {
    const registry = await startRegistry({ version: 3 });
    try {
      await run(requireProgram('crane'), [
        'push',
        '--insecure',
        '--index',
        join(store, 'oci'),
        `${registry.host}/all:1`,
      ]);
      const raw = await fetch(`${registry.url}/v2/all/manifests/1`, {
        headers: { accept: 'application/vnd.oci.image.index.v1+json' },
      });
      const children = layoutChildren(await raw.json());
      expect(children).toHaveLength(35);
      for (const digest of children) expect(await readTag(registry.url, 'all', digest)).not.toBeNull();
    } finally {
      await registry.stop();
    }
  });

  it('renders every chart, and each image of it has an entry', async () => {
    const known = new Set(
      (await names()).map((entry) => entry.annotations['org.opencontainers.image.ref.name']),
    );
    const charts = Object.keys(await treeOf(join(store, 'charts'))).filter((name) => name.endsWith('.tgz'));
    expect(charts.length).toBeGreaterThan(20);
    for (const chart of charts) {
      for (const image of await renderedImages(join(store, 'charts', chart))) {
        const reference = parseReference(image);
        if (reference?.digest) continue; // Without rules names stay as they are; pinned references are tested below.
        expect(known, `${chart} renders ${image}`).toContain(reference && familiarReference(reference));
      }
    }
  });

  it('pins the fused index where a chart names its image by digest', async () => {
    const pins = (await names()).filter((entry) =>
      entry.annotations['org.opencontainers.image.ref.name']?.includes(':pin-'),
    );
    const images = [
      ...(await renderedImages(join(store, 'charts/mooring-2.0.0.tgz'))),
      ...(await renderedImages(join(store, 'charts/mooring-2.1.0.tgz'))),
    ];
    expect(images.map((image) => image.split('@')[1]).sort()).toEqual(pins.map((pin) => pin.digest).sort());
  });

  it('changes no byte when everything is imported again', async () => {
    const before = await treeOf(store);
    const again = await bench.seed(SEED.slice(2), { store });
    expect(again.totals).toMatchObject({ bytesSent: 0, chartBytesSent: 0 });
    expect(actions(again.charts)).toEqual({ skip: 17 });
    expect(await treeOf(store)).toEqual(before);
  });

  it('ends with the same bytes for amd64 then arm64, arm64 then amd64, and both at once', async () => {
    const orders = [
      ['v0.9.0-amd64', 'v0.9.0-arm64'],
      ['v0.9.0-arm64', 'v0.9.0-amd64'],
    ] as const;
    const trees = [];
    for (const [i, order] of orders.entries()) {
      const dir = join(bench.directory, `order-${String(i)}`);
      for (const name of order) await bench.seed([name], { store: dir });
      trees.push(await treeOf(dir));
    }
    const both = join(bench.directory, 'both');
    await bench.import({ packages: orders[0].map(packagePath), target: { store: both } });
    trees.push(await treeOf(both));
    expect(trees[1]).toEqual(trees[0]);
    expect(trees[2]).toEqual(trees[0]);
  });
});

function layoutChildren(json: unknown): readonly string[] {
  return z
    .looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })) })
    .parse(json)
    .manifests.map((child) => child.digest);
}
