// Builds small packages in every form that can be read: tar archives, bundles, docker-archives, OCI layouts. The bytes are always
// the same.
import { gzipSync } from 'node:zlib';
import { zstdFrame } from './zstd-frame.js';
import { digestOf, hexOf, type Digest } from '../../core/content/digest.js';

// ---------------------------------------------------------------- tar

export interface TarFile {
  readonly path: string;
  readonly body?: Buffer | string;
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'global';
  readonly linkpath?: string;
  /** How a name, link or size is written: by default only where it does not fit the header field. */
  readonly style?: 'pax' | 'gnu';
  /** Further PAX records. */
  readonly pax?: Readonly<Record<string, string>>;
  /** Content of the size field; by default the true size. */
  readonly sizeField?: number;
}

const FLAGS = { file: '0', link: '1', symlink: '2', directory: '5', global: 'g' } as const;

export function makeTar(files: readonly TarFile[], options: { readonly endBlocks?: number } = {}): Buffer {
  const blocks = files.flatMap((file) => tarEntry(file));
  return Buffer.concat([...blocks, Buffer.alloc(512 * (options.endBlocks ?? 2))]);
}

function tarEntry(file: TarFile): Buffer[] {
  const body = Buffer.from(file.body ?? '');
  const flag = FLAGS[file.type ?? 'file'];
  const link = file.linkpath ?? '';
  const long = Buffer.byteLength(file.path) > 100 || Buffer.byteLength(link) > 100;
  const before: Buffer[] = [];
  const records = { ...file.pax };
  if (file.style === 'gnu') {
    before.push(...tarBlocks('././@LongLink', Buffer.from(`${file.path}\0`), 'L', ''));
    if (link) before.push(...tarBlocks('././@LongLink', Buffer.from(`${link}\0`), 'K', ''));
  } else if (file.style === 'pax' || long) {
    records['path'] = file.path;
    if (link) records['linkpath'] = link;
    if (file.sizeField !== undefined) records['size'] = String(body.length);
  }
  if (Object.keys(records).length > 0)
    before.push(...tarBlocks('PaxHeaders/x', paxRecords(records), 'x', ''));
  return [...before, ...tarBlocks(file.path, body, flag, link, file.sizeField)];
}

export function paxRecords(records: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(records).map(([key, value]) => {
      const rest = ` ${key}=${value}\n`;
      let length = Buffer.byteLength(rest) + 1;
      while (String(length).length + Buffer.byteLength(rest) !== length) length++;
      return Buffer.from(`${length}${rest}`);
    }),
  );
}

function tarBlocks(path: string, body: Buffer, flag: string, link: string, size = body.length): Buffer[] {
  const header = Buffer.alloc(512);
  Buffer.from(path).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(flag, 156);
  Buffer.from(link).copy(header, 157, 0, 100);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, body, Buffer.alloc((512 - (body.length % 512)) % 512)];
}

// ---------------------------------------------------------------- images

export interface TestLayer {
  /** Uncompressed. */
  readonly tar: Buffer;
  /** As the archive holds it. */
  readonly stored: Buffer;
  readonly digest: Digest;
  readonly diffId: Digest;
}

export function makeLayer(text: string, form: 'gzip' | 'plain' | 'zstd' = 'gzip'): TestLayer {
  const tar = makeTar([{ path: 'etc/motd', body: text }]);
  const stored = form === 'gzip' ? gzipSync(tar) : form === 'zstd' ? zstdFrame(tar) : tar;
  return { tar, stored, digest: digestOf(stored), diffId: digestOf(tar) };
}

function isZstd({ stored }: TestLayer): boolean {
  return stored.readUInt32BE(0) === 0x28b52ffd;
}

export interface TestImage {
  /** RepoTags; null for an image that is named by digest only. */
  readonly names: readonly string[] | null;
  readonly config: Buffer;
  readonly architecture: string;
  readonly layers: readonly TestLayer[];
}

export function makeImage(
  name: string | readonly string[] | null,
  architecture: string,
  layers: readonly TestLayer[] = [makeLayer(`${String(name)} ${architecture}`)],
): TestImage {
  const config = Buffer.from(
    JSON.stringify({
      architecture,
      os: 'linux',
      created: '2023-07-02T08:00:00Z',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
    }),
  );
  return { names: typeof name === 'string' ? [name] : name, config, architecture, layers };
}

