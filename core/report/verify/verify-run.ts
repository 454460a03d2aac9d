// Makes from the journal of a run what its target should serve: tags with their platforms, charts with their archives.
import { rowPlatform } from '../../content/platform.js';
import type { ChartAction, Problem } from '../../contract.js';
import { OMISSIONS } from '../../plan/absent-images.js';
import { isLeftOut } from '../../plan/mislabelled.js';
import { matchesChart } from '../../plan/selection.js';
import type { ChartRow, TimedEntry } from '../../journal/journal.js';
import { SERVED } from '../../journal/known-versions.js';
import type { Expected, ExpectedChart, ExpectedImage, ExpectedTag } from './expected.js';

type ImageEntry = Extract<TimedEntry, { readonly type: 'image' }>;

const PUBLISHED = new Set<ChartAction>(['publish', 'replace', 'skip', 'keep', 'conflict']);

/**
 * `keepCharts`: globs of charts that the run left untouched. A row that failed makes no claim about its image; the platforms that
 * its tag held after the run are still expected.
 */
export function expectedOfRun(entries: readonly TimedEntry[], keepCharts: readonly string[]): Expected {
  const images = entries.filter((entry) => entry.type === 'image');
  const letIn = letInByRun(entries);
  const omissions = omissionsIn(entries);
  const tags = new Map<string, ImageEntry[]>();
  for (const row of images) {
    const name = `${row.repository}:${row.tag}`;
    tags.set(name, [...(tags.get(name) ?? []), row]);
  }
  return {
    tags: [...tags.values()].flatMap((rows) => expectedTag(rows, letIn)),
    charts: newestCharts(entries).map((row) => expectedChart(row, keepCharts, omissions)),
    problems: [],
    notes: unique([
      ...images.flatMap(({ problem }) => (problem && isLeftOut(problem) ? [problem] : [])),
      ...omissions,
    ]),
  };
}

/** `source platform` of images that were taken although their programs are for another architecture. */
function letInByRun(entries: readonly TimedEntry[]): ReadonlySet<string> {
  return new Set(
    entries.flatMap((entry) => {
      if (entry.type !== 'problem' || entry.problem.code !== 'run.mislabelled-let-in') return [];
      const { image = '', claimed = '' } = entry.problem.params;
      return [`${image} ${claimed}`];
    }),
  );
}

function expectedTag(rows: readonly ImageEntry[], letIn: ReadonlySet<string>): readonly ExpectedTag[] {
  const [first] = rows;
  const after = rows.at(-1)?.after ?? null;
  if (!first || after === null || after === 'unreadable') return [];
  const images = new Map<string, ExpectedImage>();
  for (const row of rows) {
    const { action, digest, config, sources } = row;
    const platform = rowPlatform(row);
    // a row of an undo may stand for a platform that it removed
    if (!SERVED.has(action) || !after.platforms.includes(platform)) continue;
    const mislabelled = sources.some((source) => letIn.has(`${source} ${row.platform}`));
    images.set(platform, { platform, digest, config, mayDiffer: false, mislabelled });
  }
  // for other platforms of the tag, and those that the policy left there, the journal knows the platform only, not the image
  for (const platform of after.platforms) {
    if (images.has(platform)) continue;
    images.set(platform, { platform, digest: '', config: '', mayDiffer: true, mislabelled: false });
  }
  return [{ repository: first.repository, tag: first.tag, images: [...images.values()] }];
}

/** The notes about what the packages of the run left out. */
function omissionsIn(entries: readonly TimedEntry[]): readonly Problem[] {
  return entries.flatMap((entry) =>
    entry.type === 'problem' && OMISSIONS.has(entry.problem.code) ? [entry.problem] : [],
  );
}

/** One row for each chart in each repository, as the run left it. */
function newestCharts(entries: readonly TimedEntry[]): readonly ChartRow[] {
  const rows = new Map<string, ChartRow>();
  for (const entry of entries) {
    if (entry.type === 'chart') rows.set(`${entry.url} ${entry.name} ${entry.version}`, entry);
  }
  return [...rows.values()].filter(({ action, digest }) => PUBLISHED.has(action) && digest !== null);
}

function expectedChart(
  row: ChartRow,
  keepCharts: readonly string[],
  omissions: readonly Problem[],
): ExpectedChart {
  const { repo, url, name, version, digest, action } = row;
  const own = omissions.filter(({ params }) => params['chart'] === `${name} ${version}`);
  return {
    repo,
    url,
    name,
    version,
    digest,
    isSame: () => Promise.resolve(false),
    hints: null,
    omitted: own.flatMap(({ params }) => ('image' in params ? [String(params['image'])] : [])),
    mayMisname: own.some(({ code }) => code === 'plan.own-hints-unusable'),
    isKept: action === 'keep' || matchesChart(keepCharts, { folder: repo, name, version }),
    mayBeAbsent: false,
  };
}

/** Merges rows of the same image. */
export function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((one) => [JSON.stringify([one.code, one.params]), one])).values()];
}
