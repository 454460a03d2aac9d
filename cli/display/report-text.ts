// A report as text: what was done, what was not done, and commands that show the result.
import { gapsOf, outcomeOf } from '../../core/contract.js';
import type { Problem, Report, ReportChart, ReportImage } from '../../core/contract.js';
import { findingsOf } from '../../core/engine.js';
import type { CommandContext, Say } from '../command.js';
import { actionText } from './progress/event-lines.js';
import { itemName } from './text/item-name.js';
import { lookAtIt } from './text/look-at-it.js';
import { problemText } from './text/problem-text.js';
import { reasonText } from './text/reason-text.js';
import { section } from './text/section.js';
import { table } from './text/table.js';
import { undoCounts } from './undo-text.js';
import { bar, formatBytes, formatSeconds } from './text/units.js';
import { printable } from '../../core/messages/printable.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;
type Item = ReportImage | ReportChart;

/** Returns the report as text; it ends with a newline. `unwritten`: problems that occurred after the run. */
export function reportText(report: Report, texts: Texts, unwritten: readonly Problem[] = []): string {
  const { say, style, language } = texts;
  const items: readonly Item[] = [...report.images, ...report.charts];
  const conflicts = items.filter(({ action }) => action === 'conflict');
  const failed = items.filter(({ action }) => action === 'failed' || action === 'blocked');
  const nothingToDo =
    report.result === 'done' && items.length > 0 && items.every(({ action }) => action === 'skip');
  const problems = [...report.problems, ...unwritten];
  const lines = [
    headline(report, texts),
    ...head(report, say),
    '',
    ...(nothingToDo ? [nothing(report, say)] : counts(report, say)),
    ...section(
      style.warn(say('cli.report.conflicts', { count: conflicts.length })),
      itemLines(conflicts, report, texts),
    ),
    ...section(
      style.bad(say('cli.report.failed', { count: failed.length })),
      itemLines(failed, report, texts),
    ),
    ...section(
      style.bold(say('cli.report.problems', { count: problems.length })),
      problems.map((problem) => problemText(problem, language, '  ')),
    ),
    ...gapLines(report, texts),
    ...proofLines(report, texts),
    ...section(style.bold(say('cli.report.coverage')), coverage(report)),
    ...(report.weakened.length > 0
      ? ['', say('cli.report.weakened', { options: report.weakened.join(' ') })]
      : []),
    ...section(
      style.bold(say('cli.report.look')),
      lookAtIt(report).map((line) => `  ${line}`),
    ),
    ...again(report, say),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(report: Report, { say, style }: Texts): string {
  const { run, totals } = report;
  const time = formatSeconds(totals.seconds);
  switch (outcomeOf(report)) {
    case 'imported':
      return style.good(say('cli.report.done', { run, time }));
    case 'gaps':
      return style.warn(say('cli.report.partial', { run, time }));
    case 'undone':
      return style.good(say('cli.report.undone', { run, time }));
    case 'undone-in-part':
      return style.warn(say('cli.report.undone-in-part', { run, time }));
    case 'pruned':
      return style.good(say('cli.report.pruned', { run, time }));
    case 'pruned-in-part':
      return style.warn(say('cli.report.pruned-in-part', { run, time }));
    case 'failed':
      return style.bad(say('cli.report.run-failed', { run, time }));
    case 'stopped':
      return style.warn(say('cli.report.cancelled', { run, time }));
  }
}

function head({ packages, target, undoes, receipt }: Report, say: Say): readonly string[] {
  const location = target.kind === 'folder' ? 'cli.report.to-folder' : 'cli.report.to-registry';
  return [
    ...(undoes.length > 0 ? [say('cli.report.undoes', { runs: undoes.join(', ') })] : []),
    ...packages.map(({ name, bytes }) => say('cli.report.package', { name, size: formatBytes(bytes) })),
    say(location, { location: target.location }),
    ...(target.charts.length > 0 ? [say('cli.report.to-charts', { charts: target.charts.join(', ') })] : []),
    ...(receipt ? [say('cli.report.receipt', { reference: receipt.reference })] : []),
  ];
}

function nothing({ kind }: Report, say: Say): string {
  if (kind === 'prune') return say('cli.prune.nothing-done');
  return say(kind === 'undo' ? 'cli.undo.nothing-done' : 'cli.report.nothing');
}

function counts(report: Report, say: Say): readonly string[] {
  const { kind, images, charts, totals } = report;
  if (kind !== 'import') return undoCounts(report, say);
  const { bytesRead, bytesSent, bytesSkipped, bytesMounted, chartBytesSent, passes, retries } = totals;
  return [
    ...(images.length > 0
      ? [say('cli.report.images', { count: images.length, actions: actions(images, say) })]
      : []),
    ...(charts.length > 0
      ? [say('cli.report.charts', { count: charts.length, actions: actions(charts, say) })]
      : []),
    say('cli.report.bytes', {
      read: formatBytes(bytesRead),
      sent: formatBytes(bytesSent),
      skipped: formatBytes(bytesSkipped),
      mounted: formatBytes(bytesMounted),
      charts: formatBytes(chartBytesSent),
    }),
    say('cli.report.passes', { passes, retries }),
  ];
}

function actions(items: readonly Item[], say: Say): string {
  const found = new Map<string, number>();
  for (const { action, reason } of items) {
    const word = reason === 'not-selected' ? say('cli.action.not-selected') : actionText(action, say);
    found.set(word, (found.get(word) ?? 0) + 1);
  }
  return [...found].map(([word, count]) => `${word} ${count}`).join(say('cli.list-separator'));
}

/** Lists items under the cause that they share. A cause that the report already lists as its own problem is not repeated. */
function itemLines(items: readonly Item[], report: Report, texts: Texts): readonly string[] {
  const { language } = texts;
  const told = new Set(report.problems.map((problem) => problemText(problem, language, '    ')));
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const cause = causeOf(item, texts);
    const heads = groups.get(cause) ?? [];
    groups.set(cause, heads);
    heads.push(`  ${printable(itemName(item))}`);
  }
  return [...groups].flatMap(([cause, heads]) =>
    cause === '' || told.has(cause) ? heads : [...heads, cause],
  );
}

function causeOf(item: Item, { say, language }: Texts): string {
  if (item.problem !== null) return problemText(item.problem, language, '    ');
  return 'reason' in item && item.reason !== '' ? `    ${reasonText(item.reason, say)}` : '';
}

/** Failed and blocked items, under the causes that they share. */
export function itemComplaints(report: Report, texts: Texts): readonly string[] {
  const items: readonly Item[] = [...report.images, ...report.charts];
  const complaints = itemLines(
    items.filter(({ problem }) => problem !== null),
    report,
    texts,
  );
  return complaints.length === 0 ? [] : [complaints.join('\n')];
}

/** The report in a file names all of them. */
const GAPS_NAMED = 20;

/** Images that lack a platform and that no list above names with its cause. */
function gapLines(report: Report, { say, style }: Texts): readonly string[] {
  if (report.kind !== 'import') return [];
  const gaps = gapsOf(report).filter(({ cause }) => cause === null);
  const lines = table(
    gaps.slice(0, GAPS_NAMED).map(({ image, platform }) => [printable(image), platform]),
    '  ',
  );
  const more = gaps.length - GAPS_NAMED;
  return section(style.warn(say('cli.report.gaps', { count: gaps.length })), [
    ...lines,
    ...(more > 0 ? [`  ${say('cli.plan.more', { count: more })}`] : []),
  ]);
}

/** What was read back after the run; no lines without a proof. */
function proofLines(report: Report, { say, style, language }: Texts): readonly string[] {
  const { proof } = report;
  if (!proof) return [];
  if (!proof.ok) {
    const findings = findingsOf(report).map(
      ({ what, problem }) => `  ${printable(what)}\n${problemText(problem, language, '    ')}`,
    );
    return section(style.bad(say('cli.report.proof-findings', { count: findings.length })), findings);
  }
  const params = {
    tags: proof.images.length,
    charts: proof.charts.length,
    blobs: proof.checked.blobs,
    bytes: formatBytes(proof.checked.bytes),
  };
  const key = proof.depth === 'content' ? 'cli.report.proof-content' : 'cli.report.proof-ok';
  return ['', style.good(say(key, params))];
}

const BAR_CELLS = 20;

function coverage({ coverage: platforms }: Report): readonly string[] {
  return table(
    Object.entries(platforms).map(([platform, { present, total }]) => [
      platform,
      bar(present, total, BAR_CELLS),
      `${present}/${total}`,
    ]),
    '  ',
  );
}

function again({ kind, result }: Report, say: Say): readonly string[] {
  // The advice to run the import again is for imports. A failed run and each item of an undo or a prune have hints of their own.
  if (kind !== 'import') return [];
  return result === 'partial' || result === 'cancelled' ? ['', say('cli.report.again')] : [];
}
