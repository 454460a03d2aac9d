// How a run ended in one word, which images still lack a platform, and the figures of its report: one rule for every screen, the history
// and the command line.
import type { Problem } from '../errors.js';
import { isAttachedTag } from './attached-tag.js';
import type { Report, ReportChart, ReportImage, RunSummary } from './report.js';

/** The words for results, the same everywhere: imported, imported with gaps, stopped, failed, undone, undone in part. */
export type Outcome =
  'imported' | 'gaps' | 'stopped' | 'failed' | 'undone' | 'undone-in-part' | 'pruned' | 'pruned-in-part';

/** An image that does not serve a platform after the run, or that no package has included. */
export interface Gap {
  /** `host/repo:tag`, or the image's name where nothing says where it would go. */
  readonly image: string;
  /** The platform; '' where the image is on none, because no package has included it. */
  readonly platform: string;
  /** Why, where a problem of the run tells; null where no package brought it. */
  readonly cause: Problem | null;
  /** Short code, as in a report's rows; '' where `cause` tells. */
  readonly reason: string;
}

/** The rows of a report or a plan, as far as gaps depend on them. */
export interface GapSource {
  readonly images: readonly Pick<
    ReportImage,
    'target' | 'source' | 'platform' | 'osVersion' | 'action' | 'reason' | 'after' | 'problem'
  >[];
  readonly charts: readonly Pick<ReportChart, 'problem'>[];
  readonly problems: readonly Problem[];
}

/**
 * Each image and platform once, with its cause. A platform counts where the run was to bring it and did not, where it was required,
 * and where most tags of the run serve it: one that only a few tags serve is not expected of the others.
 */
export function gapsOf(source: GapSource): readonly Gap[] {
  const gaps = new Map<string, Gap>();
  const add = (gap: Gap): void => {
    const key = `${gap.image} ${plainPlatform(gap.platform)}`;
    if (!gaps.has(key)) gaps.set(key, gap);
  };
  const tags = new Map<string, readonly string[] | null>();
  for (const { target, after } of source.images)
    tags.set(target, after === 'unreadable' ? null : (after?.platforms ?? []).map(plainPlatform));
  const serves = (target: string, platform: string): boolean =>
    tags.get(target)?.some((held) => held === platform || withoutVersion(held) === platform) ?? false;
  for (const row of source.images) {
    const { target, action, reason, problem } = row;
    if (action !== 'failed' && action !== 'blocked') continue;
    const platform = nameOf(row);
    if (serves(target, plainPlatform(platform))) continue;
    add({ image: target, platform, cause: problem, reason: problem === null ? reason : '' });
  }
  for (const { code, params } of source.problems) {
    if (code !== 'run.platform-missing') continue;
    const [image, platform] = [String(params['target']), String(params['platform'])];
    if (!serves(image, plainPlatform(platform))) add({ image, platform, ...NO_PACKAGE });
  }
  const known = [...tags].filter(
    ([target, held]) => held !== null && held.length > 0 && !isAttachedTag(target),
  );
  const platforms = new Set(known.flatMap(([, held]) => held ?? []));
  for (const platform of platforms) {
    const without = known.filter(([target]) => !serves(target, platform));
    if (without.length * 2 > known.length) continue;
    for (const [target] of without) add({ image: target, platform, ...NO_PACKAGE });
  }
  const served = new Set(source.images.flatMap((row) => [row.source, row.target]));
  for (const problem of [...source.charts.flatMap((chart) => chart.problem ?? []), ...source.problems]) {
    for (const image of lackingIn(problem)) {
      if (!served.has(image)) add({ image, platform: '', cause: problem, reason: '' });
    }
  }
  return [...gaps.values()];
}

/** The images that the gaps are about; one that lacks two platforms counts once. */
export function imagesWithGaps(gaps: readonly Gap[]): number {
  return new Set(gaps.map(({ image }) => image)).size;
}

/**
 * Tags of which nothing could be written although no platform lacks: they hold what they held before. A tag that lacks a platform is
 * one of the gaps instead, and a mislabelled image was left out on purpose.
 */
export function tagsNotWritten(source: GapSource): readonly string[] {
  const gaps = new Set(gapsOf(source).map(({ image }) => image));
  const isRefused = ({ action, problem }: GapSource['images'][number]): boolean =>
    (action === 'failed' || action === 'blocked') && problem?.code !== 'plan.image-mislabelled';
  const others = new Set(source.images.flatMap((row) => (isRefused(row) ? [] : [row.target])));
  const refused = new Set(source.images.flatMap((row) => (isRefused(row) ? [row.target] : [])));
  return [...refused].filter((target) => !others.has(target) && !gaps.has(target));
}

