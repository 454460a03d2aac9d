// What an undo works with, and what it says of each tag and chart before anything is written.
import { digestFromHex, type Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Problem, TagSummary, UndoAction } from '../contract.js';
import { matchesChart } from '../plan/selection.js';
import type { ChartTarget } from '../ports/chart-target.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { Place } from '../target/place.js';
import type { FormerRun, KeptContent } from '../journal/former-runs.js';
import type { MissingPart } from './undo-parts.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface UndoJob extends Cancellable {
  readonly target: ConnectedTarget;
  /** To be undone, newest first. */
  readonly runs: readonly FormerRun[];
  /** All runs that are known here, newest first. */
  readonly history: readonly FormerRun[];
  readonly kept: KeptContent;
  /** Patterns of charts; empty: everything. */
  readonly only: readonly string[];
  readonly force: boolean;
}

/** A tag, and what happens to it. */
export interface PlannedTag extends Place {
  /** `host/repo:tag`. */
  readonly target: string;
  readonly action: UndoAction;
  readonly reason: UndoReason;
  /** The run before which it held what it gets; of a tag that stays, the one that cannot be taken back. */
  readonly run: string;
  readonly now: RawManifest | null;
  /** What it gets; null: it goes, or stays. */
  readonly former: { readonly manifest: RawManifest; readonly summary: TagSummary } | null;
  /** Digest in the end; null when absent. */
  readonly then: string | null;
  readonly missing: readonly MissingPart[];
  readonly problem: Problem | null;
}

/** A chart in one repository, and what happens to it. */
export interface PlannedChart {
  readonly repo: string;
  readonly url: string;
  readonly name: string;
  readonly version: string;
  readonly action: UndoAction;
  readonly reason: UndoReason;
  readonly run: string;
  /** Null where the repository could not be opened. */
  readonly charts: ChartTarget | null;
  /** Digest of its archive; null when absent. */
  readonly now: string | null;
  /** SHA-256 in hex of the archive that it gets, which `run` has kept; null: it goes, or stays. */
  readonly former: string | null;
  readonly problem: Problem | null;
}

/** One word, with a text in core/messages (`reason.<word>`). */
export type UndoReason =
  | 'restored'
  | 'removed'
  | 'already-there'
  | 'changed-since'
  | 'cannot-remove'
  | 'shared'
  | 'parts-missing'
  | 'not-kept'
  | 'unreadable';

/** True when the patterns (if any) name the chart. */
export function isMeant(
  { only }: UndoJob,
  { repo, name, version }: { readonly repo: string; readonly name: string; readonly version: string },
): boolean {
  return only.length === 0 || matchesChart(only, { folder: repo, name, version });
}

/** A chart's digest as the journal has it in hex. */
export function digestOfHex(hex: string | null): Digest | null {
  return hex === null ? null : digestFromHex(hex);
}
