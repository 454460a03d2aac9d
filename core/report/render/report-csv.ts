// The report of one run or of several as a table for spreadsheets: a row for each image and each chart.
// https://www.rfc-editor.org/rfc/rfc4180
import type { Language, Problem, Report, ReportImage } from '../../contract.js';
import { tagsOf } from '../tag-facts.js';
import { wordsIn, type Words } from './words.js';

/** The first line; docs/reports.md tells what each column holds. */
const COLUMNS = [
  'row',
  'run',
  'kind',
  'result',
  'started',
  'ended',
  'user',
  'computer',
  'location',
  'source',
  'target',
  'platform',
  'version',
  'action',
  'reason',
  'digest',
  'config',
  'before',
  'before_platforms',
  'after',
  'after_platforms',
  'read_back',
  'package',
  'package_sha512',
  'problem_code',
  'problem',
  'hint',
  'os_version',
] as const;
type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;

/** The text with CRLF line ends. In Chinese it begins with a byte order mark: without it spreadsheets assume another encoding. */
export function reportCsv(reports: readonly Report[], language: Language): string {
  const words = wordsIn(language);
  const rows = reports.flatMap((report) => [...imageRows(report, words), ...chartRows(report, words)]);
  const lines = [
    COLUMNS.join(','),
    ...rows.map((row) => COLUMNS.map((column) => cell(row[column] ?? '')).join(',')),
  ];
  return `${language === 'en' ? '' : '\ufeff'}${lines.join('\r\n')}\r\n`;
}

function imageRows(report: Report, words: Words): readonly Row[] {
  const sha512 = new Map(report.packages.map((one) => [one.name, one.sha512 ?? '']));
  return tagsOf(report).flatMap(({ rows, proof }) =>
    rows.map((row) => ({
      row: 'image',
      ...runFields(report),
      source: row.source,
      target: row.target,
      platform: row.platform,
      os_version: row.osVersion ?? '',
      version: row.version,
      action: row.action,
      reason: row.reason,
      digest: row.digest,
      config: row.config,
      before: digestOf(row.before),
      before_platforms: platformsIn(row.before),
      after: digestOf(row.after),
      after_platforms: platformsIn(row.after),
      read_back: proof === null ? '' : proof.ok ? 'right' : 'wrong',
      package: row.package,
      package_sha512: sha512.get(row.package) ?? '',
      ...problemFields(row.problem, words),
    })),
  );
}

function chartRows(report: Report, words: Words): readonly Row[] {
  const proven = new Map(
    (report.proof?.charts ?? []).map((one) => [`${one.url} ${one.name} ${one.version}`, one.ok]),
  );
  return report.charts.map((chart) => {
    const ok = proven.get(`${chart.url} ${chart.name} ${chart.version}`);
    return {
      row: 'chart',
      ...runFields(report),
      source: chart.repo === '' ? chart.name : `${chart.repo}/${chart.name}`,
      target: chart.url,
      version: chart.version,
      action: chart.action,
      reason: chart.reason,
      digest: chart.digest ?? '',
      before: chart.before ?? '',
      read_back: ok === undefined ? '' : ok ? 'right' : 'wrong',
      ...problemFields(chart.problem, words),
    };
  });
}

function runFields({ run, kind, result, started, ended, by, target }: Report): Row {
  return { run, kind, result, started, ended, user: by.user, computer: by.host, location: target.location };
}

function problemFields(problem: Problem | null, words: Words): Row {
  return problem
    ? {
        problem_code: problem.code,
        problem: words.problem(problem).message,
        hint: words.problem(problem).hint,
      }
    : {};
}

function digestOf(held: ReportImage['before']): string {
  return held === null ? '' : held === 'unreadable' ? held : held.digest;
}

function platformsIn(held: ReportImage['before']): string {
  return held === null || held === 'unreadable' ? '' : held.platforms.join(' ');
}

/**
 * A field, quoted where necessary. A text that a spreadsheet would evaluate as a formula gets an apostrophe in front, because names
 * come from packages and servers. https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(text: string): string {
  const printable = text.replace(UNPRINTABLE, '\ufffd');
  const harmless = /^[=+\-@\t\r\n]/.test(printable) ? `'${printable}` : printable;
  return /[",\r\n\t]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
