// A receipt: journal, report and former content of a run as an OCI artifact in the target, so that other computers can use them.
// https://github.com/opencontainers/image-spec/blob/main/manifest.md#guidelines-for-artifact-usage
import { z } from 'zod';
import { packChart, unpackChart } from '../chart/files/archive.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { ChartFiles } from '../chart/types.js';
import { descriptorSchema, type Descriptor } from '../content/descriptor.js';
import { digestOf, type Digest } from '../content/digest.js';
import { encodeGoJson } from '../content/go-json.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import { OCI_INDEX, OCI_MANIFEST } from '../content/media-types.js';
import type { ImageTarget } from '../ports/image-target.js';

export const RECEIPT_TYPE = 'application/vnd.archbridge.run.v1+json';
const JOURNAL_TYPE = 'application/vnd.archbridge.journal.v1+jsonl';
const REPORT_TYPE = 'application/vnd.archbridge.report.v1+json';
/** Former manifests, charts and lists of names, as they lie beside the journal, in a tar. */
const FORMER_TYPE = 'application/vnd.archbridge.former.v1.tar+gzip';
const EMPTY_CONFIG = 'application/vnd.oci.empty.v1+json';
const TITLE = 'org.opencontainers.image.title';
const CREATED = 'org.opencontainers.image.created';

/** Bytes; `ImageTarget.getBlob` reads no larger blobs. */
const MOST_LAYER_BYTES = 8 * 1024 * 1024;
/** Bytes of the files in one archive before compression; even if they do not shrink, the layer stays below its limit. */
const PART_BYTES = 7 * 1024 * 1024;
const MOST_PARTS = 5;
/** Bytes on disk that the former content of one receipt may have. */
export const MOST_FORMER_BYTES = PART_BYTES * MOST_PARTS;

/** Ids of runs; the tag of a receipt is the id of its run. */
const RUN_ID = /^\d{8}T\d{9}-[0-9a-f]{6}$/;

/** True for the id of a run; ids become tags and folder names. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/**
 * The repositories for receipts, in the order in which they are tried. They follow from the target's description alone, so that
 * another computer finds them: below the prefix that images get, if there is one; else `archbridge/receipts`, and for a Harbor
 * without a project `archbridge` the project `library`, which every Harbor has.
 */
export function receiptRepositories(
  { kind }: Pick<ImageTarget, 'kind'>,
  rules: NamingRules,
): readonly string[] {
  if (kind === 'folder') return ['archbridge/receipts'];
  const { containerPrefixRegistry, containerRepository, containerPrefixRepository } = rules;
  const [, ...path] = (containerPrefixRegistry ?? '').split('/');
  const own = containerPrefixRegistry
    ? rules.appendOriginRegistry
      ? undefined
      : containerRepository
    : (containerRepository ?? containerPrefixRepository);
  const prefix = [...path, own ?? ''].join('/').replace(/^\/+|\/+$/g, '');
  return prefix === '' || rules.mirror
    ? ['archbridge/receipts', 'library/archbridge-receipts']
    : [`${prefix}/archbridge-receipts`];
}

export interface ReceiptParts {
  readonly started: string;
  /** The lines of the journal as they were written. */
  readonly journal: Buffer;
  readonly report: Buffer;
  /** Former content by path: `manifests/<hex>`, `charts/<hex>.tgz`, `lists/<hex>`. */
  readonly former: ChartFiles;
}

export interface EncodedReceipt {
  readonly manifest: RawManifest;
  readonly blobs: ReadonlyMap<Digest, Buffer>;
  /** Files with former content that are too large for a receipt. */
  readonly leftOut: readonly string[];
  /** False when the journal or the report is too large. */
  readonly fits: boolean;
}

