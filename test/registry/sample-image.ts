// A tiny image for the tests of this folder.
import { randomBytes } from 'node:crypto';
import { digestOf } from '../../core/content/digest.js';
import { dockerLayer, encodeDockerManifest, type RawManifest } from '../../core/content/manifest.js';
import type { RegistryTarget } from '../../core/registry/registry-target.js';

export interface SampleImage {
  readonly config: Buffer;
  readonly layer: Buffer;
  readonly manifest: RawManifest;
}

/** Unique bytes each time. */
export function sampleImage(architecture = 'amd64'): SampleImage {
  const layer = randomBytes(2_000);
  const diffId = digestOf(layer);
  const config = Buffer.from(
    JSON.stringify({ architecture, os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [diffId] } }),
  );
  const manifest = encodeDockerManifest({ digest: digestOf(config), size: config.length }, [
    dockerLayer(digestOf(layer), layer.length),
  ]);
  return { config, layer, manifest };
}

/** Sends blobs, then the manifest under `reference`. */
export async function pushSample(
  target: RegistryTarget,
  repository: string,
  reference: string,
  image: SampleImage,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  for (const bytes of [image.config, image.layer]) {
    await target.putBlob(repository, digestOf(bytes), bytes.length, bytes, options);
  }
  await target.putManifest(repository, reference, image.manifest, options);
}

/** The bytes in chunks, as a stream that can be read once. */
export async function* streamOf(
  bytes: Uint8Array,
  chunk = 1_000,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
}
