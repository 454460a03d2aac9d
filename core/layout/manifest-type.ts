// Tells the media type of a manifest from its bytes, because an OCI layout stores no media type with a blob.
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { MANIFEST_TYPES, OCI_INDEX, OCI_MANIFEST } from '../content/media-types.js';

const shape = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: optional(z.string()),
  manifests: optional(z.array(z.unknown())),
  config: optional(z.looseObject({ mediaType: z.string() })),
});

/**
 * The media type in a manifest's own `mediaType` field. OCI makes that field optional; without it, an object with `manifests` is an OCI
 * index and one with `config` an OCI manifest. Null for every other blob.
 * https://github.com/opencontainers/image-spec/blob/main/manifest.md#image-manifest-property-descriptions
 */
export function manifestTypeOf(bytes: Uint8Array): string | null {
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return null;
  }
  const parsed = shape.safeParse(json);
  if (!parsed.success) return null;
  const { mediaType, manifests, config } = parsed.data;
  if (mediaType !== undefined) return MANIFEST_TYPES.find((known) => known === mediaType) ?? null;
  if (manifests) return OCI_INDEX;
  return config ? OCI_MANIFEST : null;
}
