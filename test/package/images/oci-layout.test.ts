// OCI layouts, as folder and as tar, alone and inside docker save's archives: original manifests, platforms, attestations.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../../core/content/digest.js';
import { imagesOf, problemsOf, record, wronglyGood, type Recording } from '../../support/package-recorder.js';
import {
  LayoutBuilder,
  makeImage,
  makeLayer,
  makeOciLayout,
  makeTar,
  named,
  type JsonDescriptor,
  type TarFile,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();

async function readTar(files: readonly TarFile[]): Promise<Recording> {
  const path = join(scratch(), 'layout.tar');
  writeFileSync(path, makeTar(files));
  return record(path);
}

async function readFolder(files: readonly TarFile[]): Promise<Recording> {
  const root = scratch();
  for (const file of files) {
    const path = join(root, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.body ?? '');
  }
  return record(root);
}

const name = 'docker.io/library/app:1';
const amd64 = makeImage(name, 'amd64');
const arm64 = makeImage(name, 'arm64');

describe('an OCI layout', () => {
  it.each([
    ['a folder', readFolder, 'last'],
    ['a tar with index.json first', readTar, 'first'],
    ['a tar with index.json last', readTar, 'last'],
  ] as const)('is read as %s', async (_, read, indexAt) => {
    const recording = await read(makeOciLayout([amd64, arm64], indexAt));
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual([null]);
    expect(wronglyGood(recording)).toEqual([]);
    const layout = new LayoutBuilder();
    const children = [layout.image(amd64), layout.image(arm64)];
    expect(imagesOf(recording)).toMatchObject(
      children.map((child) => ({
        names: [name],
        indexDigest: layout.index(children).digest,
        platform: child.platform,
        manifest: { digest: child.digest, bytes: layout.bytes(child.digest) },
        problem: null,
      })),
    );
    expect(recording.bundles[0]?.blobs.map((blob) => blob.claimed).sort()).toEqual(
      [amd64, arm64].map((image) => image.layers[0]!.digest).sort(),
    );
  });

  it('passes an uncompressed layer as it is, because the original manifest names it', async () => {
    const layer = makeLayer('plain', 'plain');
    const recording = await readTar(makeOciLayout([makeImage(name, 'amd64', [layer])]));
    expect(imagesOf(recording)[0]?.problem).toBeNull();
    expect(recording.bundles[0]?.blobs[0]).toMatchObject({ claimed: layer.digest, size: layer.tar.length });
  });

  it.each([
    [{ 'io.containerd.image.name': name, 'org.opencontainers.image.ref.name': '1' }, [name]],
    [{ 'org.opencontainers.image.ref.name': 'ghcr.io/org/app:v1' }, ['ghcr.io/org/app:v1']],
    [{ 'org.opencontainers.image.ref.name': 'nginx:1' }, ['nginx:1']],
    [{ 'org.opencontainers.image.ref.name': '1.0' }, []],
    [{}, []],
  ])('names an image by %j', async (annotations, names) => {
    const layout = new LayoutBuilder();
    const top = { ...layout.image(amd64), annotations } as unknown as JsonDescriptor;
    const recording = await readTar(layout.files([top]));
    expect(imagesOf(recording)).toMatchObject([{ names, indexDigest: null, problem: null }]);
  });

  it('attaches an attestation to the child that it describes, and delivers its blobs', async () => {
    const layout = new LayoutBuilder();
    const children = [layout.image(amd64), layout.image(arm64)];
    const attestation = layout.attestation(children[1]!.digest);
    const recording = await readTar(layout.files([named(layout.index([...children, attestation]), name)]));
    const [first, second] = imagesOf(recording);
    expect(first?.attestations).toEqual([]);
    expect(second?.attestations).toMatchObject([
      { descriptor: { digest: attestation.digest }, manifest: { bytes: layout.bytes(attestation.digest) } },
    ]);
    expect(imagesOf(recording)).toHaveLength(2);
    const sent = recording.bundles[0]?.blobs.map((blob) => digestOf(blob.bytes));
    for (const blob of second?.attestations[0]?.blobs ?? []) expect(sent).toContain(blob.digest);
    expect(second?.attestations[0]?.blobs).toHaveLength(2);
  });

  it('leaves an attestation with a missing part out, with a note', async () => {
    const layout = new LayoutBuilder();
    const child = layout.image(amd64);
    const attestation = layout.attestation(child.digest);
    const { layers } = JSON.parse(String(layout.bytes(attestation.digest))) as { layers: JsonDescriptor[] };
    layout.without(layers[0]!.digest);
    const recording = await readTar(layout.files([named(layout.index([child, attestation]), name)]));
    expect(imagesOf(recording)).toMatchObject([{ attestations: [], problem: null }]);
    expect(recording.facts?.notes.map((note) => note.code)).toEqual(['package.attestation-incomplete']);
  });

  it('follows indexes in indexes up to the limit', async () => {
    const layout = new LayoutBuilder();
    const nest = (depth: number): JsonDescriptor =>
      Array.from({ length: depth }).reduce<JsonDescriptor>(
        (inner) => layout.index([inner]),
        layout.image(amd64),
      );
    const good = nest(3);
    const recording = await readTar(layout.files([named(good, name), named(nest(10), 'deep.io/a:1')]));
    const [image, deep] = imagesOf(recording);
    expect(image).toMatchObject({ names: [name], indexDigest: good.digest, problem: null });
    expect(deep?.problem?.code).toBe('package.limit');
  });

  it('leaves out a child of an index whose manifest is not in the package', async () => {
    const layout = new LayoutBuilder();
    const [here, gone] = [layout.image(amd64), layout.image(arm64)];
    const top = named(layout.index([here, gone]), name);
    layout.without(gone.digest);
    expect(imagesOf(await readTar(layout.files([top])))).toMatchObject([
      { platform: { architecture: 'amd64' }, problem: null },
    ]);
    layout.without(here.digest);
    expect(imagesOf(await readTar(layout.files([top])))).toMatchObject([
      { names: [name], problem: { code: 'package.image-incomplete' } },
    ]);
  });

  it.each([
    [
      'a missing layer',
      'package.image-incomplete',
      (layout: LayoutBuilder) => layout.without(amd64.layers[0]!.digest).files([]),
    ],
    [
      'a flipped layer',
      'package.blob-damaged',
      (layout: LayoutBuilder) => layout.files([]).map((file) => flipped(file, amd64.layers[0]!.digest)),
    ],
    [
      'a flipped config',
      'package.blob-damaged',
      (layout: LayoutBuilder) => layout.files([]).map((file) => flipped(file, digestOf(amd64.config))),
    ],
  ])('with %s has an unusable image', async (_, code, change) => {
    const layout = new LayoutBuilder();
    const top = named(layout.image(amd64), name);
    const index = layout.files([top]).find((file) => file.path === 'index.json')!;
    const files = change(layout).map((file) => (file.path === 'index.json' ? index : file));
    const recording = await readTar(files);
    expect(imagesOf(recording)).toMatchObject([{ names: [name], problem: { code } }]);
    expect(wronglyGood(recording)).toEqual([]);
  });

  it('refuses a descriptor whose size is not that of the blob', async () => {
    const layout = new LayoutBuilder();
    const config = layout.put('application/vnd.oci.image.config.v1+json', amd64.config);
    const layer = layout.put('application/vnd.oci.image.layer.v1.tar+gzip', amd64.layers[0]!.stored);
    const manifest = { schemaVersion: 2, config, layers: [{ ...layer, size: layer.size + 1 }] };
    const top = layout.put(
      'application/vnd.oci.image.manifest.v1+json',
      Buffer.from(JSON.stringify(manifest)),
    );
    expect(imagesOf(await readTar(layout.files([named(top, name)])))[0]?.problem?.code).toBe(
      'package.image-unusable',
    );
  });

  it('skips artifacts with a note', async () => {
    const layout = new LayoutBuilder();
    const config = layout.put('application/vnd.cncf.helm.config.v1+json', Buffer.from('{}'));
    const chart = { schemaVersion: 2, config, layers: [] };
    const top = layout.put('application/vnd.oci.image.manifest.v1+json', Buffer.from(JSON.stringify(chart)));
    const recording = await readTar(
      layout.files([named(top, 'x.io/chart:1'), named(layout.image(amd64), name)]),
    );
    expect(imagesOf(recording)).toMatchObject([{ names: [name], problem: null }]);
    expect(recording.facts?.notes.map((note) => note.code)).toEqual(['package.artifact-skipped']);
  });

  it('refuses one name for two images of a platform, but not for two platforms', async () => {
    const layout = new LayoutBuilder();
    const rebuilt = layout.image(makeImage(name, 'amd64', [makeLayer('rebuilt')]));
    const images = [named(layout.image(amd64), name), named(layout.image(arm64), name)];
    expect(problemsOf(await readTar(layout.files(images)))).toEqual([null]);
    expect(problemsOf(await readTar(layout.files([...images, named(rebuilt, name)])))).toEqual([
      'package.tag-conflict',
    ]);
  });

  it('gives an image all of its names', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(amd64);
    const recording = await readTar(layout.files([named(image, name), named(image, 'x.io/b:2')]));
    expect(imagesOf(recording)).toMatchObject([{ names: [name, 'x.io/b:2'] }]);
  });

  it('refuses the bundle when index.json cannot be read', async () => {
    const layout = new LayoutBuilder();
    layout.image(amd64);
    const files = layout
      .files([])
      .map((file) => (file.path === 'index.json' ? { ...file, body: '{"manifests":[{}]}' } : file));
    expect(problemsOf(await readTar(files))).toEqual(['package.manifest-unusable']);
  });
});

