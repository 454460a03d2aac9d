// What an undo or a prune would do: the previews before them.
import type { Problem } from '../errors.js';
import type { ReportTarget } from './target.js';

/**
 * `restore`: the tag gets its former digest; `remove`: the tag is removed, because it did not exist before; `leave`: it is not
 * touched, because it is already as before or somebody changed it since.
 */
export type UndoAction = 'restore' | 'remove' | 'leave';

export interface UndoTag {
  readonly target: string;
  readonly action: UndoAction;
  /** Digest that the tag holds now; null when it is absent. */
  readonly now: string | null;
  /** Digest that the tag would hold after the undo; null when it would be absent. */
  readonly then: string | null;
  /** `changed-since`, `already-there`, `cannot-remove`, ...; '' where the action needs no reason. */
  readonly reason: string;
  readonly run: string;
  readonly problem: Problem | null;
}

export interface UndoChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: UndoAction;
  readonly reason: string;
  readonly run: string;
  readonly problem: Problem | null;
}

export interface UndoPlan {
  readonly schema: 'archbridge.undo-plan/1';
  /** The runs to undo, newest first; they are undone in this order. */
  readonly runs: readonly string[];
  readonly target: ReportTarget;
  readonly tags: readonly UndoTag[];
  readonly charts: readonly UndoChart[];
  /** Blobs that former images need and the target has lost since; with the package that holds them, where one is known. */
  readonly missing: readonly {
    readonly target: string;
    readonly digest: string;
    readonly package: string;
    readonly sha512: string | null;
  }[];
  readonly problems: readonly Problem[];
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
