// What hosts ask of the engine: which packages and charts, which policies, how the work is done.
import type { Plan } from './plan.js';
import type { ChangePolicy, ChartChangePolicy, Selection } from './policies.js';
import type { Credentials, TargetSpec } from './target.js';

export interface InspectRequest {
  readonly packages: readonly string[];
  /** Expected SHA-512: hex, a `hash  name` line, or a file that holds one. */
  readonly sha512?: string;
  /** Do not trust the inspect cache. */
  readonly reread?: boolean;
  /** False: the programs inside images are not looked at (`--no-programs`). */
  readonly programs?: boolean;
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
  /** Exactly this plan (`--plan`): a tag or chart that has changed since stops the run before its first write. */
  readonly plan?: Plan;
  /** Prove every tag and chart of the run in the end (`--verify`); the report then holds the proof. */
  readonly verify?: boolean;
  /** Push journal and report beside the images as a small OCI artifact. */
  readonly receipt?: boolean;
}

/** What `import` with the same fields would do. */
export type PlanRequest = Omit<ImportRequest, 'plan' | 'verify' | 'receipt'>;

/** Packages against each other and, where one is named, against a target. */
export type CompareRequest = Omit<PlanRequest, 'target'> & {
  readonly target?: TargetSpec;
  /** A source or target reference: this one image in detail. */
  readonly image?: string;
};

/** What to prove: packages or a run, exactly one of them. */
export interface VerifyRequest {
  readonly packages?: readonly string[];
  /** Id of a run, or the start of one, or `latest`. */
  readonly run?: string;
  readonly target: TargetSpec;
  readonly selection?: Selection;
  /** Hash the content of every blob instead of comparing sizes. */
  readonly full?: boolean;
  /** Read as a node would: without credentials, or with those of another account. */
  readonly pullAs?: 'anonymous' | Credentials;
  /** Globs of charts that were left untouched on purpose: their images may lie elsewhere. */
  readonly keepCharts?: readonly string[];
  readonly requirePlatforms?: readonly string[];
  readonly reread?: boolean;
}

export interface AuditRequest {
  readonly target: TargetSpec;
  /** Platforms that the nodes use; absent: what the site's multi-arch tags have in common, or all that occur where there are none. */
  readonly requirePlatforms?: readonly string[];
}

export interface UndoRequest {
  /** Ids of runs, or unambiguous starts of them, or `latest`. */
  readonly runs: readonly string[];
  readonly target: TargetSpec;
  /** `[folder/]NAME[@VERSION]` globs: only these charts and the tags of their images. */
  readonly only?: readonly string[];
  /** Also tags and charts that somebody changed after the run. */
  readonly force?: boolean;
}

export interface RunsRequest {
  /** Also the receipts that lie there. */
  readonly target?: TargetSpec;
  /** Only runs into this target: part of its location. */
  readonly location?: string;
  /** Only runs that began at this time or later (ISO 8601, a date alone is enough). */
  readonly since?: string;
}