// ---------------------------------------------------------------- docker-archive

export type ArchiveStyle = 'ggcr' | 'docker-save' | 'skopeo';

/** The files of a docker-archive as ggcr, docker save up to 24, or skopeo write them. */
export function dockerArchiveFiles(
  images: readonly TestImage[],
  style: ArchiveStyle = 'ggcr',
): readonly TarFile[] {
  const files: TarFile[] = [];
  const written = new Set<string>();
  const add = (file: TarFile): void => {
    if (!written.has(file.path)) files.push(file);
    written.add(file.path);
  };
  const entries = images.map((image) => {
    const hex = hexOf(digestOf(image.config));
    const config = style === 'ggcr' ? `sha256:${hex}` : `${hex}.json`;
    // ggcr writes a config before its layers, and again for each image that shares it
    if (style === 'ggcr') files.push({ path: config, body: image.config });
    const names = image.layers.map((layer, index) => {
      const id = hexOf(digestOf(`${hex} ${index}`));
      if (style === 'ggcr') {
        add({ path: `${hexOf(layer.digest)}.tar.gz`, body: layer.stored });
        return `${hexOf(layer.digest)}.tar.gz`;
      }
      if (style === 'docker-save') {
        add({ path: `${id}/VERSION`, body: '1.0' });
        add({ path: `${id}/json`, body: '{}' });
        add({ path: `${id}/layer.tar`, body: layer.tar });
        return `${id}/layer.tar`;
      }
      add({ path: `${hexOf(layer.diffId)}.tar`, body: layer.tar });
      files.push({ path: `${id}/layer.tar`, type: 'symlink', linkpath: `../${hexOf(layer.diffId)}.tar` });
      return `${hexOf(layer.diffId)}.tar`;
    });
    if (style !== 'ggcr') add({ path: config, body: image.config });
    return { Config: config, RepoTags: image.names, Layers: names };
  });
  return [...files, { path: 'manifest.json', body: JSON.stringify(entries) }];
}

export function makeDockerArchive(images: readonly TestImage[], style: ArchiveStyle = 'ggcr'): Buffer {
  return makeTar(dockerArchiveFiles(images, style));
}

// ---------------------------------------------------------------- OCI layout

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

export interface JsonDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The blobs of a layout, to be filled beginning with the layers. */
/** The config of a signature. https://github.com/sigstore/cosign/blob/main/pkg/oci/mutate/mutate.go */
const NO_PLATFORM = {
  architecture: '',
  os: '',
  created: '0001-01-01T00:00:00Z',
  rootfs: { diff_ids: ['sha256:x'] },
};

export class LayoutBuilder {
  readonly #blobs = new Map<Digest, Buffer>();

  put(mediaType: string, bytes: Buffer): JsonDescriptor {
    this.#blobs.set(digestOf(bytes), bytes);
    return { mediaType, digest: digestOf(bytes), size: bytes.length };
  }

  image(image: TestImage): JsonDescriptor {
    const config = this.put('application/vnd.oci.image.config.v1+json', image.config);
    const layers = image.layers.map((layer) =>
      this.put(
        `application/vnd.oci.image.layer.v1.tar${layer.stored === layer.tar ? '' : isZstd(layer) ? '+zstd' : '+gzip'}`,
        layer.stored,
      ),
    );
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
    return {
      ...this.put(OCI_MANIFEST, Buffer.from(JSON.stringify(manifest))),
      platform: { os: 'linux', architecture: image.architecture },
    };
  }

  attestation(subject: Digest): JsonDescriptor {
    const config = this.put('application/vnd.oci.image.config.v1+json', Buffer.from('{"os":"unknown"}'));
    const statement = Buffer.from(JSON.stringify({ _type: 'https://in-toto.io/Statement/v0.1', subject }));
    const layers = [this.put('application/vnd.in-toto+json', statement)];
    const manifest = { schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers };
    return {
      ...this.put(OCI_MANIFEST, Buffer.from(JSON.stringify(manifest))),
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: {
        'vnd.docker.reference.type': 'attestation-manifest',
        'vnd.docker.reference.digest': subject,
      },
    };
  }

