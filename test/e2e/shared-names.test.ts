// Images of different sources that would get one name: told by plan, compare and import, nothing is written, and the named options part them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Plan, Report, TargetSpec } from '../../core/contract.js';
import {
  makeBundle,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makePackage,
  type TestImage,
} from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';

const MIRROR = 'mirror.example/docker.io/acme/mount:1';
const HUB = 'docker.io/acme/mount:1';
const TARGET = 'reg.inside/acme/mount:1';
const NAMING = { containerRegistry: 'reg.inside' };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

/** A package with one chart whose registry and repository are two values. */
async function packageOf(
  file: string,
  chart: string,
  registry: string,
  images: readonly TestImage[],
): Promise<string> {
  const bundle = makeBundle({
    hints: '- "{{ .i.registry }}/{{ .i.repository }}:{{ .i.tag }}"\n',
    chart: {
      'Chart.yaml': `apiVersion: v2\nname: ${chart}\nversion: 1.0.0\n`,
      'values.yaml': `i:\n  registry: ${registry}\n  repository: acme/mount\n  tag: "1"\n`,
    },
    images: makeDockerArchive(images),
  });
  const path = join(bench.directory, file);
  await writeFile(path, makePackage([{ path: `addon/${chart}_1.0.0.bundle.tar`, body: bundle }]));
  return path;
}

function image(name: string, content: string): TestImage {
  return makeImage(name, 'amd64', [makeLayer(content)]);
}

function target(naming: TargetSpec['naming'] = NAMING): TargetSpec {
  return { store: join(bench.directory, 'store'), ...(naming ? { naming } : {}) };
}

function rows({ images, charts }: Pick<Report | Plan, 'images' | 'charts'>) {
  return {
    images: images.map((row) => [row.sources[0], row.target, row.action, row.reason, row.problem?.code]),
    charts: charts.map((row) => [row.name, row.action, row.problem?.code]),
  };
}

const { signal } = new AbortController();

it('two sources with other content are a conflict of one run, whatever their package versions are', async () => {
  const packages = [
    await packageOf('addon-v0.1.0-amd64.tar.gz', 'north', 'mirror.example/docker.io', [image(MIRROR, 'a')]),
    await packageOf('addon-v0.2.0-amd64.tar.gz', 'south', 'docker.io', [image(HUB, 'b')]),
  ];
  const conflict = {
    images: [
      [MIRROR, TARGET, 'conflict', 'other-source', 'run.tag-sources-meet'],
      [HUB, TARGET, 'conflict', 'other-source', 'run.tag-sources-meet'],
    ],
    charts: [
      ['north', 'blocked', 'run.chart-image-disputed'],
      ['south', 'blocked', 'run.chart-image-disputed'],
    ],
  };
  const plan = await bench.engine.plan({ packages, target: target() }, { signal });
  const planned = rows(plan.ok ? plan.value : { images: [], charts: [] });
  expect({ ...planned, images: planned.images.toSorted() }).toEqual({
    ...conflict,
    images: conflict.images.toSorted(),
  });
  const compared = await bench.engine.compare({ packages, target: target() }, { signal });
  const [compare] = compared.ok ? compared.value.images : [];
  expect(compare?.cells['linux/amd64']).toMatchObject({ state: 'conflict', reason: 'other-source' });
  expect(compare?.problem?.code).toBe('run.tag-sources-meet');

  const report = await bench.import({ packages, target: target() });
  expect(report.result).toBe('partial');
  expect(rows(report)).toEqual(conflict);
  const problem = report.images[0]?.problem;
  expect(problem?.params).toMatchObject({
    first: HUB,
    second: MIRROR,
    settings: '--container-prefix-registry reg.inside, --naming mirror',
  });
  // each of the named options parts them
  for (const naming of [{ containerPrefixRegistry: 'reg.inside' }, { mirror: true }]) {
    const parted = await bench.import({ packages, target: target(naming) });
    expect(parted.result).toBe('done');
    expect(new Set(parted.images.map((row) => row.target)).size).toBe(2);
  }
});

it('two sources with the same content share the tag', async () => {
  const same = image(MIRROR, 'a');
  const packages = [
    await packageOf('addon-v0.1.0-amd64.tar.gz', 'north', 'mirror.example/docker.io', [same]),
    await packageOf('addon-v0.2.0-amd64.tar.gz', 'south', 'docker.io', [{ ...same, names: [HUB] }]),
  ];
  const report = await bench.import({ packages, target: target() });
  expect(report.result).toBe('done');
  expect(report.images.map((row) => [row.target, row.action, row.sources])).toEqual([
    [TARGET, 'push', [HUB, MIRROR]],
  ]);
  expect(report.charts.map((row) => row.action)).toEqual(['publish', 'publish']);
});

