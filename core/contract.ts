// What every host (CLI, app, web) shares with the engine: requests, events and results, all plain JSON.
import type { Problem } from './errors.js';

export type { Problem } from './errors.js';

/** What crosses a process: a value or a problem, never a thrown Error. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

export type Language = 'en' | 'zh-CN';

// ---------------------------------------------------------------- target

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface ChartRepositorySpec {
  /** Folder of the package that goes here; absent: every folder. */
  readonly folder?: string;
  /** `http(s)://…`, `oci://…` or a folder on disk; `{repo}` stands for the package folder's name. */
  readonly url: string;
  readonly kind?: 'chartmuseum' | 'harbor' | 'jfrog';
}

/** A target as a host describes it; it may hold secrets, so it is never logged or stored. */
export interface TargetSpec {
  /** A folder target's directory, or a registry's URL (a host alone means https). */
  readonly store?: string;
  readonly registry?: string;
  /** Absent with a registry: `oci://<registry host>/{repo}`. */
  readonly charts?: readonly ChartRepositorySpec[];
  readonly noCharts?: boolean;
  readonly noImages?: boolean;
  readonly naming?: {
    readonly containerRegistry?: string;
    readonly containerPrefixRegistry?: string;
    readonly containerRepository?: string;
    readonly containerPrefixRepository?: string;
    readonly appendOriginRegistry?: boolean;
    readonly mirror?: boolean;
  };
  readonly credentials?: Credentials;
  readonly chartCredentials?: Credentials;
  /** Further hosts that may be contacted: `host` or `host:port` (token realm, storage redirects). */
  readonly allowHosts?: readonly string[];
}

// ---------------------------------------------------------------- requests

/** `[folder/]NAME[@VERSION]` globs of charts, `--image` globs and platforms. */
export interface Selection {
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly images?: readonly string[];
  readonly platforms?: readonly string[];
}

export type ChangePolicy = 'newer' | 'replace' | 'keep' | 'stop';
export type ChartChangePolicy = 'auto' | 'replace' | 'keep' | 'stop';

export interface InspectRequest {
  readonly packages: readonly string[];
  /** Expected SHA-512: hex, a `hash  name` line, or a file that holds one. */
  readonly sha512?: string;
  /** Do not trust the inspect cache. */
  readonly reread?: boolean;
}

export interface ImportRequest {
  readonly packages: readonly string[];
  readonly target: TargetSpec;
  readonly selection?: Selection;
  readonly onChange?: ChangePolicy;
  readonly onChartChange?: ChartChangePolicy;
  /** Globs of charts that stay untouched. */
  readonly keepCharts?: readonly string[];
  readonly allowMislabelled?: boolean;
  readonly acceptUnproven?: boolean;
  /** Platforms that every image must have in the end. */
  readonly requirePlatforms?: readonly string[];
  readonly sha512?: string;
  readonly reread?: boolean;
  /** Uploads at a time. */
  readonly concurrency?: number;
  /** Bytes per second over all uploads. */
  readonly limitRate?: number;
  readonly passes?: number;
}

// ---------------------------------------------------------------- inventory

export interface InventoryLayer {
  readonly digest: string;
  readonly bytes: number;
}

export interface InventoryImage {
  readonly source: string;
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  readonly mediaType: string;
  readonly created: string | null;
  readonly programs: string;
  readonly bytes: number;
  readonly layers: readonly InventoryLayer[];
  /** Package folder and chart that brought the image; '' without one. */
  readonly repo: string;
  readonly chart: string;
  readonly problem: Problem | null;
}

export interface InventoryChart {
  readonly repo: string;
  readonly name: string;
  readonly version: string;
  /** Canonical references. */
  readonly images: readonly string[];
  readonly problems: readonly Problem[];
}

export interface InventoryPackage {
  readonly path: string;
  readonly name: string;
  readonly family: string;
  readonly version: string;
  readonly arch: string;
  readonly bytes: number;
  readonly sha512: string | null;
  readonly checksum: 'ok' | 'mismatch' | 'unknown';
  readonly charts: readonly InventoryChart[];
  readonly images: readonly InventoryImage[];
  readonly problems: readonly Problem[];
}

