// The image config: the only place that says for which platform an image was built.
// https://github.com/opencontainers/image-spec/blob/main/config.md
import { z } from 'zod';
import { platformFromJson } from './descriptor.js';
import { isDigest, type Digest } from './digest.js';
import type { Platform } from './platform.js';

export interface ImageConfig {
  /** Empty `os` or `architecture` where the config does not say. */
  readonly platform: Platform;
  /** ISO 8601 as written, or null when absent, unreadable, or a fixed date of a reproducible build (1970, 1980). */
  readonly created: string | null;
  /** Digests of the uncompressed layers, base first. */
  readonly diffIds: readonly Digest[];
}

const schema = z.looseObject({
  os: z.string().default(''),
  architecture: z.string().default(''),
  variant: z.string().optional(),
  'os.version': z.string().optional(),
  'os.features': z.array(z.string()).nullish(),
  created: z.string().nullish(),
  rootfs: z.looseObject({ diff_ids: z.array(z.string()).nullish() }).nullish(),
});

/** Reads a config; null when it is not the JSON of one. */
export function parseImageConfig(bytes: Buffer): ImageConfig | null {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) return null;
  const config = parsed.data;
  return {
    platform: platformFromJson({ ...config, 'os.features': config['os.features'] ?? undefined }),
    created: knownTime(config.created ?? null),
    diffIds: (config.rootfs?.diff_ids ?? []).filter(isDigest),
  };
}

/** Reproducible builds date everything 1970-01-01 or 1980-01-01: that says nothing about which build is newer. */
function knownTime(created: string | null): string | null {
  if (created === null) return null;
  const time = Date.parse(created);
  if (Number.isNaN(time)) return null;
  const year = new Date(time).getUTCFullYear();
  return year <= 1970 || year === 1980 ? null : created;
}
