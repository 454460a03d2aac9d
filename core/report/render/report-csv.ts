// The report of one run or of several as a table for spreadsheets: a row for each image and each chart.
// https://www.rfc-editor.org/rfc/rfc4180
import type { Language, Problem, Report, ReportImage } from '../../contract.js';
import { tagsOf } from '../tag-facts.js';
import { csvText } from './csv.js';
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

/** A row for each image and each chart of all reports. */
export function reportCsv(reports: readonly Report[], language: Language): string {
  const words = wordsIn(language);
  const rows = reports.flatMap((report) => [...imageRows(report, words), ...chartRows(report, words)]);
  return csvText([COLUMNS, ...rows.map((row) => COLUMNS.map((column) => row[column] ?? ''))], language);
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
