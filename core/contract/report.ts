// What a run did: the value of `import`, `undo` and `report`, and the lines of the history.
import type { Problem } from '../errors.js';
import type { Shard } from './policies.js';
import type { Proof } from './proof.js';
import type { ReportTarget } from './target.js';

export type ImageAction =
  'push' | 'promote' | 'add' | 'replace' | 'repair' | 'keep' | 'skip' | 'conflict' | 'blocked' | 'failed';
export type ChartAction = 'publish' | 'replace' | 'keep' | 'skip' | 'conflict' | 'blocked' | 'failed';

/** What a tag held or holds. */
export interface TagSummary {
  readonly digest: string;
  readonly mediaType: string;
  /** `linux/amd64`; with a version of the operating system `windows/amd64 (10.0.17763)`. */
  readonly platforms: readonly string[];
}

/** One row per target tag and platform. */
export interface ReportImage {
  readonly source: string;
  /** Every spelling of the source. */
  readonly sources: readonly string[];
  /** `host/repo:tag`. */
  readonly target: string;
  readonly platform: string;
  /** Version of the operating system, which Windows images have; absent where there is none. */
  readonly osVersion?: string;
  readonly digest: string;
  readonly config: string;
  readonly action: ImageAction;
  readonly reason: string;
  /** File name of the package that brought the image. */
  readonly package: string;
  /** Version of that package; '' when unknown. */
  readonly version: string;
  readonly before: TagSummary | null | 'unreadable';
  readonly after: TagSummary | null | 'unreadable';
  readonly problem: Problem | null;
}

export interface ReportChart {
  /** Folder of the package that held the chart. */
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: ChartAction;
  /** `not-selected`: skipped because none of its images is selected; `not-reached`: the run ended before; '' for any other. */
  readonly reason: string;
  readonly digest: string | null;
  /** Digest of the archive that was replaced; null where there was none. The state folder keeps its bytes. */
  readonly before: string | null;
  readonly problem: Problem | null;
}

export interface ReportTotals {
  readonly bytesRead: number;
  readonly bytesSent: number;
  readonly chartBytesSent: number;
  readonly bytesMounted: number;
  readonly bytesSkipped: number;
  readonly seconds: number;
  readonly passes: number;
  readonly retries: number;
  readonly peakMemoryBytes: number;
}

export interface ReportPackage {
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly arch: string;
  readonly bytes: number;
  readonly sha512: string | null;
}

export interface ReportAuthor {
  readonly user: string;
  readonly host: string;
  readonly version: string;
}

/** Journal and report of a run as a small OCI artifact in the target. */
export interface ReportReceipt {
  /** `host/repo:tag`. */
  readonly reference: string;
  readonly digest: string;
}

export interface Report {
  readonly schema: 'archbridge.report/1';
  readonly run: string;
  readonly kind: 'import' | 'undo' | 'prune';
  /** The runs that were undone; empty for an import and a prune. */
  readonly undoes: readonly string[];
  /** The part of the packages' bundles that this run imported; absent: all. */
  readonly shard?: Shard;
  /** Who ran it: account, computer, and version of Archbridge. */
  readonly by: ReportAuthor;
  readonly result: 'done' | 'partial' | 'failed' | 'cancelled';
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget;
  readonly images: readonly ReportImage[];
  readonly charts: readonly ReportChart[];
  /** For each platform: how many of the run's tags have it now. */
  readonly coverage: Readonly<Record<string, { readonly present: number; readonly total: number }>>;
  readonly totals: ReportTotals;
  /** Options that weaken safety, by their names on the command line. */
  readonly weakened: readonly string[];
  /** The proof that was made at the end of the run; null without `--verify`. */
  readonly proof: Proof | null;
  /** Null without `--receipt`, or when the receipt could not be written. */
  readonly receipt: ReportReceipt | null;
  readonly problems: readonly Problem[];
}

export interface RunSummary {
  readonly run: string;
  readonly kind: Report['kind'];
  readonly undoes: readonly string[];
  readonly shard?: Shard;
  /** Where the journal lies: on this computer, or as a receipt in the target. */
  readonly at: 'here' | 'target';
  readonly user: string;
  readonly started: string;
  readonly ended: string | null;
  readonly result: Report['result'] | 'interrupted';
  readonly target: string;
  readonly packages: readonly string[];
  readonly images: number;
  readonly charts: number;
  /** What is still to be done, as `openItems` counts it; 0 for an undo and a prune. */
  readonly gaps: number;
}