describe('docker save 25 and newer', () => {
  const manifestJson = (image: typeof amd64): TarFile => ({
    path: 'manifest.json',
    body: JSON.stringify([
      {
        Config: `blobs/sha256/${hexOf(digestOf(image.config))}`,
        RepoTags: ['app:1'],
        Layers: image.layers.map((layer) => `blobs/sha256/${hexOf(layer.digest)}`),
      },
    ]),
  });

  it('is read by its index.json, and once', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(amd64);
    const recording = await readTar([...layout.files([named(image, name)]), manifestJson(amd64)]);
    expect(imagesOf(recording)).toMatchObject([
      { names: [name], manifest: { digest: image.digest }, problem: null },
    ]);
  });

  it('takes the name from manifest.json when the layout has none', async () => {
    const layout = new LayoutBuilder();
    const recording = await readTar([...layout.files([layout.image(amd64)]), manifestJson(amd64)]);
    expect(imagesOf(recording)).toMatchObject([{ names: ['app:1'], problem: null }]);
  });

  it('falls back to manifest.json where the layout lacks a manifest', async () => {
    const layout = new LayoutBuilder();
    const image = layout.image(amd64);
    const top = named(layout.index([image]), name);
    layout.without(image.digest);
    const recording = await readTar([...layout.files([top]), manifestJson(amd64)]);
    expect(imagesOf(recording)).toMatchObject([{ names: ['app:1'], indexDigest: null, problem: null }]);
    expect(imagesOf(recording)[0]?.manifest.mediaType).toContain('docker');
    expect(wronglyGood(recording)).toEqual([]);
  });

  it('gives an uncompressed layer, which was passed on as it is, the media type of one', async () => {
    const image = makeImage(name, 'amd64', [makeLayer('plain', 'plain')]);
    const layout = new LayoutBuilder();
    const manifest = layout.image(image);
    layout.without(manifest.digest);
    const recording = await readTar([...layout.files([named(manifest, name)]), manifestJson(image)]);
    expect(imagesOf(recording)[0]?.layers).toMatchObject([
      { mediaType: 'application/vnd.docker.image.rootfs.diff.tar', digest: image.layers[0]!.digest },
    ]);
  });
});

describe('an Archbridge folder target', () => {
  it('is read as a package, without the files of its work folder', async () => {
    const files = makeOciLayout([amd64, arm64]).map((file) => ({ ...file, path: `oci/${file.path}` }));
    const recording = await readFolder([
      ...files,
      { path: '.archbridge/oci-layout', body: '{}' },
      { path: '.archbridge/blobs/sha256/half', body: 'x' },
      { path: 'charts/index.yaml', body: 'entries: {}\n' },
    ]);
    expect(recording.bundles.map((bundle) => bundle.id)).toEqual([{ ordinal: 0, folder: '', path: 'oci' }]);
    expect(imagesOf(recording)).toHaveLength(2);
  });
});

function flipped(file: TarFile, digest: string): TarFile {
  if (!file.path.endsWith(digest.slice(7))) return file;
  const body = Buffer.from(file.body ?? '');
  body[body.length - 5]! ^= 1;
  return { ...file, body };
}
