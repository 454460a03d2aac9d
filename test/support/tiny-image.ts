// Small genuine images for tests: config, one gzip layer, manifest, index.
import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { digestOf } from '../../core/content/digest.js';
import { encodeGoJson } from '../../core/content/go-json.js';
import { encodeIndex, rawManifest, type RawManifest } from '../../core/content/manifest.js';
import { OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import type { ImageTarget } from '../../core/ports/image-target.js';
import { tarOf } from './chart-archive.js';
import type { Cancellable } from '../../core/ports/cancellable.js';

export interface TinyImage {
  readonly architecture: string;
  readonly config: Buffer;
  readonly layer: Buffer;
  readonly manifest: RawManifest;
}

export function tinyImage(architecture: string, text: string): TinyImage {
  const tar = tarOf([['hello.txt', Buffer.from(text)]]);
  const layer = gzipSync(tar);
  const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
  const config = encodeGoJson({
    architecture,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [diffId] },
  });
  const bytes = encodeGoJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: { mediaType: OCI_CONFIG, size: config.length, digest: digestOf(config) },
    layers: [
      {
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        size: layer.length,
        digest: digestOf(layer),
      },
    ],
  });
  return { architecture, config, layer, manifest: rawManifest(bytes, OCI_MANIFEST) };
}

export function indexOf(images: readonly TinyImage[]): RawManifest {
  return encodeIndex(
    OCI_INDEX,
    images.map(({ architecture, manifest }) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform: { os: 'linux', architecture },
    })),
  );
}

/** Pushes blobs and children, then the index under the tag. */
export async function pushImages(
  target: ImageTarget,
  repository: string,
  tag: string,
  images: readonly TinyImage[],
  options: Cancellable,
): Promise<RawManifest> {
  for (const { config, layer, manifest } of images) {
    for (const blob of [config, layer]) {
      await target.putBlob(repository, digestOf(blob), blob.length, blob, options);
    }
    await target.putManifest(repository, manifest.digest, manifest, options);
  }
  const index = indexOf(images);
  await target.putManifest(repository, tag, index, options);
  return index;
}
