// Bundles: parts in any order, missing parts, links, unsafe paths and exceeded limits.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LIMITS } from '../../core/flow/limits.js';
import { imagesOf, problemsOf, record, wronglyGood, type Recording } from '../support/package-recorder.js';
import {
  bundleFiles,
  makeBundle,
  makeDockerArchive,
  makeImage,
  makeOciLayout,
  makeTar,
  tinyBundle,
  type TarFile,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const app = tinyBundle('app', [makeImage('ghcr.io/app/app:1.0.0', 'amd64')]);
const good = { path: 'addon/good_1.bundle.tar', body: makeBundle(app) };

/** Reads a package with the given bundle and a good one behind it, and expects that the good one is usable. */
async function read(bundle: readonly TarFile[] | Buffer): Promise<Recording> {
  const body = Buffer.isBuffer(bundle) ? bundle : makeTar(bundle);
  const path = join(scratch(), 'p.tar');
  writeFileSync(path, makeTar([{ path: 'addon/x_1.bundle.tar', body }, good]));
  const recording = await record(path);
  expect(recording.error).toBeNull();
  expect(recording.bundles.at(-1)?.content?.problem).toBeNull();
  expect(recording.bundles.at(-1)?.id.path).toBe(good.path);
  expect(wronglyGood(recording)).toEqual([]);
  return recording;
}

describe('a bundle', () => {
  it('may have images.tar first: then the head is empty and the end has everything', async () => {
    const { bundles } = await read([...bundleFiles(app)].reverse());
    expect(bundles[0]?.head).toEqual({ hints: null, chart: null });
    expect(bundles[0]?.content?.hints?.toString()).toBe(app.hints);
    expect(bundles[0]?.content?.chart?.get('values.yaml')?.toString()).toBe(app.chart['values.yaml']);
    expect(bundles[0]?.content?.images).toHaveLength(1);
  });

  it.each<[string, string | null]>([
    ['with hints', app.hints],
    ['with empty hints', ''],
    ['without hints', null],
  ])('may have no images, %s', async (_, hints) => {
    const { bundles } = await read(makeBundle({ ...app, images: null, hints }));
    expect(bundles[0]?.content).toMatchObject({ hasImages: false, images: [], problem: null });
    expect(bundles[0]?.content?.hints?.toString() ?? null).toBe(hints);
    expect(bundles[0]?.head).toBeNull();
  });

  it('may hold its images as an OCI layout, in a folder of images.tar, or under unusual names', async () => {
    const image = makeImage('x.io/a:1', 'amd64');
    const layout = makeOciLayout([image]);
    const folder = layout.map((file) => ({ ...file, path: `./images/${file.path}` }));
    const handMade = [
      { path: 'base.tgz', body: image.layers[0]!.stored },
      { path: 'app.json', body: image.config },
      {
        path: 'manifest.json',
        body: JSON.stringify([{ Config: 'app.json', RepoTags: ['x.io/a:1'], Layers: ['base.tgz'] }]),
      },
    ];
    for (const files of [layout, folder, handMade]) {
      const { bundles } = await read(makeBundle({ ...app, images: makeTar(files) }));
      expect(bundles[0]?.content?.problem).toBeNull();
      expect(bundles[0]?.content?.images).toMatchObject([{ names: ['x.io/a:1'], problem: null }]);
    }
  });

  it('resolves links inside its chart', async () => {
    const recording = await read([
      { path: 'original-chart/a/link.yaml', type: 'symlink', linkpath: '../values.yaml' },
      { path: 'original-chart/second.yaml', type: 'symlink', linkpath: 'a/link.yaml' },
      ...bundleFiles(app),
      { path: 'original-chart/hard.yaml', type: 'link', linkpath: 'original-chart/values.yaml' },
    ]);
    expect(problemsOf(recording)).toEqual([null, null]);
    for (const file of ['a/link.yaml', 'second.yaml', 'hard.yaml']) {
      expect(recording.bundles[0]?.content?.chart?.get(file)?.toString()).toBe(app.chart['values.yaml']);
    }
  });

  it.each<[string, string, TarFile[] | Buffer]>([
    ['climbs out of its chart', 'package.chart-path-unsafe', [{ path: 'original-chart/../../x', body: 'x' }]],
    ['climbs into its chart', 'package.chart-path-unsafe', [{ path: '../original-chart/x', body: 'x' }]],
    ['has an absolute path', 'package.chart-path-unsafe', [{ path: '/original-chart/x', body: 'x' }]],
    [
      'has a path with backslashes',
      'package.chart-path-unsafe',
      [{ path: 'original-chart/..\\..\\x', body: 'x' }],
    ],
    [
      'has a NUL in a path',
      'package.chart-path-unsafe',
      [{ path: 'p', pax: { path: 'original-chart/a\0b' } }],
    ],
    [
      'links out of its chart',
      'package.chart-link',
      [{ path: 'original-chart/x', type: 'symlink', linkpath: '/etc/passwd' }],
    ],
    [
      'links in a circle',
      'package.chart-link',
      [{ path: 'original-chart/x', type: 'symlink', linkpath: 'x' }],
    ],
    [
      'has too many hints',
      'package.limit',
      [{ path: 'hints.yaml', body: Buffer.alloc(LIMITS.hintsBytes + 1) }],
    ],
    [
      'has a file too large',
      'package.limit',
      [{ path: 'original-chart/x', body: Buffer.alloc(LIMITS.chartFileBytes + 1) }],
    ],
    [
      'is too large in all',
      'package.limit',
      Array.from({ length: 9 }, (_, index) => ({
        path: `original-chart/${index}`,
        body: Buffer.alloc(15 << 20),
      })),
    ],
    ['has images that are no archive', 'package.damaged', [{ path: 'images.tar', body: 'hello' }]],
    [
      'has images that are an empty archive',
      'package.manifest-missing',
      [{ path: 'images.tar', body: makeTar([{ path: 'a/', type: 'directory' }]) }],
    ],
    [
      'has a cut images.tar',
      'package.truncated',
      [{ path: 'images.tar', body: app.images!.subarray(0, 560) }],
    ],
    [
      'has a link for images.tar',
      'package.link-skipped',
      [{ path: 'images.tar', type: 'link', linkpath: '../y' }],
    ],
    ['is cut', 'package.truncated', makeBundle(app).subarray(0, 3000)],
    ['is cut inside a top folder', 'package.truncated', makeBundle(app, 'top/').subarray(0, 1100)],
    ['is no archive', 'package.damaged', Buffer.alloc(5000, 'x')],
    ['is empty', 'package.bundle-empty', makeTar([{ path: 'readme', body: 'x' }])],
  ])('that %s is unusable, and the next one is not', async (_, code, files) => {
    const recording = await read(
      Buffer.isBuffer(files) ? files : [...bundleFiles({ ...app, images: null }), ...files],
    );
    expect(problemsOf(recording)).toEqual([code, null]);
  });

  it('whose files lie in two places is unusable', async () => {
    const [hints, ...rest] = bundleFiles(app, 'one/');
    const path = join(scratch(), 'p.tar');
    writeFileSync(path, makeTar([hints!, rest[0]!, ...bundleFiles(app, 'two/'), ...rest.slice(1)]));
    expect(problemsOf(await record(path))).toEqual([null, null, 'package.bundle-scattered']);
  });

  it('keeps its good images when one is damaged', async () => {
    const images = [makeImage('x.io/a:1', 'amd64'), makeImage('x.io/b:1', 'amd64')];
    const archive = makeDockerArchive(images);
    archive[archive.indexOf(images[0]!.layers[0]!.stored) + 30]! ^= 1;
    const recording = await read(makeBundle({ ...app, images: archive }));
    expect(problemsOf(recording)).toEqual([null, null]);
    expect(imagesOf(recording).map((image) => image.problem?.code ?? null)).toEqual([
      'package.blob-damaged',
      null,
      null,
    ]);
    expect(recording.bundles[0]?.blobs.map((blob) => blob.proven?.problem)).toEqual([
      'package.blob-damaged',
      null,
    ]);
  });
});
