// Image archives that were built to exhaust: lists, manifests, configs, indexes and layers.
import { gzipSync } from 'node:zlib';
import { digestOf, hexOf } from '../../../core/content/digest.js';
import {
  LayoutBuilder,
  makeImage,
  makeLayer,
  makeTar,
  named,
  OCI_INDEX,
  OCI_MANIFEST,
  type TarFile,
} from '../packages.js';
import { zstdFrame } from '../zstd-frame.js';
import { badImages, repeated, type Hostile } from './package-parts.js';

const NAME = 'ghcr.io/bad/app:1.0.0';
const list = (entries: unknown): TarFile => ({ path: 'manifest.json', body: JSON.stringify(entries) });
const config = (fields: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs: { diff_ids: [] }, ...fields }));
const configFile = (body: Buffer): TarFile => ({ path: `sha256:${hexOf(digestOf(body))}`, body });
const one = (body: Buffer, fields: Readonly<Record<string, unknown>>): readonly TarFile[] => [
  configFile(body),
  list([{ Config: configFile(body).path, RepoTags: [NAME], Layers: [], ...fields }]),
];
const text = (name: string, json: (size: number) => string): Hostile => ({
  name: `images: ${name}`,
  build: (size) => badImages([{ path: 'manifest.json', body: json(size) }]),
});
const files = (name: string, make: (size: number) => readonly TarFile[]): Hostile => ({
  name: `images: ${name}`,
  build: (size) => badImages(make(size)),
});
const layer = (
  name: string,
  bytes: (size: number) => Buffer,
  fields: Readonly<Record<string, unknown>> = {},
): Hostile =>
  files(`a layer of ${name}`, (size) => {
    const stored = bytes(size);
    const path = `${hexOf(digestOf(stored))}.tar.gz`;
    const body = config({ rootfs: { diff_ids: [digestOf('x')] }, ...fields });
    return [
      configFile(body),
      { path, body: stored },
      list([{ Config: configFile(body).path, RepoTags: [NAME], Layers: [path] }]),
    ];
  });

/** A layout whose indexes each list all indexes of the next level. */
function indexTower(levels: number, width: number): readonly TarFile[] {
  const layout = new LayoutBuilder();
  let below = [layout.image(makeImage(NAME, 'amd64'))];
  for (let level = 0; level < levels; level++) {
    below = Array.from({ length: width }, (_, at) =>
      layout.put(
        OCI_INDEX,
        Buffer.from(
          JSON.stringify({
            schemaVersion: 2,
            mediaType: OCI_INDEX,
            manifests: below,
            annotations: { at: `${level} ${at}` },
          }),
        ),
      ),
    );
  }
  return layout.files(below.map((entry) => named(entry, NAME)));
}

const links = (count: number): readonly TarFile[] =>
  Array.from({ length: count }, (_, at) => ({
    path: `usr/bin/l${at}`,
    type: 'symlink' as const,
    linkpath: `l${at + 1}`,
  }));

