// The JSON lines of a record, one for each call of the visitor: how they are written and parsed.
import { z } from 'zod';
import {
  descriptorSchema,
  descriptorToJson,
  platformFromJson,
  platformToJson,
  type Descriptor,
} from '../../content/descriptor.js';
import { isDigest, type Digest } from '../../content/digest.js';
import type { RawManifest } from '../../content/manifest.js';
import { AppError } from '../../errors.js';
import { isErrorCode, type ErrorCode } from '../../messages/catalog.js';
import type { BundleContent, ChartFiles, PackageFacts, PackageImage } from './package-stream.js';

/** Must be raised when the lines change, or when a pass calls the visitor otherwise for the same package. */
export const RECORD_VERSION = 6;

const digest = z.custom<Digest>(isDigest, 'not a sha256 digest');
const bytes = z.string().transform((text) => Buffer.from(text, 'base64'));

const failure = z
  .object({
    code: z.custom<ErrorCode>(isErrorCode, 'an unknown code'),
    params: z.record(z.string(), z.union([z.string(), z.number()])),
    origin: z.enum(['package', 'registry', 'chart-repo', 'disk', 'config', 'app']),
    retryable: z.boolean(),
  })
  .transform(({ code, ...options }) => new AppError(code, options));

// a descriptor that was read keeps the JSON object that it was read from, because its bytes are written from it
const descriptor = z.union([
  z.object({ read: descriptorSchema }).transform(({ read }) => read),
  z.object({ made: descriptorSchema }).transform(({ made: { raw: _, ...fields } }): Descriptor => fields),
]);

const manifest = z.object({ mediaType: z.string(), digest, bytes }).transform((one): RawManifest => one);

const files = z
  .array(z.tuple([z.string(), bytes]))
  .transform((entries): ChartFiles => new Map<string, Buffer>(entries));

const image = z.object({
  names: z.array(z.string()),
  tags: z.array(z.string()),
  indexDigest: digest.nullable(),
  platform: z
    .object({
      os: z.string(),
      architecture: z.string(),
      variant: z.string().optional(),
      'os.version': z.string().optional(),
      'os.features': z.array(z.string()).optional(),
    })
    .transform(platformFromJson),
  created: z.string().nullable(),
  manifest,
  config: descriptor,
  configBytes: bytes,
  layers: z.array(descriptor),
  absentLayers: z.array(digest),
  attestations: z.array(z.object({ descriptor, manifest, blobs: z.array(descriptor) })),
  programs: z.object({
    verdict: z.enum(['right', 'mislabelled', 'unknown']),
    found: z.string().nullable(),
    example: z.string().nullable(),
  }),
  problem: failure.nullable(),
});

const bundle = z.number().int().nonnegative();

const line = z.discriminatedUnion('call', [
  z.object({ call: z.literal('bundleStart'), bundle, folder: z.string(), path: z.string() }),
  z.object({ call: z.literal('bundleHead'), bundle, hints: bytes.nullable(), chart: files.nullable() }),
  z.object({
    call: z.literal('blobProven'),
    bundle,
    digest,
    size: z.number().int().nonnegative(),
    problem: failure.nullable(),
  }),
  z.object({
    call: z.literal('bundleEnd'),
    bundle,
    /** `head`: the files that stood in this bundle's head. */
    chart: z.union([z.literal('head'), files]).nullable(),
    hints: bytes.nullable(),
    images: z.array(image),
    hasImages: z.boolean(),
    problem: failure.nullable(),
  }),
  z.object({
    call: z.literal('end'),
    sha512: z.string().nullable(),
    bytesRead: z.number().int().nonnegative(),
    notes: z.array(failure),
    yamlFiles: z.array(z.object({ path: z.string(), text: z.string() })),
  }),
]);

export type RecordLine = z.infer<typeof line>;

/** Parses one line. Throws a SyntaxError or ZodError for a damaged one; callers ignore the record then. */
export function parseRecordLine(text: string): RecordLine {
  return line.parse(JSON.parse(text));
}

/** Paths and contents (base64) of chart files; the inverse of its schema. */
export function filesToJson(chart: ChartFiles): unknown {
  return [...chart].map(([path, content]) => [path, bytesToJson(content)]);
}

/** Base64, or null. */
export function bytesToJson(content: Buffer | null): string | null {
  return content && content.toString('base64');
}

/** Code, origin, parameters and retryability of an error, or null. */
export function failureToJson(error: AppError | null): unknown {
  if (error === null) return null;
  const { code, params, origin, retryable } = error;
  return { code, params, origin, retryable };
}

/** The fields of a bundleEnd line except the chart. */
export function contentToJson(content: BundleContent): Record<string, unknown> {
  const { hints, images, hasImages, problem } = content;
  return {
    hints: bytesToJson(hints),
    images: images.map(imageToJson),
    hasImages,
    problem: failureToJson(problem),
  };
}

/** What was found out at the end of a package. */
export function factsToJson(facts: PackageFacts): Record<string, unknown> {
  const { sha512, bytesRead, notes, yamlFiles } = facts;
  return { sha512, bytesRead, notes: notes.map(failureToJson), yamlFiles };
}

function imageToJson(one: PackageImage): unknown {
  const { names, tags, indexDigest, created, programs } = one;
  return {
    names,
    tags,
    indexDigest,
    platform: platformToJson(one.platform),
    created,
    manifest: manifestToJson(one.manifest),
    config: descriptorLine(one.config),
    configBytes: bytesToJson(one.configBytes),
    layers: one.layers.map(descriptorLine),
    absentLayers: one.absentLayers,
    attestations: one.attestations.map((attached) => ({
      descriptor: descriptorLine(attached.descriptor),
      manifest: manifestToJson(attached.manifest),
      blobs: attached.blobs.map(descriptorLine),
    })),
    programs,
    problem: failureToJson(one.problem),
  };
}

function manifestToJson(one: RawManifest): unknown {
  return { mediaType: one.mediaType, digest: one.digest, bytes: bytesToJson(one.bytes) };
}

function descriptorLine(one: Descriptor): unknown {
  return one.raw ? { read: one.raw } : { made: descriptorToJson(one) };
}
