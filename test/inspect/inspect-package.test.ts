// The inventory of a package: names, sizes, shared layers, images that charts name and images that they lack.
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { InventoryPackage, RunEvent } from '../../core/contract.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { inspectPackages } from '../../core/inspect/inspect-package.js';
import { packageLabels } from '../../core/inspect/package-labels.js';
import {
  makeBundle,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makePackage,
  tinyBundle,
  type TarFile,
} from '../support/packages.js';
import { elf, programImage } from '../support/program-images.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const SEED = 'test/fixtures/packages/addon-offline-full-package-v0.11.0-arm64.tar.gz';

async function inspect(
  path: string,
  options: { readonly programs?: boolean; readonly stateDir?: string; readonly events?: RunEvent[] } = {},
): Promise<InventoryPackage> {
  const [found] = await inspectPackages([await openPackage(path, { signal })], {
    expectedSha512: () => null,
    stateDir: options.stateDir ?? join(scratch(), 'state'),
    imageName: null,
    reread: false,
    programs: options.programs ?? true,
    emit: (event) => void options.events?.push(event),
    signal,
  });
  if (!found) throw new Error('no inventory');
  return found;
}

async function inspectFiles(files: readonly TarFile[], name = 'p.tar.gz'): Promise<InventoryPackage> {
  const path = join(scratch(), name);
  writeFileSync(path, makePackage(files));
  return inspect(path);
}

describe('the inventory of a genuine package', () => {
  it('tells everything that is in it', async () => {
    const found = await inspect(SEED);
    expect(found).toMatchObject({
      family: 'full',
      version: '0.11.0',
      arch: 'arm64',
      checksum: 'unknown',
      cached: false,
      problems: [],
    });
    expect([found.charts.length, found.images.length]).toEqual([17, 29]);
    const wrong = found.images.filter((image) => image.mislabelled);
    expect(wrong).toMatchObject([
      {
        source: 'docker.io/ropewalk/twister:stable-v0.7.0',
        platform: 'linux/arm64',
        programs: 'linux/amd64',
        repo: 'addon',
        chart: 'ropewalk',
        problem: { code: 'plan.image-mislabelled', params: { example: '/bin/app' } },
      },
    ]);
    expect(found.images.filter((image) => !image.named).map(({ source }) => source)).toEqual([]);
    expect(found.charts.filter((chart) => chart.skipImages).map(({ name }) => name)).toEqual([
      'keel-exporter',
    ]);
    expect(found.charts.flatMap(({ lacking }) => lacking)).toEqual([]);
    // every layer once, and the same sum by another way
    const blobs = new Map<string, number>();
    let each = 0;
    for (const { config, bytes, layers } of found.images) {
      each += bytes;
      blobs.set(config, bytes - layers.reduce((sum, layer) => sum + layer.bytes, 0));
      for (const layer of layers) blobs.set(layer.digest, layer.bytes);
    }
    expect(found.blobBytes).toBe([...blobs.values()].reduce((sum, bytes) => sum + bytes, 0));
    expect(found.blobBytes + found.sharedBytes).toBe(each);
    expect(found.sharedBytes).toBeGreaterThan(0);
  });

  it('is the same from the cache, and emits no read events then', async () => {
    const stateDir = join(scratch(), 'state');
    const events: RunEvent[] = [];
    const first = await inspect(SEED, { stateDir, events });
    expect(events.map(({ type }) => type)).toContain('pass-started');
    const again: RunEvent[] = [];
    expect(await inspect(SEED, { stateDir, events: again })).toEqual({ ...first, cached: true });
    expect(again).toEqual([]);
  });

  it('calls nothing mislabelled when programs are not looked at', async () => {
    const { images } = await inspect(SEED, { programs: false });
    expect(images.every((image) => image.programs === 'unknown' && !image.mislabelled)).toBe(true);
  });

  it('of another name takes family and version from inside, and notes a wrong name', async () => {
    const folder = scratch();
    const renamed = join(folder, 'download-amd64.tar.gz');
    copyFileSync(SEED, renamed);
    const found = await inspect(renamed);
    expect(found).toMatchObject({ family: 'other', version: '', arch: 'arm64' });
    expect(found.problems).toMatchObject([
      { code: 'package.arch-differs', params: { named: 'amd64', found: 'arm64', total: 29 } },
    ]);
  });
});