/** True for a finding of the proof that says what one of the gaps says. */
export function isToldByGap(gaps: readonly Gap[], target: string, { code, params }: Problem): boolean {
  if (code !== 'verify.platform-missing') return false;
  const platform = plainPlatform(String(params['platform']));
  return gaps.some((gap) => gap.image === target && plainPlatform(gap.platform) === platform);
}

/** The charts of a run that were not published as they should have been. */
export function chartsNotPublished(charts: Report['charts']): Report['charts'] {
  return charts.filter(({ action }) => action === 'failed' || action === 'blocked');
}

/** How the run ended. */
export function outcomeOf(report: Report): Outcome {
  return outcomeOfRun({ ...report, gaps: openItems(report) });
}

/** Images that lack a platform, charts that were not published, and what the proof found. */
export function openItems(report: Report): number {
  const gaps = gapsOf(report);
  const findings = (report.proof?.images ?? []).filter(
    ({ ok, target, problems }) => !ok && !problems.every((one) => isToldByGap(gaps, target, one)),
  ).length;
  return imagesWithGaps(gaps) + chartsNotPublished(report.charts).length + findings;
}

/** The same for a line of the history. */
export function outcomeOfRun({ kind, result, gaps }: Pick<RunSummary, 'kind' | 'result' | 'gaps'>): Outcome {
  switch (result) {
    case 'cancelled':
    case 'interrupted':
      return 'stopped';
    case 'failed':
      return 'failed';
    case 'done':
    case 'partial':
      if (kind === 'undo') return result === 'done' ? 'undone' : 'undone-in-part';
      if (kind === 'prune') return result === 'done' ? 'pruned' : 'pruned-in-part';
      return result === 'partial' || gaps > 0 ? 'gaps' : 'imported';
  }
}

/** Each figure beside the whole that it is a part of. */
export interface ReportFigures {
  /** Tags of the run. */
  readonly tags: number;
  /** Tags with which everything was done that the run was asked for; one that is kept on purpose is among them. */
  readonly tagsAsAsked: number;
  /** Tags that were read back and found right; null where nothing was read back. */
  readonly tagsProven: number | null;
  /** Platforms that the tags serve after the run, each tag counted for itself. */
  readonly entries: number;
  readonly charts: number;
  readonly chartsAsAsked: number;
  /** Images that lack a platform. */
  readonly imagesWithGaps: number;
}

export function reportFigures(report: Report): ReportFigures {
  const { images, charts, proof } = report;
  const rows = new Map<string, ReportImage[]>();
  for (const row of images) {
    const known = rows.get(row.target);
    if (known) known.push(row);
    else rows.set(row.target, [row]);
  }
  const right = new Set(proof?.images.flatMap(({ ok, target }) => (ok ? [target] : [])));
  const tags = [...rows];
  return {
    tags: tags.length,
    tagsAsAsked: tags.filter(([, ofTag]) => ofTag.every(isAsAsked)).length,
    tagsProven: proof === null ? null : tags.filter(([target]) => right.has(target)).length,
    entries: tags.reduce((sum, [, ofTag]) => sum + heldAfter(ofTag), 0),
    charts: charts.length,
    chartsAsAsked: charts.filter(isAsAsked).length,
    imagesWithGaps: imagesWithGaps(gapsOf(report)),
  };
}

function isAsAsked({ action }: { readonly action: string }): boolean {
  return action !== 'conflict' && action !== 'blocked' && action !== 'failed';
}

function heldAfter(rows: readonly ReportImage[]): number {
  const after = rows.at(-1)?.after ?? null;
  return after === null || after === 'unreadable' ? 0 : after.platforms.length;
}

const NO_PACKAGE = { cause: null, reason: 'in-no-package' } as const;

function nameOf({ platform, osVersion }: GapSource['images'][number]): string {
  return osVersion === undefined ? platform : `${platform} (${osVersion})`;
}

/** Without the variant that a platform without one stands for: `linux/arm64/v8` and `linux/arm64` are one platform. */
export function plainPlatform(platform: string): string {
  return platform.replace(/(?<=\/arm64)\/v8(?=$| )|(?<=\/arm)\/v7(?=$| )|(?<=\/amd64)\/v1(?=$| )/, '');
}

function withoutVersion(platform: string): string {
  return platform.replace(/ \(.*\)$/, '');
}

/** Names of images that a chart needs and that no package has included. */
function lackingIn({ code, params }: Problem): readonly string[] {
  return code === 'run.chart-images-lacking' ? String(params['images']).split(', ') : [];
}
