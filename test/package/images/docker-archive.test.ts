// Docker-archives as ggcr, docker save and skopeo write them, and the manifests that are made for their images.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../core/content/digest.js';
import { imagesOf, problemsOf, record, wronglyGood, type Recording } from '../../support/package-recorder.js';
import {
  dockerArchiveFiles,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makeTar,
  type ArchiveStyle,
  type TarFile,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const GZIP_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

async function read(bytes: Buffer): Promise<Recording> {
  const path = join(scratch(), 'images.tar');
  writeFileSync(path, bytes);
  return record(path);
}

const shared = makeLayer('shared');
const two = [
  makeImage('ghcr.io/org/app:v1', 'amd64', [shared, makeLayer('app')]),
  makeImage(['docker.io/library/nginx:1.0', 'docker.io/library/nginx:latest'], 'arm64', [
    shared,
    makeLayer('nginx'),
  ]),
];

describe('a docker-archive', () => {
  it('gives the manifest of the worked example, byte for byte', async () => {
    const layer = Buffer.from('H4sIAAAAAAAA/wMAAAAAAAAAAAA=', 'base64');
    const config = Buffer.from(
      '{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]}}',
    );
    const hex = hexOf(digestOf(config));
    const manifest = [
      { Config: `sha256:${hex}`, RepoTags: ['x.io/a:1'], Layers: [`${hexOf(digestOf(layer))}.tar.gz`] },
    ];
    const recording = await read(
      makeTar([
        { path: `${hexOf(digestOf(layer))}.tar.gz`, body: layer },
        { path: `sha256:${hex}`, body: config },
        { path: 'manifest.json', body: JSON.stringify(manifest) },
      ]),
    );
    const [image] = imagesOf(recording);
    expect(image?.problem).toBeNull();
    expect(image?.manifest.bytes).toHaveLength(522);
    expect(image?.manifest.digest).toBe(
      'sha256:8a54de14bab606d4d4b272c247f798662b89c591eba7219b2e6897782bb587c9',
    );
  });

  it.each<ArchiveStyle>(['ggcr', 'docker-save', 'skopeo'])('is read as %s writes it', async (style) => {
    const recording = await read(makeDockerArchive(two, style));
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual([null]);
    expect(wronglyGood(recording)).toEqual([]);
    const images = imagesOf(recording);
    expect(images.map((image) => [image.names, image.platform.architecture, image.problem])).toEqual([
      [two[0]?.names, 'amd64', null],
      [two[1]?.names, 'arm64', null],
    ]);
    expect(images[0]?.created).toBe('2023-07-02T08:00:00Z');
    expect(images.map((image) => image.config.digest)).toEqual(two.map((image) => digestOf(image.config)));
    for (const { claimed, size, bytes, proven } of recording.bundles[0]?.blobs ?? []) {
      expect(proven).toEqual({ digest: digestOf(bytes), size: bytes.length, problem: null });
      const expected =
        style === 'ggcr' ? { claimed: digestOf(bytes), size: bytes.length } : { claimed: null, size: null };
      expect({ claimed, size }).toEqual(expected);
      gunzipSync(bytes);
    }
    // a layer of two images is delivered once when its file name holds the digest
    expect(recording.bundles[0]?.blobs).toHaveLength(style === 'docker-save' ? 4 : 3);
    expect(recording.bundles[0]?.content).toMatchObject({ chart: null, hints: null, hasImages: true });
  });

  it('gives the same images in any order of its entries', async () => {
    const files = dockerArchiveFiles(two);
    const [a, b] = [await read(makeTar(files)), await read(makeTar([...files].reverse()))];
    expect(imagesOf(b).map((image) => image.manifest.digest)).toEqual(
      imagesOf(a).map((image) => image.manifest.digest),
    );
    expect(wronglyGood(b)).toEqual([]);
  });

  it('stores gzip and zstd layers as they are under any file name, and compresses the others', async () => {
    const layers = [makeLayer('a', 'zstd'), makeLayer('b', 'plain'), makeLayer('c')];
    const recording = await read(makeDockerArchive([makeImage('x.io/a:1', 'amd64', layers)]));
    const [image] = imagesOf(recording);
    expect(image?.problem).toBeNull();
    expect(image?.layers.map((layer) => layer.mediaType)).toEqual([GZIP_LAYER, GZIP_LAYER, GZIP_LAYER]);
    expect([image?.layers[0]?.digest, image?.layers[2]?.digest]).toEqual([
      layers[0]?.digest,
      layers[2]?.digest,
    ]);
    const compressed = recording.bundles[0]?.blobs[1]?.bytes ?? Buffer.alloc(0);
    expect(gunzipSync(compressed).equals(layers[1]!.tar)).toBe(true);
    expect(image?.layers[1]).toMatchObject({ digest: digestOf(compressed), size: compressed.length });
  });

  it('stores a gzip layer with a legacy name as it is, and checks its uncompressed digest against the config', async () => {
    const image = makeImage('x.io/a:1', 'amd64', [makeLayer('a')]);
    const legacy = (tar: Buffer): Buffer =>
      makeTar(
        dockerArchiveFiles([image], 'docker-save').map((file) =>
          file.path.endsWith('layer.tar') ? { ...file, body: gzipSync(tar) } : file,
        ),
      );
    expect(imagesOf(await read(legacy(image.layers[0]!.tar)))[0]?.problem).toBeNull();
    expect(imagesOf(await read(legacy(makeLayer('b').tar)))[0]?.problem?.code).toBe('package.blob-damaged');
  });

  it('may hold images without a name, images without layers, and one image in two entries', async () => {
    const bare = makeImage('x.io/bare:1', 'amd64', []);
    const files = dockerArchiveFiles([makeImage(null, 'amd64'), bare, { ...bare, names: ['x.io/again:1'] }]);
    const images = imagesOf(await read(makeTar(files)));
    expect(images.map((image) => [image.names, image.problem])).toEqual([
      [[], null],
      [['x.io/bare:1', 'x.io/again:1'], null],
    ]);
    expect(images[1]?.manifest.bytes.toString()).toContain('"layers": null');
  });

  it('may hold hundreds of layers, equal layers and layers of no bytes', async () => {
    const nothing = {
      tar: Buffer.alloc(0),
      stored: Buffer.alloc(0),
      digest: digestOf(''),
      diffId: digestOf(''),
    };
    const empty = makeLayer('empty');
    const layers = [
      ...Array.from({ length: 300 }, (_, index) => makeLayer(`layer ${index}`)),
      ...Array.from({ length: 140 }, () => empty),
      nothing,
    ];
    const image = makeImage('x.io/tower:1', 'amd64', layers);
    for (const style of ['ggcr', 'docker-save'] as const) {
      const [found] = imagesOf(await read(makeDockerArchive([image], style)));
      expect([found?.problem, found?.layers.length]).toEqual([null, 441]);
    }
  });

  it('takes foreign layers from LayerSources, whose bytes may be absent', async () => {
    const layer = makeLayer('windows');
    const image = makeImage('x.io/win:1', 'amd64', [layer]);
    const foreign = {
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      size: layer.stored.length,
      digest: layer.digest,
      urls: ['https://example.com/layer'],
    };
    const files = dockerArchiveFiles([image]).filter((file) => !file.path.endsWith('.tar.gz'));
    const withSources = (sources: unknown): Buffer =>
      makeTar(
        files.map((file) => {
          if (file.path !== 'manifest.json') return file;
          const [entry] = JSON.parse(String(file.body)) as [object];
          return { ...file, body: JSON.stringify([{ ...entry, LayerSources: sources }]) };
        }),
      );
    const [found] = imagesOf(await read(withSources({ [layer.diffId]: foreign })));
    expect(found?.problem).toBeNull();
    expect(found?.layers).toMatchObject([foreign]);
    expect(found?.manifest.bytes.toString()).toContain('https://example.com/layer');
    const [lost] = imagesOf(await read(withSources({ [layer.diffId]: { ...foreign, urls: [] } })));
    expect(lost?.problem?.code).toBe('package.image-incomplete');
  });

  it.each<[string, (files: TarFile[]) => TarFile[], string | null]>([
    [
      'no manifest.json',
      (files) => files.filter((file) => file.path !== 'manifest.json'),
      'package.manifest-missing',
    ],
    [
      'a manifest.json that is none',
      (files) =>
        files.map((file) => (file.path === 'manifest.json' ? { ...file, body: '[{"Config": 1}]' } : file)),
      'package.manifest-unusable',
    ],
    [
      'one tag for two images',
      () => [
        ...dockerArchiveFiles([
          makeImage('nginx', 'amd64'),
          makeImage('docker.io/library/nginx:latest', 'arm64'),
        ]),
      ],
      'package.tag-conflict',
    ],
    ['one tag for one image twice', () => [...dockerArchiveFiles([two[0]!, two[0]!])], null],
  ])('with %s is a problem of the bundle', async (_, change, problem) => {
    expect(problemsOf(await read(makeTar(change([...dockerArchiveFiles(two)]))))).toEqual([problem]);
  });

  it.each<[string, (file: TarFile) => TarFile | null, string]>([
    ['without a layer', (file) => (file.path.endsWith('.tar.gz') ? null : file), 'package.image-incomplete'],
    [
      'without its config',
      (file) => (file.path.startsWith('sha256:') ? null : file),
      'package.image-incomplete',
    ],
    ['with a flipped config', (file) => flip(file, /^sha256:/), 'package.blob-damaged'],
    ['with a flipped layer', (file) => flip(file, /gz$/), 'package.blob-damaged'],
  ])('%s has an unusable image', async (_, change, problem) => {
    const image = makeImage('x.io/a:1', 'amd64');
    const good = makeImage('x.io/b:1', 'amd64');
    const files = dockerArchiveFiles([image]).flatMap((file) => change(file) ?? []);
    const others = dockerArchiveFiles([good]);
    const entries = [...files, ...others]
      .filter((file) => file.path === 'manifest.json')
      .flatMap((file) => JSON.parse(String(file.body)) as unknown[]);
    const all = [...files, ...others].filter((file) => file.path !== 'manifest.json');
    const recording = await read(makeTar([...all, { path: 'manifest.json', body: JSON.stringify(entries) }]));
    expect(problemsOf(recording)).toEqual([null]);
    expect(imagesOf(recording).map((found) => found.problem?.code ?? null)).toEqual([problem, null]);
    expect(wronglyGood(recording)).toEqual([]);
  });

  it('delivers a second copy of a layer only when the first copy was damaged', async () => {
    const image = makeImage('x.io/a:1', 'amd64');
    const files = dockerArchiveFiles([image]);
    const layer = files.find(({ path }) => path.endsWith('.tar.gz'));
    const broken = { ...layer!, body: Buffer.from(layer!.body!) };
    broken.body[40]! ^= 1;
    const damagedFirst = await read(makeTar([broken, ...files]));
    expect(damagedFirst.bundles[0]?.blobs.map((blob) => blob.proven?.problem)).toEqual([
      'package.blob-damaged',
      null,
    ]);
    expect(imagesOf(damagedFirst)[0]?.problem).toBeNull();
    const damagedLast = await read(makeTar([...files, broken]));
    expect(damagedLast.bundles[0]?.blobs).toHaveLength(1);
    expect(imagesOf(damagedLast)[0]?.problem).toBeNull();
    expect(damagedLast.facts?.notes.map((note) => note.code)).toEqual(['package.blob-damaged']);
    expect((await read(makeTar([layer!, ...files]))).bundles[0]?.blobs).toHaveLength(1);
  });

  it('follows hard links, and does not hang on links that form a circle', async () => {
    const image = makeImage('x.io/a:1', 'amd64', [makeLayer('a', 'plain')]);
    const hex = hexOf(digestOf(image.config));
    const diff = hexOf(image.layers[0]!.diffId);
    const with_ = (links: TarFile[], layer: string): Buffer =>
      makeTar([
        { path: `top/${diff}.tar`, body: image.layers[0]!.tar },
        { path: `top/${hex}.json`, body: image.config },
        ...links,
        {
          path: 'top/manifest.json',
          body: JSON.stringify([{ Config: `${hex}.json`, RepoTags: ['x.io/a:1'], Layers: [layer] }]),
        },
      ]);
    const id = 'f'.repeat(64);
    const hard: TarFile = { path: `top/${id}/layer.tar`, type: 'link', linkpath: `top/${diff}.tar` };
    expect(imagesOf(await read(with_([hard], `${id}/layer.tar`)))[0]?.problem).toBeNull();
    const circle: TarFile = { path: `top/${id}/layer.tar`, type: 'symlink', linkpath: 'layer.tar' };
    expect(imagesOf(await read(with_([circle], `${id}/layer.tar`)))[0]?.problem?.code).toBe(
      'package.image-incomplete',
    );
  });
});

function flip(file: TarFile, which: RegExp): TarFile {
  if (!which.test(file.path)) return file;
  const body = Buffer.from(file.body ?? '');
  body[body.length - 3]! ^= 1;
  return { ...file, body };
}
