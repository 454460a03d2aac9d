// What `prune` would remove from a target: superseded versions of charts and the tags that only they name.
import type { Problem } from '../errors.js';
import type { ReportTarget, TargetSpec } from './target.js';

export interface PruneRequest {
  readonly target: TargetSpec;
  /** Newest versions of each chart that stay; 1 unless given. */
  readonly keep?: number;
  /** `[folder/]NAME[@VERSION]` globs: these charts stay. */
  readonly skip?: readonly string[];
  /** As for `import`. */
  readonly patience?: number;
}

export type PruneAction = 'remove' | 'leave';

/**
 * Why it is removed or stays. `superseded`: a newer version was published by a run; `skipped`: `--skip` names it; `changed-since`: it is
 * not what a run left; `cannot-remove`: the target does not offer it; `chart-stays`: a chart names it that stays; `pinned`: a published
 * chart names its digest; `unreadable`: it cannot be read; `use-unknown`: something that may use it cannot be read.
 */
export type PruneReason =
  | 'superseded'
  | 'skipped'
  | 'changed-since'
  | 'cannot-remove'
  | 'chart-stays'
  | 'pinned'
  | 'unreadable'
  | 'use-unknown';

/** A superseded version in one repository. */
export interface PruneChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: PruneAction;
  readonly reason: PruneReason;
  /** The newest version of the chart that a run published there. */
  readonly newest: string;
  readonly problem: Problem | null;
}

/** A tag that a superseded version names. */
export interface PruneTag {
  /** `host/repo:tag`. */
  readonly target: string;
  /** Null when it could not be read. */
  readonly digest: string | null;
  readonly action: PruneAction;
  readonly reason: PruneReason;
  /** `NAME VERSION` of the charts that name it: the superseded ones for `remove`, those that stay for `chart-stays`. */
  readonly charts: readonly string[];
  readonly problem: Problem | null;
}

export interface PrunePlan {
  readonly schema: 'archbridge.prune-plan/1';
  readonly target: ReportTarget;
  readonly keep: number;
  readonly charts: readonly PruneChart[];
  readonly tags: readonly PruneTag[];
  readonly problems: readonly Problem[];
}
