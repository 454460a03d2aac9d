// What an import would do and need: the value of `plan`, and what `import --plan` carries out.
import type { Problem } from '../errors.js';
import type { FigureBlob, FigureRow } from './figures.js';
import type { ChangePolicy, ChartChangePolicy, CreateProjects, Decision, Selection } from './policies.js';
import type { ChartAction, ImageAction, ReportPackage, TagSummary } from './report.js';
import type { ReportTarget } from './target.js';

/** One row per target tag and platform. */
export interface PlanImage extends FigureRow {
  readonly source: string;
  /** Every spelling of the source. */
  readonly sources: readonly string[];
  /** `host/repo:tag`. */
  readonly target: string;
  readonly platform: string;
  /** Version of the operating system, which Windows images have; absent where there is none. */
  readonly osVersion?: string;
  readonly digest: string;
  /** Digest of the manifest in the package, where the image is converted to OCI; else absent. */
  readonly convertedFrom?: string;
  readonly config: string;
  readonly action: Exclude<ImageAction, 'failed'>;
  /** Null where there is nothing to decide. May be edited in the file before `import --plan` carries the plan out. */
  readonly decision: Decision | null;
  readonly reason: string;
  /** File name of the package that brings it. */
  readonly package: string;
  /** Version of that package; '' when unknown. */
  readonly version: string;
  readonly created: string | null;
  /** Size of the image in bytes: config and layers, each blob counted once. */
  readonly bytes: number;
  readonly before: TagSummary | null | 'unreadable';
  /** What the tag holds after the import has done everything in the plan; null when the tag stays absent. */
  readonly after: TagSummary | null | 'unreadable';
  readonly afterPlatforms: readonly string[];
  /** Charts that name the image, each as `folder/name@version`. */
  readonly charts: readonly string[];
  readonly problem: Problem | null;
}

export interface ValueChange {
  /** Path of the value (`image.registry`). A value of a subchart begins with the subchart's name. */
  readonly path: string;
  /** The value now; null where the key does not exist and is added. */
  readonly from: string | null;
  readonly to: string;
}

export interface PlanChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  /** `failed`: the chart cannot be read. */
  readonly action: ChartAction;
  /** `not-selected` for a chart that is skipped because none of its images is selected; '' for any other. */
  readonly reason: string;
  readonly decision: Decision | null;
  /** SHA-256 of the archive that the repository holds now, as `sha256:<hex>`; null when it holds none. */
  readonly before: string | null;
  readonly changes: readonly ValueChange[];
  /** Size in bytes of the archive that is sent, or that the decision `replace` would send; 0 where nothing could be. */
  readonly bytes: number;
  readonly problem: Problem | null;
}

/** A registry project (Harbor: the first path segment) that images go to. */
export interface NeededProject {
  readonly name: string;
  /** Null when the target does not say, or this account may not read it. */
  readonly exists: boolean | null;
  readonly create: 'private' | 'public' | 'no';
}

/** Space in bytes that an import needs at one place; null where the place does not report it. */
export interface NeededSpace {
  readonly kind: 'computer' | 'store' | 'project' | 'registry';
  /** A folder, or a project's name. */
  readonly where: string;
  readonly free: number | null;
  readonly needed: number;
  readonly enough: boolean | null;
  /** The place reports that it has no limit; `free` is null then. */
  readonly unlimited?: true;
}

export interface PlanNeeds {
  /** Image blobs (configs and layers), each blob counted once. */
  readonly bytesToSend: number;
  readonly bytesPresent: number;
  /** Bytes that images of the packages share; counted once in the two fields above. */
  readonly bytesShared: number;
  readonly chartBytes: number;
  readonly projects: readonly NeededProject[];
  readonly space: readonly NeededSpace[];
}

export interface Plan {
  readonly schema: 'archbridge.plan/1';
  /** ISO 8601, UTC. */
  readonly made: string;
  /** When the first of the tags was read that the plan is made of, ISO 8601, UTC. */
  readonly tagsRead: string;
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget;
  /** The part of the request that decides what is done; `import --plan` uses it again. */
  readonly request: {
    readonly selection: Selection;
    readonly onChange: ChangePolicy;
    readonly onChartChange: ChartChangePolicy;
    readonly keepCharts: readonly string[];
    readonly allowMislabelled: boolean;
    readonly acceptUnproven: boolean;
    readonly requirePlatforms: readonly string[];
    readonly createProjects?: CreateProjects;
    readonly imageName?: string;
  };
  /** Configs and layers of the images, each once; rows name them by their positions. Empty in plans of former versions. */
  readonly blobs: readonly FigureBlob[];
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly needs: PlanNeeds;
  /** For each platform: how many tags have it now, and how many will have it. */
  readonly coverage: Readonly<
    Record<string, { readonly present: number; readonly after: number; readonly total: number }>
  >;
  readonly weakened: readonly string[];
  readonly problems: readonly Problem[];
}
