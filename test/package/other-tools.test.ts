// Packages of other tools, built after their documentation and source: they hold the same images and charts as the add-on form.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { describePlatform } from '../../core/content/platform.js';
import { imagesOf, problemsOf, record, type Recording } from '../support/package-recorder.js';
import {
  LayoutBuilder,
  makeBundle,
  makeChart,
  makeDockerArchive,
  makeImage,
  makePackage,
  makeTar,
  named,
  tinyBundle,
  type JsonDescriptor,
  type TarFile,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';
import { zstdFrame } from '../support/zstd-frame.js';

const scratch = scratchFolders();
const NAME = 'ghcr.io/alpha/app:1.0.0';
const images = [makeImage(NAME, 'amd64'), makeImage(NAME, 'arm64')];
const chartFiles = Object.entries(makeChart('alpha')).map(([path, body]) => ({
  path: `alpha/${path}`,
  body,
}));
const chartArchive = gzipSync(makeTar(chartFiles));

async function read(name: string, bytes: Buffer): Promise<Recording> {
  const path = join(scratch(), name);
  writeFileSync(path, bytes);
  return record(path);
}

/** What counts of a package: its images by name, platform and config, and its charts. */
function content(recording: Recording): unknown {
  expect(recording.error).toBeNull();
  expect(problemsOf(recording).filter((problem) => problem !== null)).toEqual([]);
  const found = imagesOf(recording).map(({ names, platform, config, problem }) => {
    expect(problem).toBeNull();
    return `${names.map((name) => name.replace('index.docker.io', 'docker.io')).join(' ')} ${describePlatform(platform)} ${config.digest}`;
  });
  const charts = recording.bundles.flatMap(({ content: one }) =>
    one?.chart ? [[...one.chart].map(([path, bytes]) => `${path} ${digestOf(bytes)}`).sort()] : [],
  );
  const unique = new Map(
    charts.map((chart) => [String(chart), chart.filter((file) => !file.startsWith('Images.lock'))]),
  );
  return { images: [...new Set(found)].sort(), charts: [...unique.values()] };
}

/** The same images and the same chart as two add-on packages, one for each architecture. */
async function addOn(): Promise<unknown> {
  const bundles = images.map((image) => ({
    path: `addon-${image.architecture}/alpha_1.0.0.bundle.tar`,
    body: makeBundle(tinyBundle('alpha', [image])),
  }));
  return content(await read('addon.tar.gz', makePackage(bundles)));
}

/** The chart as Helm pushes it. */
function chartArtifact(layout: LayoutBuilder): JsonDescriptor {
  const config = layout.put('application/vnd.cncf.helm.config.v1+json', Buffer.from('{"name":"alpha"}'));
  const layer = layout.put('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chartArchive);
  return layout.put(
    'application/vnd.oci.image.manifest.v1+json',
    Buffer.from(JSON.stringify({ schemaVersion: 2, config, layers: [layer] })),
  );
}

describe('a package of another tool holds what the add-on form holds', () => {
  it('Hauler: a store with an image, its signature and a chart, compressed with zstd', async () => {
    const layout = new LayoutBuilder();
    const kind = (descriptor: JsonDescriptor, name: string, value: string): JsonDescriptor =>
      named({ ...descriptor, annotations: { kind: `dev.hauler/${value}` } }, name);
    const top = [
      kind(layout.index(images.map((image) => layout.image(image))), NAME, 'imageIndex'),
      kind(layout.artifact(['application/vnd.dev.cosign.simplesigning.v1+json']), NAME, 'sigs'),
      kind(chartArtifact(layout), 'hauler/alpha:1.0.0', 'image'),
    ];
    const recording = await read('haul.tar.zst', zstdFrame(makeTar(layout.files(top))));
    expect(content(recording)).toEqual(await addOn());
    expect(recording.facts?.notes.map(({ code }) => code)).toContain('package.attached-left-out');
  });

  it('Zarf: images in a layout that names them by base.name, charts in the components', async () => {
    const layout = new LayoutBuilder();
    const top = images.map((image) => ({
      ...layout.image(image),
      annotations: { 'org.opencontainers.image.base.name': NAME },
    }));
    const component = makeTar([
      { path: 'alpha/charts/alpha-1.0.0.tgz', body: chartArchive },
      { path: 'alpha/values/alpha-1.0.0-0', body: 'image: {}\n' },
    ]);
    const files = [
      { path: 'zarf.yaml', body: 'kind: ZarfPackageConfig\n' },
      { path: 'checksums.txt', body: '' },
      { path: 'components/alpha.tar', body: component },
      ...layout.files(top, 'first').map((file) => ({ ...file, path: `images/${file.path}` })),
      { path: 'sboms.tar', body: makeTar([{ path: 'sbom.json', body: '{}' }]) },
    ];
    const recording = await read('zarf-package-alpha-amd64-1.0.0.tar.zst', zstdFrame(makeTar(files)));
    expect(content(recording)).toEqual(await addOn());
  });

  it.each([
    ['a layout for each image and platform', '.layout'],
    ['a docker-archive for each, as before 2024', '.tar'],
  ])('dt: a wrap with %s', async (_, ending) => {
    const parts = images.map((image) => {
      const layout = new LayoutBuilder();
      const descriptor = layout.image(image);
      const hex = hexOf(descriptor.digest);
      const at = `alpha-1.0.0/images/${hex}`;
      const files: readonly TarFile[] =
        ending === '.tar'
          ? [{ path: `${at}.tar`, body: makeDockerArchive([image]) }]
          : layout
              .files([descriptor], 'first')
              .map((file) => ({ ...file, path: `${at}.layout/${file.path}` }));
      return { files, digest: descriptor.digest, arch: `linux/${image.architecture}` };
    });
    const lock = `apiVersion: v0\nkind: ImagesLock\nimages:\n  - name: app\n    image: ${NAME}\n    chart: alpha\n    digests:\n${parts
      .map(({ digest, arch }) => `      - digest: ${digest}\n        arch: ${arch}\n`)
      .join('')}`;
    const chart = [...chartFiles, { path: 'alpha/Images.lock', body: lock }]
      .map(({ path, body }) => ({ path: path.replace('alpha/', 'alpha-1.0.0/chart/'), body }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    const files = [...chart, ...parts.flatMap((part) => part.files)];
    const recording = await read('alpha-1.0.0.wrap.tgz', gzipSync(makeTar(files)));
    expect(content(recording)).toEqual(await addOn());
    expect(recording.bundles).toHaveLength(1);
  });

  it('mindthegap: the storage of a registry with lists of its images and charts', async () => {
    const layout = new LayoutBuilder();
    const storage: TarFile[] = [];
    const root = 'docker/registry/v2';
    const tag = (repository: string, name: string, { digest }: JsonDescriptor): void => {
      const link = {
        path: `${root}/repositories/${repository}/_manifests/tags/${name}/current/link`,
        body: digest,
      };
      storage.push(link);
    };
    tag('alpha/app', '1.0.0', layout.index(images.map((image) => layout.image(image))));
    tag('charts/alpha', '1.0.0', chartArtifact(layout));
    const blobs = layout.files([]).flatMap(({ path, body }) => {
      const hex = /^blobs\/sha256\/(..)(.*)$/.exec(path);
      return hex
        ? [{ path: `${root}/blobs/sha256/${hex[1]}/${hex[1]}${hex[2]}/data`, body: body ?? '' }]
        : [];
    });
    const files = [
      { path: 'charts.yaml', body: 'repositories: {}\n' },
      ...blobs,
      ...storage,
      { path: 'images.yaml', body: 'ghcr.io:\n  images:\n    alpha/app:\n      - 1.0.0\n' },
    ];
    expect(content(await read('bundle.tar', makeTar(files)))).toEqual(await addOn());
  });
});

describe('a chart that lies beside images', () => {
  it('is not taken where bundles bring charts, or no image is there', async () => {
    const bundle = {
      path: 'addon/alpha_1.0.0.bundle.tar',
      body: makeBundle(tinyBundle('alpha', images.slice(0, 1))),
    };
    const loose = {
      path: 'other/beta-1.0.0.tgz',
      body: gzipSync(makeTar([{ path: 'beta/Chart.yaml', body: 'name: beta\n' }])),
    };
    const beside = await read('addon.tar.gz', makePackage([loose, bundle]));
    expect(beside.bundles).toHaveLength(1);
    expect(beside.facts?.notes.map(({ code }) => code)).toEqual(['package.charts-skipped']);
    expect((await read('charts.tar.gz', makePackage([loose]))).error?.code).toBe('package.nothing-inside');
  });

  it('is named with what lies beside it where nothing can be imported', async () => {
    const files = ['src/a.c', 'README', 'b', 'c', 'd', 'e', 'f'].map((path) => ({ path, body: 'x' }));
    const { error } = await read('source.tar', makeTar(files));
    expect(error?.params).toEqual({ file: 'source.tar', found: 'src, README, b, c, d, e, …' });
  });

  it('is no wrap without an Images.lock', async () => {
    const files = chartFiles.map(({ path, body }) => ({ path: path.replace('alpha/', 'app/chart/'), body }));
    const archive = { path: 'images.tar', body: makeDockerArchive(images.slice(0, 1)) };
    const recording = await read('app.tar', makeTar([...files, { ...archive, path: 'app/saved.tar' }]));
    expect(recording.bundles.map(({ content: one }) => one?.chart ?? null)).toEqual([null]);
  });
});
