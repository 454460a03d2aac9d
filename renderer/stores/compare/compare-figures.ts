// The figures of a comparison, with the person's ticks and decisions: the same function as for plan, run and report. Pure.
import { bytesOfParts, figuresOf } from '../../../core/contract.js';
import type { Coverage, Figures } from '../../../core/contract.js';
import { decidedRow, type Decisions } from '../plan/plan-decisions.js';
import { NO_CHART, skipPattern } from './compare-rows.js';

export interface CompareChoices {
  readonly decisions: Decisions;
  /** Charts that are left out, `folder/name`. */
  readonly skippedCharts: readonly string[];
}

/** What the import would send and write; null for a comparison without a target. Charts are not compared, so none are counted. */
export function compareFigures(
  { figures }: Pick<Coverage, 'figures'>,
  { decisions, skippedCharts }: CompareChoices,
): Figures | null {
  if (figures === null) return null;
  const images = figures.images.map((row) => decidedRow(row, decisions));
  const skipped = new Set(skippedCharts);
  return figuresOf({ ...figures, images }, (chart) => !skipped.has(skipPattern(chart)));
}

/** Bytes that each chart alone would send, by `folder/name@version`; shared blobs count for each of them. */
export function bytesByChart(
  { figures, images }: Pick<Coverage, 'figures' | 'images'>,
  decisions: Decisions,
): ReadonlyMap<string, number> {
  if (figures === null) return new Map();
  const charts = new Map(images.map(({ target, charts: named }) => [target, named]));
  const rows = figures.images.map((row) => decidedRow(row, decisions));
  return bytesOfParts({ ...figures, images: rows }, ({ target }) => {
    const named = charts.get(target) ?? [];
    return named.length > 0 ? named : [NO_CHART];
  });
}

/** Bytes that each tag alone would send, by `host/repo:tag`. */
export function bytesByTag(
  { figures }: Pick<Coverage, 'figures'>,
  decisions: Decisions,
): ReadonlyMap<string, number> {
  if (figures === null) return new Map();
  const rows = figures.images.map((row) => decidedRow(row, decisions));
  return bytesOfParts({ ...figures, images: rows }, ({ target }) => [target]);
}
