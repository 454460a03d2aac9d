// What a prune works with, and the rows that its plan has for charts and tags.
import type { NamingRules } from '../chart/relocation/naming.js';
import type { RawManifest } from '../content/manifest.js';
import type { PruneChart, PruneTag, RunEvent } from '../contract.js';
import type { FormerRun, KeptContent } from '../journal/former-runs.js';
import type { ChartTarget } from '../ports/chart-target.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { AuditedRepository } from '../report/audit/audit-charts.js';
import type { RunHistory } from '../report/reading/run-history.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { Place } from '../target/place.js';
import type { AppError } from '../errors.js';

export interface PruneJob extends Cancellable {
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly repositories: readonly AuditedRepository[];
  /** What runs left in this target. */
  readonly history: RunHistory;
  /** The tags (`host/repo:tag`) that a chart names as the runs into this target noted it. */
  readonly imagesOf: (name: string, version: string) => readonly string[];
  /** All runs of the state folder, newest first; an undo of one must still find what it restores. */
  readonly runs: readonly FormerRun[];
  readonly kept: KeptContent;
  /** Newest versions of each chart that stay. */
  readonly keep: number;
  /** Patterns of charts that stay. */
  readonly skip: readonly string[];
  readonly emit: (event: RunEvent) => void;
}

/** A row of the plan, with what carrying it out needs. */
export interface PlannedChart {
  readonly row: PruneChart;
  readonly charts: ChartTarget;
  /** Digest of the published archive; null when it could not be read. */
  readonly now: string | null;
  /** Tags that it names, `host/repo:tag`. */
  readonly images: readonly string[];
}

export interface PlannedTag {
  readonly row: PruneTag;
  readonly place: Place;
  readonly now: RawManifest | null;
}

/** What a tag held that is removed. */
export interface UntaggedManifest {
  /** `host/repo:tag`. */
  readonly target: string;
  readonly place: Place;
  readonly now: RawManifest;
}

export interface PlannedPrune {
  readonly charts: readonly PlannedChart[];
  readonly tags: readonly PlannedTag[];
  /** What earlier prunes left that removed a tag and did not come to its manifest. */
  readonly untagged: readonly UntaggedManifest[];
  /** `repository@sha256:…` that charts which stay pin. */
  readonly pins: ReadonlySet<string>;
  /** Why tags stay although nothing is known that names them, and charts that could not be listed. */
  readonly problems: readonly AppError[];
}
