// A plan as text: what happens to tags and charts, what may be decided, what is needed, and which platforms tags have afterwards.
import type { NeededProject, NeededSpace, Plan, PlanChart, PlanImage } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext, Say } from '../command.js';
import { itemName } from './text/item-name.js';
import { quoted } from './text/look-at-it.js';
import { problemText } from './text/problem-text.js';
import { reasonText } from './text/reason-text.js';
import { section } from './text/section.js';
import { table } from './text/table.js';
import { bar, formatBytes } from './text/units.js';
import { printable } from '../../core/messages/printable.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;
type Item = PlanImage | PlanChart;

const ACTION: Readonly<Record<Item['action'], TextKey>> = {
  push: 'cli.plan.action.push',
  promote: 'cli.plan.action.promote',
  add: 'cli.plan.action.add',
  replace: 'cli.plan.action.replace',
  repair: 'cli.plan.action.repair',
  keep: 'cli.plan.action.keep',
  skip: 'cli.plan.action.skip',
  conflict: 'cli.plan.action.conflict',
  blocked: 'cli.plan.action.blocked',
  failed: 'cli.plan.action.failed',
  publish: 'cli.plan.action.publish',
};

const ROOM: Readonly<Record<NeededSpace['kind'], TextKey>> = {
  computer: 'cli.plan.room-computer',
  store: 'cli.plan.room-store',
  project: 'cli.plan.room-project',
  registry: 'cli.plan.room-registry',
};

/** Names shown under one heading; further ones are only counted. */
const NAMED = 40;
const BAR_CELLS = 20;

