// The image config: the only place that says for which platform an image was built, and how it is run.
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
  const parsed = schema.safeParse(jsonOf(bytes));
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

/** How a container of the image is run. Lists and texts are empty where the config says nothing. */
export interface RuntimeConfig {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, in the order of the config. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  /** `8080/tcp`. */
  readonly ports: readonly string[];
}

// a field that says it in some other way counts as saying nothing, and takes no other field with it
const texts = z.array(z.string()).nullish().catch(null);
const text = z.string().nullish().catch(null);
const runtimeSchema = z.looseObject({
  Entrypoint: texts,
  Cmd: texts,
  Env: texts,
  Labels: z.record(z.string(), z.string()).nullish().catch(null),
  User: text,
  WorkingDir: text,
  ExposedPorts: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const configSchema = z.looseObject({ config: runtimeSchema.nullish() });

/** Reads the same bytes as {@link parseImageConfig}; null when they are no config. */
export function parseRuntimeConfig(bytes: Buffer): RuntimeConfig | null {
  const parsed = configSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return null;
  const config = parsed.data.config ?? {};
  return {
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    env: config.Env ?? [],
    labels: config.Labels ?? {},
    user: config.User ?? '',
    workingDir: config.WorkingDir ?? '',
    ports: Object.keys(config.ExposedPorts ?? {}).sort(),
  };
}

/** Undefined, which no schema takes, when the bytes are no JSON. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
