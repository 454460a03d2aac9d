// The layers of an image are those that its config lists, in its order, whatever wrote the archive; else another list or a problem by name.
// docker save 25.0 wrote OCI manifests without layers, with fewer, or with their layers in the wrong order, beside a right manifest.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf, type Digest } from '../../../core/content/digest.js';
import type { PackageImage } from '../../../core/package/stream/package-stream.js';
import { imagesOf, record } from '../../support/package-recorder.js';
import {
  bundleFiles,
  dockerArchiveFiles,
  LayoutBuilder,
  makeImage,
  makeLayer,
  makePackage,
  makeTar,
  named,
  OCI_MANIFEST,
  type JsonDescriptor,
  type TarFile,
  type TestImage,
  type TestLayer,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const NAME = 'docker.io/depot/cart:7';
type Listed = readonly TestLayer[] | null;

async function read(files: readonly TarFile[]): Promise<readonly PackageImage[]> {
  const path = join(scratch(), 'cart.tar');
  writeFileSync(path, makeTar(files));
  return imagesOf(await record(path));
}

/** A layout whose OCI manifest lists `listed`. */
function layoutOf(image: TestImage, listed: Listed): { layout: LayoutBuilder; top: JsonDescriptor } {
  const layout = new LayoutBuilder();
  layout.image(image);
  const config = layout.put('application/vnd.oci.image.config.v1+json', image.config);
  const layers = listed?.map((layer) => layout.put('application/vnd.oci.image.layer.v1.tar', layer.stored));
  const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers: layers ?? null };
  return { layout, top: named(layout.put(OCI_MANIFEST, Buffer.from(JSON.stringify(manifest))), NAME) };
}

/** manifest.json as docker save 25 writes it beside the layout. */
function manifestJson(image: TestImage, layers = image.layers): TarFile {
  const entry = {
    Config: `blobs/sha256/${hexOf(digestOf(image.config))}`,
    RepoTags: ['depot/cart:7'],
    Layers: layers.map((layer) => `blobs/sha256/${hexOf(layer.digest)}`),
  };
  return { path: 'manifest.json', body: JSON.stringify([entry]) };
}

const digests = (layers: readonly { readonly digest: Digest }[]): Digest[] => layers.map((one) => one.digest);
const plain = ['base', 'middle', 'top'].map((text) => makeLayer(text, 'plain'));
const gzipped = ['base', 'middle', 'top'].map((text) => makeLayer(text));
const [base, middle, top] = plain as [TestLayer, TestLayer, TestLayer];

/** How the OCI manifest lists the three layers, and the problem when there is nothing else to go by. */
const wrong: readonly (readonly [string, Listed, string])[] = [
  ['no layers', [], 'package.layers-do-not-fit'],
  ['null for layers', null, 'package.layers-do-not-fit'],
  ['fewer layers', [base, middle], 'package.layers-do-not-fit'],
  ['more layers', [base, middle, top, top], 'package.layers-do-not-fit'],
  ['layers in another order', [top, base, middle], 'package.layer-misplaced'],
  ['one layer twice', [base, base, top], 'package.layer-misplaced'],
  ['another layer', [base, middle, makeLayer('other', 'plain')], 'package.blob-damaged'],
];

describe('an OCI manifest with', () => {
  const image = makeImage(NAME, 'amd64', plain);

  it.each(wrong)('%s is not used, but manifest.json beside it', async (_, listed) => {
    const { layout, top: entry } = layoutOf(image, listed);
    const found = await read([...layout.files([entry]), manifestJson(image)]);
    expect(found.map((one) => [one.names, one.problem])).toEqual([[['depot/cart:7'], null]]);
    expect(digests(found[0]?.layers ?? [])).toEqual(digests(image.layers));
  });

  it.each(wrong)('%s is a problem by name where there is no manifest.json', async (_, listed, code) => {
    const { layout, top: entry } = layoutOf(image, listed);
    const good = named(layout.image(makeImage(null, 'arm64')), 'docker.io/depot/good:1');
    const found = await read(layout.files([entry, good]));
    expect(found.map((one) => [one.names, one.problem?.code ?? null])).toEqual([
      [[NAME], code],
      [['docker.io/depot/good:1'], null],
    ]);
  });

  it.each(wrong)('%s is a problem where manifest.json is wrong as well', async (_, listed, code) => {
    const { layout, top: entry } = layoutOf(image, listed);
    const found = await read([...layout.files([entry]), manifestJson(image, listed ?? [])]);
    expect(found.map((one) => one.problem?.code)).toEqual([code]);
  });

  it('compressed layers in another order than manifest.json lists them is not used', async () => {
    const compressed = makeImage(NAME, 'amd64', gzipped);
    const { layout, top: entry } = layoutOf(compressed, gzipped.toReversed());
    const [found] = await read([...layout.files([entry]), manifestJson(compressed)]);
    expect(digests(found?.layers ?? [])).toEqual(digests(gzipped));
  });

  it('the layers of its config is used, with manifest.json and without', async () => {
    const { layout, top: entry } = layoutOf(image, image.layers);
    for (const beside of [[], [manifestJson(image)]]) {
      const [found] = await read([...layout.files([entry]), ...beside]);
      expect(found).toMatchObject({ problem: null, manifest: { digest: entry.digest } });
    }
  });

  it('null for the entries of index.json leaves the images to manifest.json', async () => {
    const { layout } = layoutOf(image, image.layers);
    const files = layout.files([]).map((file) => {
      return file.path === 'index.json' ? { ...file, body: '{"schemaVersion":2,"manifests":null}' } : file;
    });
    const found = await read([...files, manifestJson(image)]);
    expect(found.map((one) => [one.names, one.problem])).toEqual([[['depot/cart:7'], null]]);
  });

  it('layers is used when its config lists none', async () => {
    const bare = { ...image, config: Buffer.from('{"os":"linux","architecture":"amd64"}') };
    const { layout, top: entry } = layoutOf(bare, image.layers);
    expect(await read(layout.files([entry]))).toMatchObject([{ problem: null }]);
  });
});

describe('a docker-archive', () => {
  const cases: readonly (readonly [string, (layers: string[]) => string[], string])[] = [
    ['without layers', () => [], 'package.layers-do-not-fit'],
    ['with fewer layers', (layers) => layers.slice(1), 'package.layers-do-not-fit'],
    ['with layers in another order', (layers) => layers.toReversed(), 'package.layer-misplaced'],
  ];
  const image = makeImage(NAME, 'amd64', plain);
  const changed = (change: (layers: string[]) => string[], style: 'ggcr' | 'docker-save'): TarFile[] =>
    dockerArchiveFiles([image], style).map((file) => {
      if (file.path !== 'manifest.json') return file;
      const [entry] = JSON.parse(String(file.body)) as [{ Layers: string[] }];
      return { ...file, body: JSON.stringify([{ ...entry, Layers: change(entry.Layers) }]) };
    });

  it.each(cases)('%s has an unusable image, alone and in a bundle', async (_, change, code) => {
    for (const style of ['ggcr', 'docker-save'] as const) {
      const files = changed(change, style);
      expect((await read(files)).map((one) => one.problem?.code)).toEqual([code]);
      const path = join(scratch(), 'addon.tar.gz');
      const bundle = bundleFiles({ hints: null, chart: {}, images: makeTar(files) }, 'addon/cart/');
      writeFileSync(path, makePackage(bundle));
      expect(imagesOf(await record(path)).map((one) => one.problem?.code)).toEqual([code]);
    }
  });
});
