// The types of journal lines, and the function that parses a line.
import { z } from 'zod';
import { isDigest, type Digest } from '../content/digest.js';
import type {
  ChartAction,
  ImageAction,
  Problem,
  Proof,
  Report,
  ReportAuthor,
  ReportChart,
  ReportImage,
  ReportPackage,
  ReportReceipt,
  ReportTarget,
  ReportTotals,
  Shard,
  TagSummary,
} from '../contract.js';

/** The `place` of a folder's list of images in `name-list` lines. For lists of charts it is the URL of the repository. */
export const IMAGE_NAMES = 'images';

/** One line of the journal. Every line carries the time at which it was written. */
export type JournalEntry =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly version: string;
      /** Account and computer. It and the two fields after it are missing in journals of version 0.1. */
      readonly by?: Pick<ReportAuthor, 'user' | 'host'>;
      readonly kind?: Report['kind'];
      readonly undoes?: readonly string[];
      /** Patterns of the charts that an undo was limited to. */
      readonly only?: readonly string[];
      readonly target: ReportTarget;
      readonly packages: readonly ReportPackage[];
      /** The part of the packages' bundles that the run imports; absent: all. */
      readonly shard?: Shard;
      readonly weakened: readonly string[];
    }
  | { readonly type: 'package-read'; readonly package: string; readonly sha512: string | null }
  /** References in the target of the images that a chart names; written after its package was read. */
  | {
      readonly type: 'chart-images';
      readonly repo: string;
      readonly name: string;
      readonly version: string;
      readonly images: readonly string[];
    }
  /** The file that lists the names of a folder target, before the run's first write. Its bytes are kept as lists/<hex>. */
  | {
      readonly type: 'name-list';
      /** {@link IMAGE_NAMES}, or the URL of a chart repository. */
      readonly place: string;
      /** SHA-256 in hex; null when there was no file. */
      readonly before: string | null;
    }
  /** A blob or manifest that was stored in a folder target and was not there before. */
  | { readonly type: 'blob-stored'; readonly digest: Digest }
  /** Written right before the tag is, so that an undo knows what the tag held, also when the run ends here. */
  | TagWriting
  /** Written right before the chart is, for the same reason. */
  | ChartWriting
  | (ReportImage & {
      readonly type: 'image';
      readonly repository: string;
      readonly tag: string;
    })
  | (ChartRow & { readonly type: 'chart' })
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'run-ended'; readonly result: Report['result']; readonly totals: ReportTotals }
  /** What `--verify` read back after the run. */
  | { readonly type: 'proof'; readonly proof: Proof }
  /** Written last when a receipt was pushed, or when the journal itself was fetched from a receipt (`fetched`). */
  | (ReportReceipt & { readonly type: 'receipt'; readonly fetched?: boolean });

export interface TagWriting {
  readonly type: 'tag-writing';
  readonly target: string;
  readonly before: TagSummary | null;
  /** Digest of the new manifest; null where an undo removes the tag. */
  readonly next: string | null;
}

export interface ChartWriting {
  readonly type: 'chart-writing';
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  /** As `before` in {@link ChartRow}. */
  readonly before: string | null;
  /** Digest of the archive; null where an undo removes the chart. */
  readonly next: string | null;
}

/** The outcome for a chart in one repository, and what an undo restores. */
export interface ChartRow extends ReportChart {
  /** SHA-256 in hex of the archive that was replaced and is kept as charts/<hex>.tgz; null when none was. */
  readonly before: string | null;
}

export type TimedEntry = JournalEntry & { readonly time: string };

