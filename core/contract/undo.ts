// What an undo would do: the preview before it.
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
