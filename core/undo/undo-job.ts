// What an undo works with, and the planned rows for tags and charts.
import { digestFromHex, type Digest } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import type { Problem, TagSummary, UndoAction } from '../contract.js';
import { matchesChart } from '../plan/selection.js';
import type { ChartTarget } from '../ports/chart-target.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { Place } from '../target/place.js';
import type { FormerRun, KeptContent } from '../journal/former-runs.js';
import type { FormerParts, MissingPart } from './undo-parts.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface UndoJob extends Cancellable {
  readonly target: ConnectedTarget;
  /** The runs to undo, newest first. */
  readonly runs: readonly FormerRun[];
  /** All runs of the state folder, newest first. */
  readonly history: readonly FormerRun[];
  readonly kept: KeptContent;
  /** Patterns of the charts to undo; empty: all charts and tags. */
  readonly only: readonly string[];
  readonly force: boolean;
}

/** What an undo will do with a tag. */
export interface PlannedTag extends Place {
  /** `host/repo:tag`. */
  readonly target: string;
  readonly action: UndoAction;
  readonly reason: UndoReason;
  /** The run whose write is taken back (the oldest one); for a tag that stays, the run that cannot be taken back. */
  readonly run: string;
  readonly now: RawManifest | null;
  /** The manifest that is restored; null when the tag is removed or stays. */
  readonly former: {
    readonly manifest: RawManifest;
    readonly summary: TagSummary;
    readonly parts: Pick<FormerParts, 'manifests' | 'gone'>;
  } | null;
  /** Digest after the undo; null when absent. */
  readonly then: string | null;
  readonly missing: readonly MissingPart[];
  readonly problem: Problem | null;
}

/** What an undo will do with a chart in one repository. */
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
  /** Digest of the archive that the repository holds now; null when absent. */
  readonly now: string | null;
  /** SHA-256 in hex of the archive that is restored, which `run` has kept; null when the chart is removed or stays. */
  readonly former: string | null;
  readonly problem: Problem | null;
}

/** Why an undo does this; each word has a text in core/messages (`reason.<word>`). */
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

/** True when the undo is not limited to charts, or its patterns match this one. */
export function isMeant(
  { only }: UndoJob,
  { repo, name, version }: { readonly repo: string; readonly name: string; readonly version: string },
): boolean {
  return only.length === 0 || matchesChart(only, { folder: repo, name, version });
}

/** The digest of the SHA-256 that a journal has in hex. */
export function digestOfHex(hex: string | null): Digest | null {
  return hex === null ? null : digestFromHex(hex);
}
