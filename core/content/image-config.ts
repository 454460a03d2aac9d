// The image config: it alone says for which platform an image was built and how its container is run.
// https://github.com/opencontainers/image-spec/blob/main/config.md
import { z } from 'zod';
import { optional, optionalTexts } from './absent.js';
import { platformFromJson } from './descriptor.js';
import { parseJson } from './json-text.js';
import type { Platform } from './platform.js';

export interface ImageConfig {
  /** Empty `os` or `architecture` where the config does not say. */
  readonly platform: Platform;
  /** ISO 8601 as written, or null when absent, unreadable, or a fixed date of a reproducible build (1970, 1980). */
  readonly created: string | null;
  /** Digests of the uncompressed layers as written, base first, one for each layer; null where the config does not list them. */
  readonly diffIds: readonly string[] | null;
}

const schema = z.looseObject({
  os: optional(z.string()),
  architecture: optional(z.string()),
  variant: optional(z.string()),
  'os.version': optional(z.string()),
  'os.features': optional(z.array(z.string())),
  created: optional(z.string()),
  rootfs: optional(z.looseObject({ diff_ids: optional(z.array(z.string())) })),
});

/** Reads a config; null when the bytes are not the JSON of one. */
export function parseImageConfig(bytes: Buffer): ImageConfig | null {
  const parsed = schema.safeParse(parseJson(bytes.toString('utf8')));
  if (!parsed.success) return null;
  const config = parsed.data;
  return {
    platform: platformFromJson(config),
    created: knownTime(config.created ?? null),
    diffIds: config.rootfs?.diff_ids ?? null,
  };
}

/** Reproducible builds give every image the date 1970-01-01 or 1980-01-01, which does not tell which build is newer. */
function knownTime(created: string | null): string | null {
  if (created === null) return null;
  const time = Date.parse(created);
  if (Number.isNaN(time)) return null;
  const year = new Date(time).getUTCFullYear();
  return year <= 1970 || year === 1980 ? null : created;
}

/** How a container of the image is run. Lists and texts are empty where the config does not set them. */
export interface RuntimeConfig {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** `NAME=value`, in the order of the config. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly user: string;
  readonly workingDir: string;
  /** As `8080/tcp`, sorted. */
  readonly ports: readonly string[];
}

// A field of an unexpected kind counts as absent, so that the other fields can still be read.
const texts = optional(z.array(z.string())).catch(undefined);
const text = optional(z.string()).catch(undefined);
const runtimeSchema = z.looseObject({
  Entrypoint: texts,
  Cmd: texts,
  Env: texts,
  Labels: optionalTexts.catch(undefined),
  User: text,
  WorkingDir: text,
  ExposedPorts: optional(z.record(z.string(), z.unknown())).catch(undefined),
});
const configSchema = z.looseObject({ config: optional(runtimeSchema) });

/** Reads the same bytes as {@link parseImageConfig}; null when they are not the JSON of a config. */
export function parseRuntimeConfig(bytes: Buffer): RuntimeConfig | null {
  const parsed = configSchema.safeParse(parseJson(bytes.toString('utf8')));
  if (!parsed.success) return null;
  const { config } = parsed.data;
  return {
    entrypoint: config?.Entrypoint ?? [],
    command: config?.Cmd ?? [],
    env: config?.Env ?? [],
    labels: config?.Labels ?? {},
    user: config?.User ?? '',
    workingDir: config?.WorkingDir ?? '',
    ports: Object.keys(config?.ExposedPorts ?? {}).sort(),
  };
}

const historySchema = z.looseObject({
  history: z.array(z.looseObject({ created_by: text, empty_layer: optional(z.boolean()).catch(undefined) })),
});

/**
 * The command that made each layer, base first, as the history of the config tells it; steps that made no layer are left out.
 * Empty when there is no history.
 * @see https://github.com/opencontainers/image-spec/blob/main/config.md#properties (history)
 */
export function parseLayerCommands(bytes: Buffer): readonly string[] {
  const parsed = historySchema.safeParse(parseJson(bytes.toString('utf8')));
  if (!parsed.success) return [];
  return parsed.data.history.filter((step) => step.empty_layer !== true).map((step) => step.created_by ?? '');
}