/** The manifest and blobs of a receipt; the same parts give the same bytes. */
export function encodeReceipt({ started, journal, report, former }: ReceiptParts): EncodedReceipt {
  const blobs = new Map<Digest, Buffer>();
  const descriptorOf = (mediaType: string, bytes: Buffer, title?: string): Record<string, unknown> => {
    const digest = digestOf(bytes);
    blobs.set(digest, bytes);
    const named = title === undefined ? {} : { annotations: { [TITLE]: title } };
    return { mediaType, digest, size: bytes.length, ...named };
  };
  const { parts, leftOut } = inParts(former);
  const manifest = encodeGoJson({
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    artifactType: RECEIPT_TYPE,
    config: descriptorOf(EMPTY_CONFIG, Buffer.from('{}')),
    layers: [
      descriptorOf(JOURNAL_TYPE, journal, 'journal.jsonl'),
      descriptorOf(REPORT_TYPE, report, 'report.json'),
      ...parts.map((files, at) =>
        descriptorOf(FORMER_TYPE, packChart('former', files), `former-${at + 1}.tar.gz`),
      ),
    ],
    annotations: { [CREATED]: started },
  });
  return {
    manifest: rawManifest(manifest, OCI_MANIFEST),
    blobs,
    leftOut,
    fits: Math.max(journal.length, report.length) <= MOST_LAYER_BYTES,
  };
}

/** Sorts files into groups of limited size, in the order of their names. */
function inParts(files: ChartFiles): {
  readonly parts: readonly ChartFiles[];
  readonly leftOut: readonly string[];
} {
  const parts: Map<string, Buffer>[] = [];
  const leftOut: string[] = [];
  let room = 0;
  for (const [name, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (bytes.length > room) {
      if (bytes.length > PART_BYTES || parts.length === MOST_PARTS) {
        leftOut.push(name);
        continue;
      }
      parts.push(new Map());
      room = PART_BYTES;
    }
    parts.at(-1)?.set(name, bytes);
    room -= bytes.length;
  }
  return { parts, leftOut };
}

/** An index of one receipt, for targets whose names lead to indexes. */
export function indexOfReceipt({ digest, bytes }: RawManifest): RawManifest {
  const manifests = [{ mediaType: OCI_MANIFEST, digest, size: bytes.length, artifactType: RECEIPT_TYPE }];
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, artifactType: RECEIPT_TYPE, manifests };
  return rawManifest(encodeGoJson(index), OCI_INDEX);
}

const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  artifactType: z.literal(RECEIPT_TYPE),
  layers: z.array(descriptorSchema),
});
const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  artifactType: z.literal(RECEIPT_TYPE),
  manifests: z.array(descriptorSchema).length(1),
});

export interface ReceiptLayers {
  readonly journal: Descriptor;
  readonly former: readonly Descriptor[];
}

/** The layers of a receipt's manifest; null when it is no receipt, or larger than any that Archbridge writes. */
export function parseReceipt({ bytes }: RawManifest): ReceiptLayers | null {
  const layers = manifestSchema.safeParse(jsonOf(bytes)).data?.layers ?? [];
  const [journal, second] = layers.filter(({ mediaType }) => mediaType === JOURNAL_TYPE);
  const former = layers.filter(({ mediaType }) => mediaType === FORMER_TYPE);
  const fits = layers.every(({ size }) => size <= MOST_LAYER_BYTES) && former.length <= MOST_PARTS;
  return journal && !second && fits ? { journal, former } : null;
}

/** The digest of the receipt in an index of {@link indexOfReceipt}; null for any other. */
export function receiptInIndex({ bytes }: RawManifest): Digest | null {
  return indexSchema.safeParse(jsonOf(bytes)).data?.manifests[0]?.digest ?? null;
}

function jsonOf(bytes: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return value;
  } catch {
    return null;
  }
}

const FORMER_NAME =
  /^(?:manifests\/([0-9a-f]{64})|lists\/([0-9a-f]{64})|charts\/([0-9a-f]{64})\.tgz|charts\/[0-9a-f]{64}\.(?:tgz\.prov|manifest|config))$/;

/** True for a file that may lie beside a journal: its path is one of the expected kinds, and its bytes match the digest in it. */
export function isFormerFile(name: string, bytes: Buffer): boolean {
  const match = FORMER_NAME.exec(name);
  if (!match) return false;
  const hex = match[1] ?? match[2] ?? match[3];
  return hex === undefined || digestOf(bytes) === `sha256:${hex}`;
}

/** The files with former content in an archive; null when any other file is in it. Throws for bytes that are no archive or too large. */
export function unpackFormer(archive: Buffer): ChartFiles | null {
  const files = unpackChart(archive);
  return [...files].every(([name, bytes]) => isFormerFile(name, bytes)) ? files : null;
}