describe('labels', () => {
  const arm = ['arm64', 'arm64', 'arm64', 'amd64'];
  it.each<[string, readonly string[], readonly string[], Partial<InventoryPackage>, string | null]>([
    [
      'gpu-addon-offline-package-v0.20.0-amd64.tar.gz',
      [],
      ['amd64'],
      { family: 'gpu', version: '0.20.0', arch: 'amd64' },
      null,
    ],
    [
      'x.tar.gz',
      ['standard-addon-offline-package-v0.18.0-arm64/addon/a.bundle.tar'],
      arm,
      { family: 'standard', version: '0.18.0', arch: 'arm64' },
      null,
    ],
    [
      'x.tar.gz',
      ['addon/a_1.0.0-arm64.bundle.tar'],
      ['amd64'],
      { family: 'other', version: '', arch: 'amd64' },
      null,
    ],
    ['x.tar.gz', [], ['arm64', 'amd64'], { arch: 'amd64, arm64' }, null],
    ['x.tar.gz', [], [], { arch: '' }, null],
    ['x-1.0-arm64.tar.gz', [], [], { version: '1.0', arch: 'arm64' }, null],
    ['x-1.0-arm64.tar.gz', [], arm, { arch: 'arm64' }, null],
    ['x-1.0-amd64.tar.gz', [], arm, { arch: 'arm64' }, 'package.arch-differs'],
    ['x-1.0-amd64.tar.gz', [], ['arm64', 'amd64'], { arch: 'amd64' }, null],
  ])('%s with %j and %j', (name, paths, architectures, expected, note) => {
    const labels = packageLabels(name, paths, architectures);
    expect(labels).toMatchObject(expected);
    expect(labels.note?.code ?? null).toBe(note);
  });
});

describe('charts and images', () => {
  const app = makeImage('ghcr.io/app/app:1.0.0', 'amd64');

  it('an image that the chart does not name', async () => {
    const extra = makeImage('ghcr.io/app/extra:7', 'amd64');
    const found = await inspectFiles([
      { path: 'addon/app_1.0.0.bundle.tar', body: makeBundle(tinyBundle('app', [app, extra])) },
    ]);
    expect(found.images.map(({ source, named }) => [source, named])).toEqual([
      ['ghcr.io/app/app:1.0.0', true],
      ['ghcr.io/app/extra:7', false],
    ]);
  });

  it('an image that the package lacks, unless another bundle brings it', async () => {
    const lacking = {
      path: 'addon/app_1.0.0.bundle.tar',
      body: makeBundle(tinyBundle('app', [makeImage('x.io/y:1', 'amd64')])),
    };
    const alone = await inspectFiles([lacking]);
    expect(alone.charts).toMatchObject([
      {
        name: 'app',
        lacking: ['ghcr.io/app/app:1.0.0'],
        skipImages: false,
        problems: [{ code: 'plan.image-absent' }],
      },
    ]);
    const other = { path: 'images.tar', body: makeDockerArchive([app]) };
    const both = await inspectFiles([lacking, other]);
    expect(both.charts).toMatchObject([{ name: 'app', lacking: [], problems: [] }]);
  });

  it('a chart that was saved without its images', async () => {
    const bundle = { ...tinyBundle('app', []), images: null };
    const found = await inspectFiles([{ path: 'addon/app_1.0.0.bundle.tar', body: makeBundle(bundle) }]);
    expect(found.charts).toMatchObject([
      { skipImages: true, lacking: ['ghcr.io/app/app:1.0.0'], problems: [] },
    ]);
    expect(found).toMatchObject({ images: [], blobBytes: 0, sharedBytes: 0 });
  });

  it('layers that images share', async () => {
    const layer = makeLayer('shared');
    const images = ['a', 'b', 'c'].map((name) => makeImage(`ghcr.io/app/${name}:1`, 'amd64', [layer]));
    const found = await inspectFiles([
      { path: 'addon/app_1.0.0.bundle.tar', body: makeBundle(tinyBundle('app', images)) },
    ]);
    const config = images[0]?.config.length ?? 0;
    // the configs are equal, so they are one blob, too
    expect(found).toMatchObject({
      blobBytes: layer.stored.length + config,
      sharedBytes: 2 * (layer.stored.length + config),
    });
  });

  it('an image whose config claims no architecture is mislabelled', async () => {
    const image = programImage({
      architecture: undefined,
      layers: [[{ path: 'bin/a', body: elf('arm64') }]],
    });
    const found = await inspectFiles([{ path: 'images.tar', body: makeDockerArchive([image]) }]);
    expect(found.images).toMatchObject([
      { platform: 'linux/', programs: 'linux/arm64', mislabelled: true, named: true, chart: '' },
    ]);
  });
});
