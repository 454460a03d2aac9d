// What an undo would do, and what an undo did, as text.
import type { Problem, Report, UndoAction, UndoChart, UndoPlan, UndoTag } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext, Say } from '../command.js';
import { problemText } from './text/problem-text.js';
import { reasonText } from './text/reason-text.js';
import { table } from './text/table.js';
import { printable } from '../../core/messages/printable.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;

const ACTION: Readonly<Record<UndoAction, TextKey>> = {
  restore: 'cli.undo.restore',
  remove: 'cli.undo.remove',
  leave: 'cli.undo.leave',
};

/** Characters of a digest that are shown; enough to tell digests apart. */
const DIGEST_LENGTH = 'sha256:'.length + 12;

/** The preview as text; it ends with a newline. */
export function undoPlanText(plan: UndoPlan, { say, style, language }: Texts): string {
  const { runs, tags, charts, missing, problems } = plan;
  const lines = [
    style.bold(say('cli.undo.preview', { runs: runs.join(', ') })),
    ...(tags.length > 0 ? ['', say('cli.undo.tags', countsOf(tags)), ...tagLines(tags, say)] : []),
    ...(charts.length > 0 ? ['', say('cli.undo.charts', countsOf(charts)), ...chartLines(charts, say)] : []),
    ...(missing.length > 0
      ? ['', style.bad(say('cli.undo.missing', { count: missing.length })), ...missingLines(plan, say)]
      : []),
    ...(changesNothing(plan) ? ['', say('cli.undo.nothing')] : []),
    ...section([...problems, ...planComplaints(plan)].map((problem) => problemText(problem, language))),
  ];
  return `${lines.join('\n')}\n`;
}

/** True for a preview in which no tag and no chart would change. */
export function changesNothing({ tags, charts }: UndoPlan): boolean {
  return [...tags, ...charts].every(({ action }) => action === 'leave');
}

/** Why tags and charts are left as they are; each cause once. */
export function planComplaints({ tags, charts }: UndoPlan): readonly Problem[] {
  const problems = [...tags, ...charts].flatMap(({ problem }) => problem ?? []);
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** How many tags and charts had which outcome. A tag counts once, however many platforms it has. */
export function undoCounts({ images, charts }: Report, say: Say): readonly string[] {
  const tags = [...new Map(images.map((image) => [image.target, image.reason])).values()];
  const chartReasons = charts.map(({ action, digest }) => {
    if (action === 'skip') return 'already-there';
    if (action === 'replace') return digest === null ? 'removed' : 'restored';
    return action === 'conflict' ? 'changed-since' : 'unreadable';
  });
  return [
    ...(tags.length > 0
      ? [say('cli.undo.done-tags', { count: tags.length, actions: listed(tags, say) })]
      : []),
    ...(charts.length > 0
      ? [say('cli.report.charts', { count: charts.length, actions: listed(chartReasons, say) })]
      : []),
  ];
}

function listed(reasons: readonly string[], say: Say): string {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${reasonText(reason, say)} ${String(count)}`)
    .join(say('cli.list-separator'));
}

function countsOf(items: readonly { readonly action: UndoAction }[]): Record<UndoAction, number> {
  const counts = { restore: 0, remove: 0, leave: 0 };
  for (const { action } of items) counts[action] += 1;
  return counts;
}

function tagLines(tags: readonly UndoTag[], say: Say): readonly string[] {
  return table(
    tags.map(({ action, target, now, then, reason }) => [
      say(ACTION[action]),
      target,
      action === 'leave' ? reasonText(reason, say) : `${short(now)} -> ${short(then)}`,
    ]),
    '  ',
  );
}

function chartLines(charts: readonly UndoChart[], say: Say): readonly string[] {
  return table(
    charts.map(({ action, name, version, url, reason }) => [
      say(ACTION[action]),
      `${name} ${version}`,
      url,
      ...(action === 'leave' ? [reasonText(reason, say)] : []),
    ]),
    '  ',
  );
}

function missingLines({ missing }: UndoPlan, say: Say): readonly string[] {
  return missing.map(({ target, digest, package: from }) =>
    printable(
      from === ''
        ? `  ${say('cli.undo.missing-unknown', { target, digest })}`
        : `  ${say('cli.undo.missing-from', { target, digest, package: from })}`,
    ),
  );
}

function short(digest: string | null): string {
  return digest === null ? '-' : digest.slice(0, DIGEST_LENGTH);
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}