it('an image that a former run brought from another source is not replaced, also not when asked to', async () => {
  const north = await packageOf('addon-v0.1.0-amd64.tar.gz', 'north', 'mirror.example/docker.io', [
    image(MIRROR, 'a'),
  ]);
  const south = await packageOf('addon-v0.2.0-amd64.tar.gz', 'south', 'docker.io', [image(HUB, 'b')]);
  const first = await bench.import({ packages: [north], target: target() });
  expect(first.images[0]?.action).toBe('push');
  for (const onChange of ['newer', 'replace'] as const) {
    const second = await bench.import({ packages: [south], target: target(), onChange });
    expect(rows(second)).toEqual({
      images: [[HUB, TARGET, 'conflict', 'other-source', 'run.tag-other-source']],
      charts: [['south', 'blocked', 'run.chart-image-disputed']],
    });
    expect(second.images[0]?.after).toEqual(first.images[0]?.after);
    expect(second.images[0]?.problem?.params).toMatchObject({ first: HUB, second: MIRROR });
  }
  const compared = await bench.engine.compare({ packages: [south], target: target() }, { signal });
  const [row] = compared.ok ? compared.value.images : [];
  expect(row?.problem?.code).toBe('run.tag-other-source');
  // its own source may bring another image
  const later = await packageOf('addon-v0.3.0-amd64.tar.gz', 'north', 'mirror.example/docker.io', [
    image(MIRROR, 'c'),
  ]);
  const third = await bench.import({ packages: [later], target: target() });
  expect(third.images[0]?.action).toBe('replace');
});

it('other platforms of the tag are no conflict', async () => {
  const north = await packageOf('addon-v0.1.0-amd64.tar.gz', 'north', 'mirror.example/docker.io', [
    image(MIRROR, 'a'),
  ]);
  const south = await packageOf('addon-v0.2.0-arm64.tar.gz', 'south', 'docker.io', [
    makeImage(HUB, 'arm64', [makeLayer('b')]),
  ]);
  const report = await bench.import({ packages: [north, south], target: target() });
  expect(report.images.map((row) => row.action)).toEqual(['push', 'add']);
});

it('a chart that names two sources under one name is blocked when not both come with the import', async () => {
  const bundle = makeBundle({
    hints: '- "{{ .a }}/{{ .name }}:1"\n- "{{ .b }}/{{ .name }}:1"\n',
    chart: {
      'Chart.yaml': 'apiVersion: v2\nname: both\nversion: 1.0.0\n',
      'values.yaml': 'a: mirror.example/docker.io\nb: docker.io\nname: acme/mount\n',
    },
    images: makeDockerArchive([image(MIRROR, 'a'), image(HUB, 'b')]),
  });
  const path = join(bench.directory, 'addon-v0.1.0-amd64.tar.gz');
  await writeFile(path, makePackage([{ path: 'addon/both_1.0.0.bundle.tar', body: bundle }]));
  const all = await bench.import({ packages: [path], target: target() });
  expect(rows(all).charts).toEqual([['both', 'blocked', 'run.chart-image-disputed']]);
  const one = await bench.import({ packages: [path], target: target(), selection: { images: [HUB] } });
  expect(rows(one)).toEqual({
    images: [[HUB, TARGET, 'push', 'absent', undefined]],
    charts: [['both', 'blocked', 'chart.target-collision']],
  });
});

it('hints of one source that ask for two names get both', async () => {
  const bundle = makeBundle({
    hints: '- "{{ .hub }}/{{ .name }}:1"\n- "{{ .whole }}:1"\n',
    chart: {
      'Chart.yaml': 'apiVersion: v2\nname: twice\nversion: 1.0.0\n',
      'values.yaml':
        'hub: mirror.example/docker.io\nname: acme/mount\nwhole: mirror.example/docker.io/acme/mount\n',
    },
    images: makeDockerArchive([image(MIRROR, 'a')]),
  });
  const path = join(bench.directory, 'addon-v0.1.0-amd64.tar.gz');
  await writeFile(path, makePackage([{ path: 'addon/twice_1.0.0.bundle.tar', body: bundle }]));
  const report = await bench.import({ packages: [path], target: target() });
  expect(report.images.map((row) => [row.target, row.action])).toEqual([
    [TARGET, 'push'],
    ['reg.inside/docker.io/acme/mount:1', 'push'],
  ]);
  expect(report.charts.map((row) => row.action)).toEqual(['publish']);
});
