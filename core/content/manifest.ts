// Image manifests and indexes: reads those of other tools without losing fields, writes those of Archbridge with defined bytes.
// https://github.com/opencontainers/image-spec/blob/main/manifest.md
// https://github.com/opencontainers/image-spec/blob/main/image-index.md
import { z } from 'zod';
import { optional } from './absent.js';
import { descriptorSchema, descriptorToJson, type Descriptor } from './descriptor.js';
import { digestOf, type Digest } from './digest.js';
import { encodeGoJson } from './go-json.js';
import { indexEntrySchema, refuseOtherSpelling, type IndexEntry } from './index-entry.js';
import { parseBoundedJson } from './json-text.js';
import {
  DOCKER_CONFIG,
  DOCKER_LAYER,
  DOCKER_MANIFEST,
  isImageManifestType,
  isIndexType,
} from './media-types.js';

/** A manifest or index as its bytes; the digest is that of the bytes. */
export interface RawManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** One image for one platform. */
export interface ImageManifest {
  readonly kind: 'manifest';
  readonly mediaType: string;
  readonly config: Descriptor;
  /** The base layer first; the same layer may occur several times. */
  readonly layers: readonly Descriptor[];
}

/** An index (OCI) or manifest list (Docker). */
export interface ImageIndex {
  readonly kind: 'index';
  readonly mediaType: string;
  /** All entries, in their order. */
  readonly entries: readonly IndexEntry[];
  /** Those of the entries that are descriptors with a SHA-256 digest. */
  readonly manifests: readonly Descriptor[];
}

/** Anything else that a tag can hold: Docker's schema 1, artifacts of unknown media types, broken JSON. */
export interface NotAnImage {
  readonly kind: 'other';
  readonly mediaType: string;
  /** True for an index or an image manifest in a form that is not read here. Other programs may read it. */
  readonly isUnsupported: boolean;
  readonly reason: string;
}

const manifestSchema = z.looseObject({
  schemaVersion: optional(z.number()),
  mediaType: optional(z.string()),
  config: descriptorSchema,
  layers: optional(z.array(descriptorSchema)),
});

const indexSchema = z
  .looseObject({
    schemaVersion: optional(z.number()),
    mediaType: optional(z.string()),
    manifests: optional(z.array(indexEntrySchema)),
  })
  .superRefine((index, context) => {
    refuseOtherSpelling(index, ['manifests'], context);
  });

/** The manifest of these bytes, with their digest. */
export function rawManifest(bytes: Buffer, mediaType: string): RawManifest {
  return { mediaType, digest: digestOf(bytes), bytes };
}

const LINE_END = '\n'.charCodeAt(0);

/** How many digests one manifest can have, see {@link spellings}. */
const SPELLINGS = 4;

/** The same manifest under another digest: JSON may have line ends behind it. */
export function respelled({ bytes, mediaType }: RawManifest): RawManifest {
  return rawManifest(Buffer.concat([bytes, Buffer.of(LINE_END)]), mediaType);
}

/** The manifest, and the ways to write it again where a registry cannot store its bytes, see {@link respelled}. */
export function spellings(manifest: RawManifest): readonly RawManifest[] {
  const all = [manifest];
  for (let last = manifest; all.length < SPELLINGS; all.push(last)) last = respelled(last);
  return all;
}

/** True where both are the same manifest, in whatever {@link spellings}. */
export function isSameManifest(a: RawManifest, b: RawManifest): boolean {
  return withoutLineEnds(a.bytes).equals(withoutLineEnds(b.bytes));
}

function withoutLineEnds(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === LINE_END) end -= 1;
  return bytes.subarray(0, end);
}

/**
 * Reads manifest bytes. The media type is the one in the body, or (OCI bodies may leave it out) `contentType`, normally the HTTP header.
 * Never throws: what is neither an image nor an index comes back as `other` with the reason, in English.
 */
export function parseManifest(bytes: Buffer, contentType: string): ImageManifest | ImageIndex | NotAnImage {
  const type = contentType.split(';', 1)[0]?.trim() ?? '';
  let json: unknown;
  try {
    json = parseBoundedJson(bytes);
  } catch {
    return { kind: 'other', mediaType: type, isUnsupported: isKnownType(type), reason: 'not JSON' };
  }
  const own = z.looseObject({ mediaType: z.string() }).safeParse(json).data?.mediaType ?? '';
  const mediaType = [own, type].find(isKnownType) ?? (own || type);
  if (isIndexType(mediaType)) {
    const index = indexSchema.safeParse(json);
    if (!index.success)
      return { kind: 'other', mediaType, isUnsupported: true, reason: firstIssue(index.error) };
    const entries = index.data.manifests ?? [];
    return { kind: 'index', mediaType, entries, manifests: entries.flatMap((one) => one.descriptor ?? []) };
  }
  if (isImageManifestType(mediaType)) {
    const manifest = manifestSchema.safeParse(json);
    if (!manifest.success)
      return { kind: 'other', mediaType, isUnsupported: true, reason: firstIssue(manifest.error) };
    const { config, layers } = manifest.data;
    return { kind: 'manifest', mediaType, config, layers: layers ?? [] };
  }
  const isUnsupported = z.looseObject({ manifests: z.array(z.unknown()) }).safeParse(json).success;
  return { kind: 'other', mediaType, isUnsupported, reason: `media type ${mediaType || 'unknown'}` };
}

function isKnownType(mediaType: string): boolean {
  return isIndexType(mediaType) || isImageManifestType(mediaType);
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : error.message;
}

/**
 * The Docker schema 2 manifest of an image whose original manifest is not in the package, byte for byte as Docker and
 * charts-syncer push it: zero layers are `null`, layers keep the descriptors that they are given.
 */
export function encodeDockerManifest(
  config: { readonly digest: Digest; readonly size: number },
  layers: readonly Descriptor[],
): RawManifest {
  const bytes = encodeGoJson({
    schemaVersion: 2,
    mediaType: DOCKER_MANIFEST,
    config: { mediaType: DOCKER_CONFIG, size: config.size, digest: config.digest },
    layers: layers.length === 0 ? null : layers.map(descriptorToJson),
  });
  return rawManifest(bytes, DOCKER_MANIFEST);
}

/** The descriptor of a stored layer in a regenerated manifest. Its media type is the same whatever the compression is. */
export function dockerLayer(digest: Digest, size: number): Descriptor {
  return { mediaType: DOCKER_LAYER, digest, size };
}

/** An index with these children in this order. The same arguments always give the same bytes. */
export function encodeIndex(mediaType: string, manifests: readonly Descriptor[]): RawManifest {
  const bytes = encodeGoJson({ schemaVersion: 2, mediaType, manifests: manifests.map(descriptorToJson) });
  return rawManifest(bytes, mediaType);
}
