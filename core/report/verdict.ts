// The summary sentence of a report, and the list of what a person still has to look at.
import { rowPlatform } from '../content/platform.js';
import { gapsOf, imagesWithGaps, isToldByGap, tagsNotWritten } from '../contract.js';
import type { Gap, Problem, Report, ReportChart, ReportImage } from '../contract.js';
import type { MessageParams, TextKey } from '../messages/catalog.js';
import { tagsOf, type TagFacts } from './tag-facts.js';

export interface Verdict {
  readonly key: TextKey;
  readonly params: MessageParams;
  readonly tone: 'good' | 'warn' | 'bad';
}

/** An item that a person has to look at; exactly one of `problem`, `reason` and `lacks` is set and tells why. */
export interface ToDo {
  /** Tag with its platform, or chart with its version. */
  readonly what: string;
  readonly problem?: Problem;
  /** Short code, as in a report's rows. */
  readonly reason?: string;
  readonly lacks?: string;
}

const VERDICTS = {
  import: {
    cancelled: 'report.verdict.cancelled',
    failed: 'report.verdict.failed',
    partial: 'report.verdict.partial',
  },
  undo: {
    cancelled: 'report.verdict.undo-cancelled',
    failed: 'report.verdict.undo-failed',
    partial: 'report.verdict.undo-partial',
  },
  prune: {
    cancelled: 'report.verdict.prune-cancelled',
    failed: 'report.verdict.prune-failed',
    partial: 'report.verdict.prune-partial',
  },
} as const;

/** The sentence above a report. It says that tags were read back and kept their platforms only if the proof shows that. */
export function verdictOf(report: Report): Verdict {
  const undone = report.kind !== 'import';
  const words = VERDICTS[report.kind];
  switch (report.result) {
    case 'cancelled':
      return say(words.cancelled, 'warn');
    case 'failed':
      return say(words.failed, 'bad');
    case 'partial': {
      // nothing but the proof says that the run is not complete
      const items = [...report.images, ...report.charts];
      const isCarriedOut = items.every(({ action }) => action !== 'failed' && action !== 'blocked');
      if (!undone && isCarriedOut && findingsOf(report).length > 0) return imported(report);
      const lacking = undone ? 0 : imagesWithGaps(gapsOf(report));
      const unwritten = undone ? 0 : tagsNotWritten(report).length;
      if (lacking > 0 && unwritten > 0)
        return say('report.verdict.gaps-and-tags', 'warn', { count: lacking, tags: unwritten });
      if (lacking > 0) return say('report.verdict.gaps', 'warn', { count: lacking });
      return say(words.partial, 'warn', { count: Math.max(1, notDone(report).length) });
    }
    case 'done':
      return undone ? undoneVerdict(report) : imported(report);
  }
}

function undoneVerdict(report: Report): Verdict {
  const left = notDone(report).length;
  const isPrune = report.kind === 'prune';
  if (left === 0) return say(isPrune ? 'report.verdict.pruned' : 'report.verdict.undone', 'good');
  const key = isPrune ? 'report.verdict.pruned-left' : 'report.verdict.undone-left';
  return say(key, 'warn', { count: left });
}

function imported(report: Report): Verdict {
  const { proof } = report;
  const tags = tagsOf(report);
  const lost = tags.filter((tag) => tag.lost.length > 0).length;
  if (proof && !proof.ok) return say('report.verdict.findings', 'bad', { count: findingsOf(report).length });
  if (lost > 0) return say('report.verdict.lost', 'bad', { count: lost });
  const proven = isProven(report, tags);
  const lacking = imagesWithGaps(gapsOf(report));
  if (lacking > 0) return say('report.verdict.gaps', 'warn', { count: lacking });
  const items = [...report.images, ...report.charts];
  if (items.length > 0 && items.every(({ action }) => action === 'skip'))
    return say(proven ? 'report.verdict.nothing-proven' : 'report.verdict.nothing', 'good');
  if (proof && !proven) return say('report.verdict.partly-proven', 'good');
  return say(proven ? 'report.verdict.proven' : 'report.verdict.done', 'good');
}

/** True when every tag of the run was read back and found right. */
export function isProven({ proof }: Report, tags: readonly TagFacts[]): boolean {
  return proof !== null && proof.ok && tags.every((tag) => tag.proof?.ok);
}

/** What the proof found wrong, each under the name of its tag or chart. */
export function findingsOf({
  proof,
}: Pick<Report, 'proof'>): readonly { readonly what: string; readonly problem: Problem }[] {
  if (!proof) return [];
  return [
    ...proof.images.flatMap(({ target, problem, problems }) =>
      unique([...(problem ? [problem] : []), ...problems]).map((one) => ({ what: target, problem: one })),
    ),
    ...proof.charts.flatMap((chart) =>
      [
        ...(chart.problem ? [chart.problem] : []),
        ...chart.images.flatMap((image) => image.problem ?? []),
      ].map((one) => ({ what: `${chart.name} ${chart.version}`, problem: one })),
    ),
    ...proof.problems.map((one) => ({ what: proof.target.location, problem: one })),
  ];
}

/** Rows whose action is `conflict`, `blocked` or `failed`. */
export function notDone({ images, charts }: Pick<Report, 'images' | 'charts'>): readonly ToDo[] {
  return [...images, ...charts]
    .filter(({ action }) => action === 'conflict' || action === 'blocked' || action === 'failed')
    .map((row) => ({ what: nameOf(row), ...causeOf(row) }));
}

/** All items that a person has to look at: rows that were not done, findings of the proof, and platforms that tags lack. */
export function toDosOf(report: Report): readonly ToDo[] {
  const gaps = report.kind === 'import' ? gapsOf(report) : [];
  return [
    ...notDone(report),
    ...findingsOf(report).filter(({ what, problem }) => !isToldByGap(gaps, what, problem)),
    ...gapsBesideRows(gaps),
  ];
}

/** Platforms that images lack, except where a row of the run says so itself. */
function gapsBesideRows(gaps: readonly Gap[]): readonly ToDo[] {
  return gaps.flatMap(({ image, platform, cause }): readonly ToDo[] => {
    if (cause !== null) return platform === '' ? [{ what: image, problem: cause }] : [];
    return [{ what: image, lacks: platform }];
  });
}

function nameOf(row: ReportImage | ReportChart): string {
  return 'platform' in row ? `${row.target} ${rowPlatform(row)}` : `${row.name} ${row.version} -> ${row.url}`;
}

function causeOf(row: ReportImage | ReportChart): Pick<ToDo, 'problem' | 'reason'> {
  if (row.problem) return { problem: row.problem };
  return { reason: 'reason' in row ? row.reason : '' };
}

/** The first finding also stands among all of them. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  const byText = new Map(problems.map((one) => [`${one.code} ${JSON.stringify(one.params)}`, one]));
  return [...byText.values()];
}

function say(key: TextKey, tone: Verdict['tone'], params: MessageParams = {}): Verdict {
  return { key, params, tone };
}
