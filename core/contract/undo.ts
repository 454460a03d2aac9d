// What an undo would do: the preview before it.
import type { Problem } from '../errors.js';
import type { ReportTarget } from './target.js';

/** `restore`: back to the former digest; `remove`: the tag did not exist; `leave`: it is as it was, or somebody changed it since. */
export type UndoAction = 'restore' | 'remove' | 'leave';

export interface UndoTag {
  readonly target: string;
  readonly action: UndoAction;
  /** Digest that it holds now; null when absent. */
  readonly now: string | null;
  /** Digest that it would hold; null when it would be absent. */
  readonly then: string | null;
  /** `changed-since`, `already-there`, `cannot-remove`, ...; '' where the action says it all. */
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
  /** Newest first, the order in which they are undone. */
  readonly runs: readonly string[];
  readonly target: ReportTarget;
  readonly tags: readonly UndoTag[];
  readonly charts: readonly UndoChart[];
  /** Blobs that former images need and the target has lost, with the package that brings them back where one is known. */
  readonly missing: readonly {
    readonly target: string;
    readonly digest: string;
    readonly package: string;
    readonly sha512: string | null;
  }[];
  readonly problems: readonly Problem[];
}