export const HOSTILE_IMAGES: readonly Hostile[] = [
  text('a list in lists', (size) => '['.repeat(100_000 * size)),
  text('empty lists', (size) => `[${'[],'.repeat(1_000_000 * size)}[]]`),
  text('nothing but commas', (size) => `[${','.repeat(2_000_000 * size)}]`),
  text('wrong entries', (size) => `[${'{"a":1},'.repeat(50_000 * size)}1]`),
  text('a text without end', (size) => `["${'\\\\'.repeat(1_000_000 * size)}`),
  text('quotes behind backslashes', (size) => `["${'\\'.repeat(400_001 * size)}"`),
  text('null', () => 'null'),
  text(
    'a key that is also the prototype',
    () => '[{"__proto__":{"Config":"x"},"Config":"x","Layers":["__proto__"]}]',
  ),
  text('an entry of a number', () => '[1e999, -1, {"Config": 1e308}]'),
  files('layers that are not there', (size) =>
    one(config(), { Layers: Array.from({ length: 100_000 * size }, (_, at) => `${at}/layer.tar`) }),
  ),
  files('one layer many thousand times', (size) => {
    const { digest, stored } = makeLayer('a');
    const path = `${hexOf(digest)}.tar.gz`;
    return [
      { path, body: stored },
      ...one(config(), { Layers: Array.from({ length: 100_000 * size }, () => path) }),
    ];
  }),
  files('images that share everything', (size) => {
    const body = config();
    return [
      configFile(body),
      list(
        Array.from({ length: 20_000 * size }, (_, at) => ({
          Config: configFile(body).path,
          RepoTags: [`ghcr.io/bad/a${at}:1`],
          Layers: [],
        })),
      ),
    ];
  }),
  files('names without end', (size) =>
    one(config(), { RepoTags: Array.from({ length: 50_000 * size }, (_, at) => `ghcr.io/bad/a${at}:1`) }),
  ),
  files('names that are none', (size) =>
    one(config(), { RepoTags: Array.from({ length: 20_000 * size }, (_, at) => `A B ${at}`) }),
  ),
  files('one name of a megabyte', (size) =>
    one(config(), { RepoTags: [`ghcr.io/${'a/'.repeat(500_000 * size)}b:1`] }),
  ),
  files('a name with escapes', () => one(config(), { RepoTags: ['ghcr.io/\u001b[2J\u202e\u2028:1'] })),
  files('a descriptor in maps', (size) => {
    const deep = `${'{"a":'.repeat(3_000 * size)}1${'}'.repeat(3_000 * size)}`;
    const body = config({ rootfs: { diff_ids: ['sha256:x'] } });
    const source = `{"mediaType":"a","digest":"${digestOf('a')}","size":1,"x":${deep}}`;
    return [
      configFile(body),
      {
        path: 'manifest.json',
        body: `[{"Config":"${configFile(body).path}","RepoTags":["${NAME}"],"Layers":["a"],"LayerSources":{"sha256:x":${source}}}]`,
      },
    ];
  }),
  files('sizes that are none', () => {
    const layout = new LayoutBuilder();
    const bad = (size: unknown) => ({
      ...layout.put(OCI_MANIFEST, Buffer.from(JSON.stringify({ config: { size }, layers: [{ size }] }))),
      size,
    });
    return layout.files([-1, 1e308, 0.5].map((size) => ({ ...bad(size), size })));
  }),
  files('a config of lists', (size) =>
    one(
      Buffer.from(
        `{"architecture":"amd64","os":"linux","rootfs":{"diff_ids":[${'"",'.repeat(900_000 * size)}""]}}`,
      ),
      {},
    ),
  ),
  files('a config with a long PATH', (size) =>
    one(
      config({
        config: { Env: [`PATH=${'/a:'.repeat(500_000 * size)}`], Entrypoint: ['/a '.repeat(300_000)] },
      }),
      {},
    ),
  ),
  files('configs', (size) =>
    Array.from({ length: 60 * size }, (_, at) => configFile(config({ x: `${at}${'x'.repeat(2 << 20)}` }))),
  ),
  files('annotations of megabytes', (size) => {
    const layout = new LayoutBuilder();
    const index = { schemaVersion: 2, manifests: [], annotations: { a: 'x'.repeat((3 << 20) * size) } };
    return layout.files(
      Array.from({ length: 200 }, (_, at) =>
        named(layout.put(OCI_INDEX, Buffer.from(JSON.stringify(index))), `ghcr.io/bad/a${at}:1`),
      ),
    );
  }),
  files('indexes in indexes', () => indexTower(12, 1)),
  files('indexes that all list each other', (size) => indexTower(6, 12 * size)),
  files('an index of itself', () => {
    const layout = new LayoutBuilder();
    const entry = { mediaType: OCI_INDEX, digest: digestOf('x'), size: 1 };
    const body = JSON.stringify({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] });
    return [...layout.files([named(entry, NAME)]), { path: `blobs/sha256/${hexOf(entry.digest)}`, body }];
  }),
  files('one manifest under thousands of names', (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage(NAME, 'amd64'));
    return layout.files(
      Array.from({ length: 30_000 * size }, (_, at) => named(image, `ghcr.io/bad/a${at}:1`)),
    );
  }),
  files('attestations of attestations', (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage(NAME, 'amd64'));
    const attested = Array.from({ length: 2_000 * size }, () => layout.attestation(image.digest));
    return layout.files([named(image, NAME), ...attested]);
  }),
  files('referrers of one image', (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage(NAME, 'amd64'));
    const artifacts = Array.from({ length: 3_000 * size }, (_, at) => layout.referrer(image, `a/b${at}`));
    return layout.files([named(image, NAME), ...artifacts]);
  }),
  files('referrers of an image with thousands of names', (size) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage(NAME, 'amd64'));
    const names = Array.from({ length: 1_500 * size }, (_, at) => named(image, `ghcr.io/bad/a${at}:1`));
    const artifacts = Array.from({ length: 1_500 * size }, (_, at) => layout.referrer(image, `a/b${at}`));
    return layout.files([...names, ...artifacts]);
  }),
  files('layers in one manifest', (size) => {
    const layout = new LayoutBuilder();
    const blob = layout.put('application/vnd.oci.image.layer.v1.tar', makeLayer('a').tar);
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: layout.put('application/vnd.oci.image.config.v1+json', config()),
      layers: Array.from({ length: 15_000 * size }, () => blob),
    };
    return layout.files([named(layout.put(OCI_MANIFEST, Buffer.from(JSON.stringify(manifest))), NAME)]);
  }),
  files('links in a circle', (size) =>
    Array.from({ length: 5_000 * size }, (_, at) => ({
      path: `${at}/layer.tar`,
      type: 'symlink' as const,
      linkpath: `../${(at + 1) % (5_000 * size)}/layer.tar`,
    })),
  ),
  files('lists in many folders', (size) =>
    Array.from({ length: 2_000 * size }, (_, at) => ({ path: `f${at}/manifest.json`, body: '[]' })),
  ),
  layer('zeros', (size) => gzipSync(Buffer.alloc((200 << 20) * size))),
  layer('zeros in gzip in gzip', (size) => gzipSync(gzipSync(Buffer.alloc((200 << 20) * size)))),
  layer('zeros in zstd', (size) => zstdFrame(Buffer.alloc((8 << 20) * size))),
  layer('gzip members', (size) => Buffer.concat(Array.from({ length: 50_000 * size }, () => gzipSync('')))),
  layer('empty files', (size) =>
    gzipSync(
      Buffer.concat(
        Array.from({ length: 30_000 * size }, (_, at) => makeTar([{ path: `f${at}` }], { endBlocks: 0 })),
      ),
    ),
  ),
  layer('a chain of links', (size) => gzipSync(makeTar(links(20_000 * size))), {
    config: { Entrypoint: ['/usr/bin/l0'] },
  }),
  layer('links with long paths', (size) =>
    gzipSync(
      makeTar(
        Array.from({ length: 1_000 * size }, (_, at) => ({
          path: `usr/bin/l${at}`,
          type: 'symlink' as const,
          linkpath: `${'../a/'.repeat(800)}l${at + 1}`,
        })),
      ),
    ),
  ),
  layer('a link of 100,000 steps', () =>
    gzipSync(makeTar([{ path: 'bin', type: 'symlink', linkpath: `${'a/../'.repeat(100_000)}b` }])),
  ),
  layer('whiteouts', (size) =>
    gzipSync(makeTar(Array.from({ length: 10_000 * size }, (_, at) => ({ path: `a/b/c/d/.wh.f${at}` })))),
  ),
  layer('text that claims to be a program', (size) =>
    gzipSync(
      makeTar(
        Array.from({ length: 5_000 * size }, (_, at) => ({
          path: `bin/s${at}`,
          body: `#!${repeated(10, () => '/')}`,
        })),
      ),
    ),
  ),
];
