// An image for a tag of a target in memory, with its config in the target already.
import { digestOf } from '../../core/content/digest.js';
import { encodeDockerManifest } from '../../core/content/manifest.js';
import type { TagInput } from '../../core/run/tags/tag-writer.js';
import type { MemoryTarget } from './memory-target.js';

/** `config`: its JSON; what differs in it makes another image. */
export function tagInput(
  target: MemoryTarget,
  repository: string,
  config: { readonly os: string; readonly architecture: string; readonly content: string },
): TagInput {
  const bytes = Buffer.from(JSON.stringify(config));
  const digest = digestOf(bytes);
  target.blobs.set(`${repository}@${digest}`, bytes);
  const manifest = encodeDockerManifest({ digest, size: bytes.length }, []);
  const { os, architecture } = config;
  return {
    incoming: {
      platform: { os, architecture },
      descriptor: { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length },
      manifest,
      config: digest,
      created: null,
      version: 'v1.0.0',
      attestations: [],
    },
    attached: [],
    sources: [],
  };
}
