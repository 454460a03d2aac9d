// Descriptors: media type, digest and size of a blob or manifest, by which a manifest or an index refers to it.
// https://github.com/opencontainers/image-spec/blob/main/descriptor.md
import { z } from 'zod';
import { optional, optionalTexts } from './absent.js';
import { isDigest, type Digest } from './digest.js';
import { normalPlatform, type Platform } from './platform.js';

export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  /** The JSON object as it was read, with the fields that Archbridge does not know. It is written again unchanged. */
  readonly raw?: Readonly<Record<string, unknown>>;
}

export const ATTESTATION_TYPE = 'vnd.docker.reference.type';
export const ATTESTATION_SUBJECT = 'vnd.docker.reference.digest';

const text = z.string();
/** A platform as index entries have it; {@link platformFromJson} makes one of it. */
export const platformSchema = z.looseObject({
  os: optional(text),
  architecture: optional(text),
  variant: optional(text),
  'os.version': optional(text),
  'os.features': optional(z.array(text.nullable())),
});

const shape = z.looseObject({
  mediaType: text,
  digest: z.custom<Digest>(isDigest, 'not a sha256 digest'),
  size: z.number().int().nonnegative(),
  urls: optional(z.array(text)),
  annotations: optionalTexts,
  platform: optional(platformSchema),
});

/** Reads a descriptor of any manifest or index. `raw` is the object that was read itself, so that its fields keep their order. */
export const descriptorSchema = z.looseObject({}).transform((_, context): Descriptor => {
  const parsed = shape.safeParse(context.value);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) context.addIssue({ ...issue });
    return z.NEVER;
  }
  const { mediaType, digest, size, urls, annotations, platform } = parsed.data;
  return {
    mediaType,
    digest,
    size,
    ...(urls ? { urls } : {}),
    ...(annotations ? { annotations } : {}),
    ...(platform ? { platform: platformFromJson(platform) } : {}),
    raw: context.value,
  };
});

/**
 * A platform from the JSON names of image configs and index entries (`os.version`, `os.features`), in the spelling of
 * {@link normalPlatform}. Empty texts count as absent; `os` and `architecture` are '' then.
 */
export function platformFromJson(json: {
  os?: string | undefined;
  architecture?: string | undefined;
  variant?: string | undefined;
  'os.version'?: string | undefined;
  'os.features'?: readonly (string | null)[] | undefined;
}): Platform {
  const osFeatures = (json['os.features'] ?? []).filter((feature) => feature !== null);
  return normalPlatform({
    os: json.os ?? '',
    architecture: json.architecture ?? '',
    ...(json.variant ? { variant: json.variant } : {}),
    ...(json['os.version'] ? { osVersion: json['os.version'] } : {}),
    ...(osFeatures.length > 0 ? { osFeatures } : {}),
  });
}

/** The reverse of {@link platformFromJson}, in the order in which Go writes the fields. */
export function platformToJson(platform: Platform): Record<string, unknown> {
  return {
    architecture: platform.architecture,
    os: platform.os,
    'os.version': platform.osVersion,
    'os.features': platform.osFeatures,
    variant: platform.variant,
  };
}

/**
 * The JSON object for a descriptor: what was read, unchanged, or else the known fields in ggcr's order
 * (mediaType, size, digest, urls, annotations, platform), absent ones omitted.
 */
export function descriptorToJson(descriptor: Descriptor): Record<string, unknown> {
  if (descriptor.raw) return descriptor.raw;
  return {
    mediaType: descriptor.mediaType,
    size: descriptor.size,
    digest: descriptor.digest,
    urls: descriptor.urls,
    annotations: descriptor.annotations,
    platform: descriptor.platform && platformToJson(descriptor.platform),
  };
}

/** True for the index entry of an attestation manifest, which describes another entry and is no image for a platform. */
export function isAttestation(descriptor: Descriptor): boolean {
  return descriptor.annotations?.[ATTESTATION_TYPE] === 'attestation-manifest';
}

/** The hosts of all `urls` of the descriptors, each once, as a text for messages; '' when there are none. */
export function urlHosts(descriptors: readonly Descriptor[]): string {
  const urls = descriptors.flatMap((one) => one.urls ?? []);
  return [...new Set(urls.map((url) => (URL.canParse(url) ? new URL(url).host : url)))].join(', ');
}
