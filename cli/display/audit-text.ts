// An audit as text: how many tags serve each platform, then the problems by kind, with the package that would repair them.
import type { Audit, AuditChart, AuditImage, AuditState } from '../../core/contract.js';
import { translateProblem, type TextKey } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { problemText } from './text/problem-text.js';
import { section } from './text/section.js';
import { table } from './text/table.js';
import { bar } from './text/units.js';
import { printable } from '../../core/messages/printable.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;
type Wrong = Exclude<AuditState, 'ok'>;

const BAR_CELLS = 20;

/** States in the order of their weight: images that cannot be pulled at all come first. */
const KINDS: readonly Wrong[] = [
  'missing',
  'elsewhere',
  'unreadable',
  'pinned-to-one-platform',
  'one-platform',
];

const TITLES: Readonly<Record<Wrong, TextKey>> = {
  missing: 'audit.missing',
  elsewhere: 'audit.elsewhere',
  unreadable: 'audit.unreadable',
  'pinned-to-one-platform': 'audit.pinned-to-one-platform',
  'one-platform': 'audit.one-platform',
};

const HINTS: Readonly<Record<Wrong, TextKey>> = {
  missing: 'audit.missing-hint',
  elsewhere: 'audit.elsewhere-hint',
  unreadable: 'audit.unreadable-hint',
  'pinned-to-one-platform': 'audit.pinned-to-one-platform-hint',
  'one-platform': 'audit.one-platform-hint',
};

/** Returns the audit as text; it ends with a newline. */
export function auditText(audit: Audit, texts: Texts): string {
  const { say, style, language } = texts;
  const { target, charts, problems } = audit;
  const location = target.kind === 'folder' ? 'cli.report.to-folder' : 'cli.report.to-registry';
  const references = charts.reduce((sum, chart) => sum + chart.images.length, 0);
  const unread = charts.flatMap(({ problem }) => problem ?? []);
  const lines = [
    verdict(audit, texts),
    say(location, { location: target.location }),
    ...(target.charts.length > 0 ? [say('cli.report.to-charts', { charts: target.charts.join(', ') })] : []),
    say('audit.counts', { charts: charts.length, references }),
    ...section(style.bold(say('audit.coverage')), coverage(audit)),
    ...KINDS.flatMap((kind) => kindSection(kind, audit, texts)),
    ...section(
      style.bad(say('audit.charts-unread', { count: unread.length })),
      unread.map((problem) => problemText(problem, language, '  ')),
    ),
    ...section(
      style.bad(say('audit.problems', { count: problems.length })),
      problems.map((problem) => problemText(problem, language, '  ')),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

/** Problems for stderr when stdout gets JSON. */
export function auditComplaints(audit: Audit, texts: Texts): readonly string[] {
  const { language } = texts;
  const problems = [...audit.charts.flatMap(({ problem }) => problem ?? []), ...audit.problems];
  const kinds = KINDS.map((kind) => kindSection(kind, audit, texts).slice(1)).filter(
    (lines) => lines.length > 0,
  );
  return [
    ...kinds.map((lines) => lines.join('\n')),
    ...problems.map((problem) => problemText(problem, language)),
  ];
}

function verdict(audit: Audit, { say, style }: Texts): string {
  if (audit.ok) return style.good(say('audit.ok'));
  const images = KINDS.reduce((sum, kind) => sum + findings(kind, audit).length, 0);
  const unread = audit.charts.filter((chart) => chart.problem !== null);
  return style.bad(say('audit.findings', { count: images + unread.length + audit.problems.length }));
}

function coverage({ summary }: Audit): readonly string[] {
  return table(
    Object.entries(summary).map(([platform, { present, total }]) => [
      platform,
      bar(present, total, BAR_CELLS),
      `${present}/${total}`,
    ]),
    '  ',
  );
}

interface Finding {
  readonly image: AuditImage;
  readonly charts: readonly AuditChart[];
}

function kindSection(kind: Wrong, audit: Audit, texts: Texts): readonly string[] {
  const { say, style } = texts;
  const found = findings(kind, audit);
  if (found.length === 0) return [];
  const rows = found.map(({ image, charts }) => [
    image.reference,
    kind !== 'missing' && image.lacking.length > 0
      ? say('audit.lacks', { platforms: image.lacking.join(' ') })
      : '',
    charts.map(({ name, version }) => `${name} ${version}`).join(', '),
    image.mend ? say('audit.mend', { package: image.mend.package }) : '',
  ]);
  const title = say(TITLES[kind], { count: found.length });
  return section((kind === 'one-platform' ? style.warn : style.bad)(title), [
    ...table(withoutEmptyColumns(rows), '  '),
    `    ${say(HINTS[kind])}`,
    ...causes(found, texts),
  ]);
}

/** Why images are not served, each cause once. */
function causes(found: readonly Finding[], { say, language }: Texts): readonly string[] {
  const messages = found.flatMap(({ image }) =>
    image.cause ? [translateProblem(image.cause, language).message] : [],
  );
  return [...new Set(messages)].map(
    (message) => `    ${say('audit.cause', { message: printable(message) })}`,
  );
}

/** One line for each image, with all charts that name it. */
function findings(kind: Wrong, { charts }: Audit): readonly Finding[] {
  const byReference = new Map<string, Finding>();
  for (const chart of charts) {
    for (const image of chart.images) {
      if (image.state !== kind) continue;
      const known = byReference.get(image.reference);
      byReference.set(image.reference, { image, charts: [...(known?.charts ?? []), chart] });
    }
  }
  return [...byReference.values()].sort((a, b) => (a.image.reference < b.image.reference ? -1 : 1));
}

function withoutEmptyColumns(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.filter((_, column) => rows.some((other) => other[column] !== '')));
}
