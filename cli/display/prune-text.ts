// What a prune would remove, and why the rest stays, as text.
import type { Problem, PruneAction, PruneChart, PrunePlan, PruneTag } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext, Say } from '../command.js';
import { problemText } from './text/problem-text.js';
import { reasonText } from './text/reason-text.js';
import { table } from './text/table.js';

const ACTION: Readonly<Record<PruneAction, TextKey>> = { remove: 'cli.undo.remove', leave: 'cli.undo.leave' };

/** The list as text; it ends with a newline. */
export function prunePlanText(
  plan: PrunePlan,
  { say, style, language }: Pick<CommandContext, 'say' | 'style' | 'language'>,
): string {
  const { charts, tags, keep, target } = plan;
  const isAnything = [...charts, ...tags].some(({ action }) => action === 'remove');
  const problems = pruneComplaints(plan).map((problem) => problemText(problem, language));
  const lines = [
    charts.length + tags.length === 0
      ? say('cli.prune.nothing', { keep })
      : style.bold(say('cli.prune.preview', { location: target.location, keep })),
    ...(charts.length > 0 ? ['', say('cli.prune.charts', countsOf(charts)), ...chartLines(charts, say)] : []),
    ...(tags.length > 0 ? ['', say('cli.prune.tags', countsOf(tags)), ...tagLines(tags, say)] : []),
    ...(problems.length > 0 ? ['', ...problems] : []),
    ...(isAnything ? ['', say('cli.prune.how')] : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Problems of the target, of charts and of tags; each once. */
export function pruneComplaints({ charts, tags, problems }: PrunePlan): readonly Problem[] {
  const all = [...problems, ...[...charts, ...tags].flatMap(({ problem }) => problem ?? [])];
  return [...new Map(all.map((problem) => [problem.message, problem])).values()];
}

function countsOf(items: readonly { readonly action: PruneAction }[]): Record<PruneAction, number> {
  const remove = items.filter(({ action }) => action === 'remove').length;
  return { remove, leave: items.length - remove };
}

function chartLines(charts: readonly PruneChart[], say: Say): readonly string[] {
  return table(
    charts.map(({ action, name, version, url, reason, newest }) => [
      say(ACTION[action]),
      `${name} ${version}`,
      url,
      action === 'remove' ? say('cli.prune.newest', { version: newest }) : reasonText(reason, say),
    ]),
    '  ',
  );
}

function tagLines(tags: readonly PruneTag[], say: Say): readonly string[] {
  return table(
    tags.map(({ action, target, reason, charts }) => [
      say(ACTION[action]),
      target,
      action === 'remove' ? '' : reasonText(reason, say),
      say('cli.prune.named-by', { charts: charts.join(', ') }),
    ]),
    '  ',
  );
}
