// The list at the begin of a package that `archbridge pack` wrote: its bundles, their images, and where each byte lies.
import { z } from 'zod';
import { descriptorSchema, descriptorToJson, type Descriptor } from '../../content/descriptor.js';
import { hexOf, isDigest, type Digest } from '../../content/digest.js';
import { parseBoundedJson, parseJson } from '../../content/json-text.js';
import { damaged } from '../bytes/damage.js';
import type { ProgramsFinding } from '../programs/programs.js';

/** Path of the list: the first file of a pack. */
export const PACK_LIST = 'archbridge-pack.json';
/** Annotation of index.json with the digest of the list, so that the end of the file proves the list at its begin. */
export const LIST_DIGEST = 'dev.archbridge.pack.digest';
/** Annotation of an image with the digest of the index that held it in the package that it came from. */
export const FORMER_INDEX = 'dev.archbridge.index.digest';
/** Annotation of an image with what its programs are for: a delta lacks layers by which its reader would find that out. */
export const PROGRAMS = 'dev.archbridge.programs';
/** The lists of the largest packages known, with their charts file by file, have less than a tenth of it. */
const LIST_BYTES = 64 << 20;

export interface PackedFile {
  /** Path inside the chart. */
  readonly path: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

export interface PackedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** One chart with its images, of all packages that brought it; or the images of an archive without a chart. */
export interface PackedBundle {
  /** Name of the package folder (`addon`, `community`); '' at the top. */
  readonly folder: string;
  /** Path inside the package that it came from. */
  readonly path: string;
  /** Folder of the chart's files in the pack: `charts/addon/almanac-23.0.0`; '' without a chart. */
  readonly at: string;
  /** In the order of the package; null for a bundle without a chart. */
  readonly chart: readonly PackedFile[] | null;
  readonly hints: PackedBlob | null;
  /** False when the bundle was saved without images. */
  readonly hasImages: boolean;
  /** One descriptor for each image and name, as an OCI layout's index.json has them, and one for each attestation. */
  readonly images: readonly Descriptor[];
  /** Manifests, configs and layers that lie behind the chart in the pack; those of earlier bundles are not repeated. */
  readonly blobs: readonly PackedBlob[];
}

/** A blob that images of a delta need and that the delta leaves out. */
export interface AbsentBlob extends PackedBlob {
  /** References of images of the earlier version that have it: their repositories may hold it. */
  readonly images: readonly string[];
  /** Repositories of the site that held it when its inventory was made. */
  readonly repositories: readonly string[];
  /** What the earlier version is called: a package's file name. */
  readonly from: readonly string[];
}

export interface PackList {
  readonly schema: 'archbridge.pack/1';
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly arch: string;
    readonly sha512: string | null;
  }[];
  /** What a delta was made against; empty for a whole package. */
  readonly since: readonly {
    readonly kind: 'package' | 'report' | 'inventory';
    readonly name: string;
  }[];
  readonly bundles: readonly PackedBundle[];
  readonly absent: readonly AbsentBlob[];
}

const digest = z.custom<Digest>(isDigest, 'not a sha256 digest');
const blob = z.object({ digest, size: z.number().int().nonnegative() });

const programsSchema = z.object({
  verdict: z.enum(['right', 'mislabelled', 'unknown']),
  found: z.string().nullable(),
  example: z.string().nullable(),
});

const schema = z.object({
  schema: z.literal('archbridge.pack/1'),
  packages: z.array(
    z.object({ name: z.string(), version: z.string(), arch: z.string(), sha512: z.string().nullable() }),
  ),
  since: z.array(z.object({ kind: z.enum(['package', 'report', 'inventory']), name: z.string() })),
  bundles: z.array(
    z.object({
      folder: z.string(),
      path: z.string(),
      at: z.string(),
      chart: z.array(blob.extend({ path: z.string() })).nullable(),
      hints: blob.nullable(),
      hasImages: z.boolean(),
      images: z.array(descriptorSchema),
      blobs: z.array(blob),
    }),
  ),
  absent: z.array(
    blob.extend({
      images: z.array(z.string()),
      repositories: z.array(z.string()),
      from: z.array(z.string()),
    }),
  ),
});

/** The list of these bytes. Throws `package.damaged`, named after the package's file. */
export function parsePackList(bytes: Buffer, file: string): PackList {
  let json: unknown;
  try {
    json = parseBoundedJson(bytes);
  } catch (error) {
    throw damaged(file, PACK_LIST, 0, error instanceof Error ? error.message : 'not JSON', error);
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(file, PACK_LIST, 0, `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a list'}`);
}

/** What the list says of the programs of an image; null where it says nothing. */
export function programsIn({ annotations }: Descriptor): ProgramsFinding | null {
  return programsSchema.safeParse(parseJson(annotations?.[PROGRAMS] ?? '')).data ?? null;
}

/** The largest list that is read, in bytes. */
export function listLimit(): number {
  return LIST_BYTES;
}

/** The bytes of the list; the same list always gives the same. */
export function encodePackList(list: PackList): Buffer {
  const bundles = list.bundles.map((bundle) => ({
    ...bundle,
    images: bundle.images.map(descriptorToJson),
  }));
  return Buffer.from(`${JSON.stringify({ ...list, bundles }, null, 1)}\n`);
}

/** Path of a blob in the pack, as in every OCI layout. */
export function blobPath(digest: Digest): string {
  return `blobs/sha256/${hexOf(digest)}`;
}

/** Path of the hints of a bundle. */
export function hintsPath({ at }: Pick<PackedBundle, 'at'>): string {
  return `${at}.hints.yaml`;
}

/** The paths of a pack in the order in which its reader needs them, whatever a folder's own order is. */
export function pathsInOrder({ bundles }: PackList): readonly string[] {
  const ofBundle = (bundle: PackedBundle): readonly string[] => [
    ...(bundle.hints ? [hintsPath(bundle)] : []),
    ...(bundle.chart ?? []).map(({ path }) => `${bundle.at}/${path}`),
    ...bundle.blobs.map((one) => blobPath(one.digest)),
  ];
  return [PACK_LIST, ...bundles.flatMap(ofBundle)];
}