/** Parses a line; null when it is incomplete, or of a type that this version does not know. */
export function parseJournalLine(line: string): TimedEntry | null {
  if (line.trim() === '') return null;
  try {
    return entrySchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function keys<T extends string>(all: Readonly<Record<T, true>>): readonly T[] {
  return Object.keys(all).filter((key): key is T => key in all);
}

const text = z.string();
const texts = z.array(text).readonly();
const absentOrText = text.nullable();
const count = z.number();

const problem: z.ZodType<Problem> = z.looseObject({
  code: text,
  params: z.record(text, z.union([text, count])),
  message: text,
  hint: text,
  origin: z.enum(['package', 'registry', 'chart-repo', 'disk', 'config', 'app']),
  retryable: z.boolean(),
});

const result: z.ZodType<Report['result']> = z.enum(['done', 'partial', 'failed', 'cancelled']);
const tagSummary: z.ZodType<TagSummary> = z.looseObject({ digest: text, mediaType: text, platforms: texts });
const tagState = z.union([tagSummary, z.null(), z.literal('unreadable')]);

const target: z.ZodType<ReportTarget> = z.looseObject({
  kind: z.enum(['folder', 'registry']),
  location: text,
  charts: texts,
});

const reportPackage: z.ZodType<ReportPackage> = z.looseObject({
  path: text,
  name: text,
  version: text,
  arch: text,
  bytes: count,
  sha512: absentOrText,
});

const totals: z.ZodType<ReportTotals> = z.looseObject({
  bytesRead: count,
  bytesSent: count,
  chartBytesSent: count,
  bytesMounted: count,
  bytesSkipped: count,
  seconds: count,
  passes: count,
  retries: count,
  peakMemoryBytes: count,
});

/** Every action of an image row. */
export const IMAGE_ACTIONS = keys<ImageAction>({
  push: true,
  promote: true,
  add: true,
  replace: true,
  repair: true,
  keep: true,
  skip: true,
  conflict: true,
  blocked: true,
  failed: true,
});
const chartActions = keys<ChartAction>({
  publish: true,
  replace: true,
  keep: true,
  skip: true,
  conflict: true,
  blocked: true,
  failed: true,
});

const time = { time: text };
const chart = { repo: text, url: text, name: text, version: text };

const entrySchema: z.ZodType<TimedEntry> = z.discriminatedUnion('type', [
  z.looseObject({
    ...time,
    type: z.literal('run-started'),
    run: text,
    version: text,
    by: z.looseObject({ user: text, host: text }).exactOptional(),
    kind: z.enum(['import', 'undo', 'prune']).exactOptional(),
    undoes: texts.exactOptional(),
    only: texts.exactOptional(),
    target,
    packages: z.array(reportPackage).readonly(),
    shard: z.looseObject({ index: count, count }).exactOptional(),
    weakened: texts,
  }),
  z.looseObject({ ...time, type: z.literal('package-read'), package: text, sha512: absentOrText }),
  z.looseObject({
    ...time,
    type: z.literal('chart-images'),
    repo: text,
    name: text,
    version: text,
    images: texts,
  }),
  z.looseObject({ ...time, type: z.literal('name-list'), place: text, before: absentOrText }),
  z.looseObject({
    ...time,
    type: z.literal('blob-stored'),
    digest: z.custom<Digest>(isDigest),
  }),
  z.looseObject({
    ...time,
    type: z.literal('tag-writing'),
    target: text,
    before: tagSummary.nullable(),
    next: absentOrText,
  }),
  z.looseObject({
    ...time,
    type: z.literal('chart-writing'),
    ...chart,
    before: absentOrText,
    next: absentOrText,
  }),
  z.looseObject({
    ...time,
    type: z.literal('image'),
    source: text,
    sources: texts,
    target: text,
    repository: text,
    tag: text,
    platform: text,
    osVersion: text.exactOptional(),
    digest: text,
    config: text,
    action: z.enum(IMAGE_ACTIONS),
    reason: text,
    package: text,
    version: text,
    before: tagState,
    after: tagState,
    problem: problem.nullable(),
  }),
  z.looseObject({
    ...time,
    type: z.literal('chart'),
    ...chart,
    action: z.enum(chartActions),
    // journals of former versions have none
    reason: text.default(''),
    digest: absentOrText,
    before: absentOrText,
    problem: problem.nullable(),
  }),
  z.looseObject({ ...time, type: z.literal('problem'), problem }),
  z.looseObject({ ...time, type: z.literal('run-ended'), result, totals }),
  // a document of its own that is passed on as it is
  z.looseObject({
    ...time,
    type: z.literal('proof'),
    proof: z.custom<Proof>((value) => typeof value === 'object' && value !== null),
  }),
  z.looseObject({
    ...time,
    type: z.literal('receipt'),
    reference: text,
    digest: text,
    fetched: z.boolean().exactOptional(),
  }),
]);
