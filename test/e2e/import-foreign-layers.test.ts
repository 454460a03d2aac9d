// Images with foreign layers, as Windows base images had them: their manifest names URLs, and the package may hold the bytes or not.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexOf } from '../../core/content/digest.js';
import type { Report } from '../../core/contract.js';
import { LayoutBuilder, makeImage, makeTar, named, OCI_MANIFEST } from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';

const { signal } = new AbortController();
const NAME = 'docks.example/windows/app:1';
let registry: RunningRegistry;
let bench: Bench;
beforeAll(async () => {
  registry = await startRegistry({ version: 3 });
  bench = await openBench();
});
afterAll(async () => {
  await registry.stop();
  await bench.close();
});

/** A layout with a good image and one whose only layer is foreign. */
async function packageOf(held: 'held' | 'absent'): Promise<string> {
  const layout = new LayoutBuilder();
  const good = layout.image(makeImage(null, 'arm64'));
  const image = makeImage(null, 'amd64');
  layout.image(image);
  const [layer] = image.layers;
  const foreign = {
    ...layout.put('application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', layer!.stored),
    urls: ['https://mcr.example/v2/base/blobs/x', 'https://mcr.example/again'],
  };
  const config = layout.put('application/vnd.oci.image.config.v1+json', image.config);
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: [foreign] };
  const entry = named(layout.put(OCI_MANIFEST, Buffer.from(JSON.stringify(manifest))), NAME);
  if (held === 'absent') layout.without(layer!.digest);
  const path = join(bench.directory, `${held}.tar`);
  await writeFile(path, makeTar(layout.files([entry, named(good, 'docks.example/good:1')])));
  return path;
}

function rowOf(report: Report): { action: string; problem: string | null } {
  const row = report.images.find(({ source }) => source === NAME);
  return { action: row?.action ?? '', problem: row?.problem?.code ?? null };
}

describe('an image whose layers lie only at URLs', () => {
  it('is told at plan and import, and not written into a folder', async () => {
    const request = {
      packages: [await packageOf('absent')],
      target: { store: join(bench.directory, 'absent') },
    };
    const plan = await bench.engine.plan(request, { signal });
    const planned = plan.ok ? plan.value : null;
    expect(planned?.problems.map(({ code, params }) => [code, params['places']])).toContainEqual([
      'package.layers-elsewhere',
      'mcr.example',
    ]);
    const report = await bench.import(request);
    expect(report.result).toBe('partial');
    expect(rowOf(report)).toEqual({ action: 'failed', problem: 'folder.layers-elsewhere' });
    expect(planned?.images.find(({ source }) => source === NAME)?.action).toBe('blocked');
    expect(report.images.filter(({ action }) => action === 'push')).toHaveLength(1);
  });

  it('is refused by a registry, which is told with what to set there', async () => {
    const report = await bench.import({
      packages: [await packageOf('absent')],
      target: { registry: registry.url },
    });
    expect(rowOf(report).problem).toBe('registry.foreign-layers');
    const problem = report.images.find(({ source }) => source === NAME)?.problem;
    expect(problem?.hint).toContain('validation.manifests.urls.allow');
    expect(report.problems.map(({ code }) => code)).toContain('package.layers-elsewhere');
  });
});

describe('an image with foreign layers that the package holds', () => {
  it('is written into a folder with its layers', async () => {
    const request = { packages: [await packageOf('held')], target: { store: join(bench.directory, 'held') } };
    const report = await bench.import(request);
    expect([report.result, report.problems]).toEqual(['done', []]);
    const layer = makeImage(null, 'amd64').layers[0]!;
    const target = await bench.engine.verify({ ...request, full: true }, { signal });
    expect(target).toMatchObject({ ok: true, value: { ok: true } });
    const blob = join(request.target.store, 'oci/blobs/sha256', hexOf(layer.digest));
    expect((await readFile(blob)).equals(layer.stored)).toBe(true);
    const again = await bench.import(request);
    expect(again.totals.bytesSent).toBe(0);
  });
});
