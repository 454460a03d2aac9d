// What an import would do and need: the value of `plan`, and what `import --plan` carries out.
import type { Problem } from '../errors.js';
import type { ChangePolicy, ChartChangePolicy, Selection } from './policies.js';
import type { ChartAction, ImageAction, ReportPackage, TagSummary } from './report.js';
import type { ReportTarget } from './target.js';

/** What a person may set where the target serves the same platform with another image, or a chart version with other content. */
export type Decision = 'replace' | 'keep' | 'stop';

/** One row per target tag and platform. */
export interface PlanImage {
  readonly source: string;
  /** Every spelling of the source. */
  readonly sources: readonly string[];
  /** `host/repo:tag`. */
  readonly target: string;
  readonly platform: string;
  readonly digest: string;
  readonly config: string;
  readonly action: Exclude<ImageAction, 'failed'>;
  /** Null where there is nothing to decide; may be edited before the plan is carried out. */
  readonly decision: Decision | null;
  readonly reason: string;
  /** File name of the package that brings it. */
  readonly package: string;
  /** Of that package; '' when unknown. */
  readonly version: string;
  readonly created: string | null;
  /** Of the image: config and layers, each once. */
  readonly bytes: number;
  readonly before: TagSummary | null | 'unreadable';
  /** What the tag holds when everything of the plan has been done; null when it stays absent. */
  readonly after: TagSummary | null | 'unreadable';
  readonly afterPlatforms: readonly string[];
  /** Charts that name it, `folder/name@version`. */
  readonly charts: readonly string[];
  readonly problem: Problem | null;
}

export interface ValueChange {
  /** `image.registry`; a change inside a subchart's values stands under the subchart's name. */
  readonly path: string;
  /** Null where the value is added. */
  readonly from: string | null;
  readonly to: string;
}

export interface PlanChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: Exclude<ChartAction, 'failed'>;
  readonly decision: Decision | null;
  /** SHA-256 of the archive that the repository holds now, as `sha256:<hex>`; null when it holds none. */
  readonly before: string | null;
  readonly changes: readonly ValueChange[];
  /** Bytes of the archive that would be sent; 0 when none would. */
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

/** Room for what an import writes, at one place. Bytes; null where the place does not say. */
export interface NeededSpace {
  readonly kind: 'computer' | 'store' | 'project' | 'registry';
  /** A folder, or a project's name. */
  readonly where: string;
  readonly free: number | null;
  readonly needed: number;
  readonly enough: boolean | null;
}

export interface PlanNeeds {
  /** Image blobs (configs and layers), each once. */
  readonly bytesToSend: number;
  readonly bytesPresent: number;
  /** Bytes that images of the packages share, counted once in the two above. */
  readonly bytesShared: number;
  readonly chartBytes: number;
  readonly projects: readonly NeededProject[];
  readonly space: readonly NeededSpace[];
}

export interface Plan {
  readonly schema: 'archbridge.plan/1';
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly packages: readonly ReportPackage[];
  readonly target: ReportTarget;
  /** What of the request decides; carried out again with the plan. */
  readonly request: {
    readonly selection: Selection;
    readonly onChange: ChangePolicy;
    readonly onChartChange: ChartChangePolicy;
    readonly keepCharts: readonly string[];
    readonly allowMislabelled: boolean;
    readonly acceptUnproven: boolean;
    readonly requirePlatforms: readonly string[];
  };
  readonly images: readonly PlanImage[];
  readonly charts: readonly PlanChart[];
  readonly needs: PlanNeeds;
  /** Platform to how many of the tags have it now, and will have it. */
  readonly coverage: Readonly<
    Record<string, { readonly present: number; readonly after: number; readonly total: number }>
  >;
  readonly weakened: readonly string[];
  readonly problems: readonly Problem[];
}
