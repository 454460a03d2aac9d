// What hosts ask of the engine: which packages and charts, which policies, how the work is done.
import type { Plan } from './plan.js';
import type { ChangePolicy, ChartChangePolicy, CreateProjects, Selection } from './policies.js';
import type { Credentials, TargetSpec } from './target.js';

export interface InspectRequest {
  readonly packages: readonly string[];
  /** Expected SHA-512: hex, a `hash  name` line, or a file that holds one. */
  readonly sha512?: string;
  /** True: read the package even when the inspect cache has an entry for it. */
  readonly reread?: boolean;
  /** False: the programs inside images are not looked at (`--no-programs`). */
  readonly programs?: boolean;
  /** `REPO[:TAG]`: names images that neither the package nor a chart names. Without TAG they keep the tag that the package gives. */
  readonly imageName?: string;
}

export interface ImportRequest {
  readonly packages: readonly string[];
  readonly target: TargetSpec;
  readonly selection?: Selection;
  readonly onChange?: ChangePolicy;
  readonly onChartChange?: ChartChangePolicy;
  /** `like-existing` unless given. */
  readonly createProjects?: CreateProjects;
  /** Globs of charts that stay untouched. */
  readonly keepCharts?: readonly string[];
  readonly allowMislabelled?: boolean;
  readonly acceptUnproven?: boolean;
  /** Platforms that every image must have in the end. */
  readonly requirePlatforms?: readonly string[];
  readonly sha512?: string;
  readonly reread?: boolean;
  /** `REPO[:TAG]`: names images that neither the package nor a chart names. Without TAG they keep the tag that the package gives. */
  readonly imageName?: string;
  /** Uploads at a time. */
  readonly concurrency?: number;
  /** Bytes per second over all uploads. */
  readonly limitRate?: number;
  /** Bytes on disk for blobs that are sent a second time or cannot be mounted; 0: none. Absent: 2 GiB. */
  readonly diskWindow?: number;
  readonly passes?: number;
  /** Seconds that a server which is away or asks to wait is waited for; 1800 unless given, 0 ends the run at once. */
  readonly patience?: number;
  /** True: a package whose drive is not there, or is removed while it is read, is waited for as long, and then read on. */
  readonly waitForPackage?: boolean;
  /**
   * Carry out exactly this plan (`--plan`). A tag or chart that has changed since the plan was made stops the run before its first
   * write.
   */
  readonly plan?: Plan;
  /** Read back every tag and chart at the end of the run (`--verify`); the report then holds the proof. */
  readonly verify?: boolean;
  /** Push journal and report to the target as a small OCI artifact (`--receipt`). */
  readonly receipt?: boolean;
}

/** The same fields as for `import`; the plan says what that import would do. */
export type PlanRequest = Omit<ImportRequest, 'plan' | 'verify' | 'receipt'> & {
  /** True: tags that this engine has read of the same target within the last minutes are not read again. */
  readonly reuseSurvey?: boolean;
};

/** The packages are compared with each other and, where a target is named, with it. */
export type CompareRequest = Omit<PlanRequest, 'target'> & {
  readonly target?: TargetSpec;
  /** Reference of one image, at its source or in the target: the answer then holds this image in detail. */
  readonly image?: string;
  /** True: rows are told as events while the tags are being read. */
  readonly rowsAsEvents?: boolean;
};

/** Names what to prove: packages or a run, exactly one of them. */
export interface VerifyRequest {
  readonly packages?: readonly string[];
  /** Id of a run, or the start of one, or `latest`. */
  readonly run?: string;
  readonly target: TargetSpec;
  readonly selection?: Selection;
  /** True: read every blob and compare its SHA-256. False: compare sizes only. */
  readonly full?: boolean;
  /** Read as a node would: without credentials, or with those of another account. */
  readonly pullAs?: 'anonymous' | Credentials;
  /** Globs of charts that the import left untouched on purpose: their images may lie in another registry. */
  readonly keepCharts?: readonly string[];
  readonly requirePlatforms?: readonly string[];
  readonly reread?: boolean;
  /** As for `import`. */
  readonly imageName?: string;
  /** As for `import`. */
  readonly patience?: number;
}

export interface AuditRequest {
  readonly target: TargetSpec;
  /**
   * Platforms that the nodes use. Absent: those that all multi-arch tags of the site have; without such tags all platforms that
   * occur.
   */
  readonly requirePlatforms?: readonly string[];
  /** As for `import`. */
  readonly patience?: number;
}

export interface UndoRequest {
  /** Ids of runs, or unambiguous starts of them, or `latest`. */
  readonly runs: readonly string[];
  readonly target: TargetSpec;
  /** `[folder/]NAME[@VERSION]` globs: only these charts and the tags of their images. */
  readonly only?: readonly string[];
  /** True: also undo tags and charts that somebody changed after the run. */
  readonly force?: boolean;
  /** As for `import`. */
  readonly patience?: number;
}

export interface PruneRequest {
  readonly target: TargetSpec;
  /** Newest versions of each chart that stay; 1 unless given. */
  readonly keep?: number;
  /** `[folder/]NAME[@VERSION]` globs: these charts stay. */
  readonly skip?: readonly string[];
  /** As for `import`. */
  readonly patience?: number;
}

export interface RunsRequest {
  /** Also list the runs whose receipts lie in this target. */
  readonly target?: TargetSpec;
  /** Only runs into a target whose location contains this text. */
  readonly location?: string;
  /** Only runs that began at this time or later (ISO 8601; a date alone is enough). */
  readonly since?: string;
}

/** A file for the support of Archbridge. */
export interface SupportBundleRequest {
  /** Path of the `.tar.gz` to write; a file that is there is replaced. */
  readonly file: string;
  /** What went wrong, as the person's window shows it; it becomes a file of its own. */
  readonly details?: string;
}

/** What such a file holds is told, so that a person can look at it before it is passed on. */
export interface SupportBundle {
  readonly schema: 'archbridge.support-bundle/1';
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  readonly files: readonly {
    /** Path inside the archive. */
    readonly path: string;
    readonly bytes: number;
    /** True where only the end of a long file was taken. */
    readonly isCut: boolean;
  }[];
}