export interface Inventory {
  readonly schema: 'archbridge.inventory/1';
  readonly packages: readonly InventoryPackage[];
  readonly problems: readonly Problem[];
}

// ---------------------------------------------------------------- report

export type ImageAction =
  'push' | 'promote' | 'add' | 'replace' | 'repair' | 'keep' | 'skip' | 'conflict' | 'blocked' | 'failed';
export type ChartAction = 'publish' | 'replace' | 'keep' | 'skip' | 'conflict' | 'blocked' | 'failed';

/** What a tag held or holds. */
export interface TagSummary {
  readonly digest: string;
  readonly mediaType: string;
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
  readonly digest: string;
  readonly config: string;
  readonly action: ImageAction;
  readonly reason: string;
  /** File name of the package that brought it. */
  readonly package: string;
  readonly before: TagSummary | null | 'unreadable';
  readonly after: TagSummary | null | 'unreadable';
  readonly problem: Problem | null;
}

export interface ReportChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: ChartAction;
  readonly digest: string | null;
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

export interface ReportTarget {
  readonly kind: 'folder' | 'registry';
  /** Directory or registry URL. */
  readonly location: string;
  readonly charts: readonly string[];
}

export interface Report {
  readonly schema: 'archbridge.report/1';
  readonly run: string;
  readonly result: 'done' | 'partial' | 'failed' | 'cancelled';
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ended: string;
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget;
  readonly images: readonly ReportImage[];
  readonly charts: readonly ReportChart[];
  /** Platform to how many of the run's tags have it now. */
  readonly coverage: Readonly<Record<string, { readonly present: number; readonly total: number }>>;
  readonly totals: ReportTotals;
  /** Options that weaken safety, by their names on the command line. */
  readonly weakened: readonly string[];
  readonly problems: readonly Problem[];
}

export interface RunSummary {
  readonly run: string;
  readonly started: string;
  readonly ended: string | null;
  readonly result: Report['result'] | 'interrupted';
  readonly target: string;
  readonly packages: readonly string[];
  readonly images: number;
  readonly charts: number;
}

// ---------------------------------------------------------------- events

/** Progress as data; at most ten `progress` events a second. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly target: string;
      readonly packages: readonly ReportPackage[];
    }
  | { readonly type: 'pass-started'; readonly pass: number; readonly package: string; readonly bytes: number }
  | {
      readonly type: 'progress';
      readonly pass: number;
      /** Of the package being read. */
      readonly bytesRead: number;
      readonly bytesTotal: number;
      readonly bytesSent: number;
      readonly bytesSkipped: number;
      /** Chart or image being worked on. */
      readonly current: string;
    }
  | { readonly type: 'stage'; readonly stage: 'connect' | 'read' | 'tags' | 'charts' | 'sweep' | 'done' }
  | {
      readonly type: 'image';
      readonly target: string;
      readonly platform: string;
      readonly action: ImageAction;
      readonly reason: string;
    }
  | {
      readonly type: 'chart';
      readonly url: string;
      readonly name: string;
      readonly version: string;
      readonly action: ChartAction;
    }
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'run-ended'; readonly run: string; readonly result: Report['result'] };

export interface CommandOptions {
  /** Aborting it cancels; a cancelled run still answers with its report. */
  readonly signal: AbortSignal;
  readonly onEvent?: (event: RunEvent) => void;
}

/** The engine as hosts see it. */
export interface Engine {
  inspect(request: InspectRequest, options: CommandOptions): Promise<Result<Inventory>>;
  /** Answers a report whenever the run began, whatever became of it; a problem when nothing was begun. */
  import(request: ImportRequest, options: CommandOptions): Promise<Result<Report>>;
  runs(options: CommandOptions): Promise<Result<readonly RunSummary[]>>;
  report(run: string, options: CommandOptions): Promise<Result<Report>>;
}