/** Returns the plan as text; it ends with a newline. `file`: the file that the plan was written to. */
export function planText(plan: Plan, texts: Texts, file?: string): string {
  const { say, style, language } = texts;
  const { images, charts, problems, weakened } = plan;
  const items: readonly Item[] = [...images, ...charts];
  const open = items.filter(({ action }) => action === 'conflict');
  const blocked = items.filter(({ action }) => action === 'blocked' || action === 'failed');
  const told = problems.map((problem) => problemText(problem, language, '  '));
  const lines = [
    style.bold(say('cli.plan.headline')),
    ...head(plan, say),
    ...section(style.bold(say('cli.plan.images', { count: images.length })), actionLines(images, say)),
    ...section(style.bold(say('cli.plan.charts', { count: charts.length })), actionLines(charts, say)),
    ...section(style.warn(say('cli.plan.conflicts', { count: open.length })), [
      ...itemLines(open, texts),
      ...(open.some(({ decision }) => decision !== null) ? [`  ${say('cli.plan.decide')}`] : []),
    ]),
    ...section(style.bad(say('cli.plan.blocked', { count: blocked.length })), itemLines(blocked, texts)),
    ...changeLines(charts, texts),
    ...section(style.bold(say('cli.plan.needs')), needLines(plan, texts)),
    ...section(style.bad(say('cli.report.problems', { count: told.length })), told),
    ...section(style.bold(say('cli.plan.coverage')), coverageLines(plan)),
    ...(images.length > 0 && images.every(keepsPlatforms) ? ['', style.good(say('cli.plan.guarantee'))] : []),
    ...(weakened.length > 0 ? ['', say('cli.report.weakened', { options: weakened.join(' ') })] : []),
    ...(file === undefined ? [] : ['', ...carryOutLines(plan, file, say)]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Problems for stderr when stdout gets JSON. */
export function planComplaints(plan: Plan, texts: Texts): readonly string[] {
  const blocked = [...plan.images, ...plan.charts].filter(({ problem }) => problem !== null);
  const lines = itemLines(blocked, texts);
  return [
    ...plan.problems.map((problem) => problemText(problem, texts.language)),
    ...(lines.length === 0 ? [] : [lines.join('\n')]),
  ];
}

function head({ packages, target }: Plan, say: Say): readonly string[] {
  const location = target.kind === 'folder' ? 'cli.report.to-folder' : 'cli.report.to-registry';
  return [
    ...packages.map(({ name, bytes }) => say('cli.report.package', { name, size: formatBytes(bytes) })),
    say(location, { location: target.location }),
    ...(target.charts.length > 0 ? [say('cli.report.to-charts', { charts: target.charts.join(', ') })] : []),
  ];
}

/** Reason of charts that are skipped because none of their images is selected. */
const NOT_SELECTED = 'not-selected';

/** One line for each action and reason, with the number of items and their size. */
function actionLines(items: readonly Item[], say: Say): readonly string[] {
  const groups = new Map<string, { readonly first: Item; count: number; bytes: number }>();
  for (const item of items) {
    const key = `${item.action} ${reasonOf(item)}`;
    const group = groups.get(key) ?? { first: item, count: 0, bytes: 0 };
    groups.set(key, group);
    group.count += 1;
    group.bytes += item.bytes;
  }
  return table(
    [...groups.values()].map(({ first, count, bytes }) => [
      say(reasonOf(first) === NOT_SELECTED ? 'cli.plan.action.not-selected' : ACTION[first.action]),
      String(count),
      bytes > 0 ? formatBytes(bytes) : '',
      reasonOf(first) === '' ? '' : reasonText(reasonOf(first), say),
    ]),
    '  ',
  );
}

function reasonOf(item: Item): string {
  return 'reason' in item ? item.reason : '';
}

/** Lists items under the cause that they share. */
function itemLines(items: readonly Item[], { say, language }: Texts): readonly string[] {
  const groups = new Map<string, string[]>();
  for (const item of items) {
    const cause = causeOf(item, { say, language });
    const decision =
      item.decision === null ? '' : `    ${say('cli.plan.decided', { decision: item.decision })}`;
    const key = decision === '' ? cause : `${cause}\n${decision}`;
    const names = groups.get(key) ?? [];
    groups.set(key, names);
    names.push(`  ${printable(itemName(item))}`);
  }
  return [...groups].flatMap(([cause, names]) => [...shortened(names, say), cause]);
}

function causeOf(item: Item, { say, language }: Pick<Texts, 'say' | 'language'>): string {
  if (item.problem) return problemText(item.problem, language, '    ');
  const reason = reasonOf(item);
  return `    ${reason === '' ? say(ACTION[item.action]) : reasonText(reason, say)}`;
}

/** Charts whose values change in the same way are listed together: one chart often goes to several repositories. */
function changeLines(charts: readonly PlanChart[], { say, style }: Texts): readonly string[] {
  const written = charts.filter(
    ({ action, changes }) => (action === 'publish' || action === 'replace') && changes.length > 0,
  );
  const groups = new Map<string, { readonly names: string[]; readonly changes: PlanChart['changes'] }>();
  for (const { repo, name, version, changes } of written) {
    const key = `${repo}/${name}@${version} ${JSON.stringify(changes)}`;
    const group = groups.get(key) ?? { names: [], changes };
    groups.set(key, group);
    group.names.push(`${repo === '' ? '' : `${repo}/`}${name} ${version}`);
  }
  const lines = [...groups.values()].flatMap(({ names, changes }) => [
    `  ${printable([...new Set(names)].join(', '))}`,
    ...table(
      changes.map(({ path, from, to }) => [path, from ?? say('cli.plan.added'), `-> ${to}`]),
      '    ',
    ),
  ]);
  return section(style.bold(say('cli.plan.changes', { count: groups.size })), lines);
}

function needLines({ needs }: Plan, texts: Texts): readonly string[] {
  const { say, style } = texts;
  const { bytesToSend, bytesPresent, bytesShared, chartBytes, projects, space } = needs;
  const rows = [
    [
      say('cli.plan.to-send'),
      say('cli.plan.to-send-bytes', { images: formatBytes(bytesToSend), charts: formatBytes(chartBytes) }),
    ],
    [
      say('cli.plan.present'),
      say('cli.plan.present-bytes', {
        present: formatBytes(bytesPresent),
        shared: formatBytes(bytesShared),
      }),
    ],
    ...projects.map((project) => [`${say('cli.plan.project')} ${project.name}`, say(existence(project))]),
    ...space.map((one) => [`${say(ROOM[one.kind])} ${one.where}`, roomText(one, say)]),
  ];
  const isLacking = space.some(({ enough }) => enough === false);
  return [...table(rows, '  '), ...(isLacking ? [`  ${style.bad(say('cli.plan.not-enough'))}`] : [])];
}

function existence({ exists, create }: NeededProject): TextKey {
  if (exists === null) return 'cli.plan.project-unknown';
  if (create !== 'no') return `cli.plan.project-${create}`;
  return exists ? 'cli.plan.project-there' : 'cli.plan.project-missing';
}

function roomText({ free, needed, enough, unlimited }: NeededSpace, say: Say): string {
  if (unlimited) return say('cli.plan.room-unlimited', { needed: formatBytes(needed) });
  if (free === null) return say('cli.plan.room-unknown', { needed: formatBytes(needed) });
  const room = say('cli.plan.room', { needed: formatBytes(needed), free: formatBytes(free) });
  return enough === false ? `${room}  ${say('cli.plan.not-enough')}` : room;
}

function coverageLines({ coverage }: Plan): readonly string[] {
  return table(
    Object.entries(coverage).map(([platform, { present, after, total }]) => [
      platform,
      bar(after, total, BAR_CELLS),
      `${present}/${total} -> ${after}/${total}`,
    ]),
    '  ',
  );
}

/** True when the tag has all its platforms after the import; the line "No tag loses a platform" is printed only if all have. */
function keepsPlatforms({ before, after }: PlanImage): boolean {
  if (before === null || before === 'unreadable') return true;
  if (after === null || after === 'unreadable') return false;
  return before.platforms.every((platform) => after.platforms.includes(platform));
}

function carryOutLines({ packages }: Plan, file: string, say: Say): readonly string[] {
  const paths = packages.map(({ path }) => quoted(path)).join(' ');
  return [
    say('cli.plan.written', { file }),
    say('cli.plan.carry-out', { packages: paths, file: quoted(file) }),
  ];
}

function shortened(names: readonly string[], say: Say): readonly string[] {
  if (names.length <= NAMED) return names;
  return [...names.slice(0, NAMED), `  ${say('cli.plan.more', { count: names.length - NAMED })}`];
}