  /** A manifest with the config type of images, as cosign and BuildKit write for what they attach; one layer of JSON for each type. */
  artifact(types: readonly string[], config: object = NO_PLATFORM): JsonDescriptor {
    const layers = types.map((type) => this.put(type, Buffer.from(`{"of":"${type}"}`)));
    const body = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: this.put('application/vnd.oci.image.config.v1+json', Buffer.from(JSON.stringify(config))),
      layers,
    };
    return this.put(OCI_MANIFEST, Buffer.from(JSON.stringify(body)));
  }

  /** An artifact that names its image itself, as oras and cosign 3 write it. https://github.com/opencontainers/image-spec/blob/main/manifest.md */
  referrer({ mediaType, digest, size }: JsonDescriptor, type: string): JsonDescriptor {
    const body = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: type,
      config: this.put('application/vnd.oci.empty.v1+json', Buffer.from('{}')),
      layers: [this.put(type, Buffer.from(`{"of":"${type}"}`))],
      subject: { mediaType, digest, size },
    };
    return this.put(OCI_MANIFEST, Buffer.from(JSON.stringify(body)));
  }

  index(manifests: readonly JsonDescriptor[]): JsonDescriptor {
    const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
    return this.put(OCI_INDEX, Buffer.from(JSON.stringify(index)));
  }

  without(digest: Digest): this {
    this.#blobs.delete(digest);
    return this;
  }

  bytes(digest: Digest): Buffer {
    const bytes = this.#blobs.get(digest);
    if (!bytes) throw new Error(`no blob ${digest}`);
    return bytes;
  }

  files(manifests: readonly JsonDescriptor[], indexAt: 'first' | 'last' = 'last'): readonly TarFile[] {
    const index = { path: 'index.json', body: JSON.stringify({ schemaVersion: 2, manifests }) };
    const blobs = [...this.#blobs].map(([digest, body]) => ({ path: `blobs/sha256/${hexOf(digest)}`, body }));
    const layout = { path: 'oci-layout', body: '{"imageLayoutVersion":"1.0.0"}' };
    return indexAt === 'first' ? [layout, index, ...blobs] : [...blobs, index, layout];
  }
}

export function named(descriptor: JsonDescriptor, name: string): JsonDescriptor {
  const annotations = { ...descriptor.annotations, 'io.containerd.image.name': name };
  return { ...descriptor, annotations };
}

/** A layout with one named index per name. */
export function makeOciLayout(
  images: readonly TestImage[],
  indexAt: 'first' | 'last' = 'last',
): readonly TarFile[] {
  const layout = new LayoutBuilder();
  const names = new Set(images.map((image) => image.names?.[0] ?? ''));
  const top = [...names].map((name) => {
    const same = images.filter((image) => (image.names?.[0] ?? '') === name);
    return named(layout.index(same.map((image) => layout.image(image))), name);
  });
  return layout.files(top, indexAt);
}

// ---------------------------------------------------------------- bundles and packages

export interface TestBundle {
  readonly hints: string | null;
  readonly chart: Readonly<Record<string, string>>;
  /** The bytes of images.tar; null for a bundle without images. */
  readonly images: Buffer | null;
}

export function makeChart(name: string, version = '1.0.0'): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n`,
    'values.yaml': `image:\n  registry: ghcr.io\n  repository: ${name}/app\n  tag: ${version}\n`,
    'templates/app.yaml': 'image: "{{ .Values.image.registry }}"\n',
  };
}

/** The files of a bundle in charts-syncer's order: hints, chart, images. */
export function bundleFiles(bundle: TestBundle, folder = ''): readonly TarFile[] {
  return [
    ...(bundle.hints === null ? [] : [{ path: `${folder}hints.yaml`, body: bundle.hints }]),
    ...Object.entries(bundle.chart).map(([path, body]) => ({
      path: `${folder}original-chart/${path}`,
      body,
    })),
    ...(bundle.images === null ? [] : [{ path: `${folder}images.tar`, body: bundle.images }]),
  ];
}

export function makeBundle(bundle: TestBundle, folder = ''): Buffer {
  return makeTar(bundleFiles(bundle, folder));
}

/** A bundle of the given name with one image per architecture of `images`. */
export function tinyBundle(name: string, images: readonly TestImage[]): TestBundle {
  return {
    hints: '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n',
    chart: makeChart(name),
    images: makeDockerArchive(images),
  };
}

/** A package as the vendor ships it: a gzip-compressed tar. */
export function makePackage(files: readonly TarFile[]): Buffer {
  return gzipSync(makeTar(files));
}
