// A comparison as text: coverage, images that need a decision, stale platforms, and the table of images and platforms.
import { figuresOf, needsAttention } from '../../core/contract.js';
import type { Coverage, CoverageCell, CoverageImage } from '../../core/contract.js';
import { cellsWhere, isAllSame, noteOf, STATE_SIGNS } from '../../core/engine.js';
import type { CommandContext, Say } from '../command.js';
import { detailText } from './detail-text.js';
import { problemText } from './text/problem-text.js';
import { table } from './text/table.js';
import { bar, formatBytes } from './text/units.js';
import { fit, widthOf } from './text/width.js';

export type CoverageTexts = Pick<CommandContext, 'say' | 'style' | 'language' | 'columns'>;

const BAR_CELLS = 20;
/** Columns; names are not cut to fewer, however narrow the terminal is. */
const SHORTEST_NAME = 24;
const GAP = 2;

/** Returns the comparison as text; it ends with a newline. */
export function coverageText(coverage: Coverage, texts: CoverageTexts): string {
  const { say, style, language } = texts;
  const { detail, images, problems, packages, target } = coverage;
  const told = problems.map((problem) => problemText(problem, language, '  '));
  const figures = coverage.figures && figuresOf(coverage.figures);
  const lines = [
    say('coverage.packages', { packages: packages.map(({ name }) => name).join(', ') }),
    target ? say('coverage.target', { location: target.location }) : say('coverage.no-target'),
    '',
    ...(images.length === 0 ? [say('coverage.none')] : summaryLines(coverage, texts)),
    ...section(style.warn, say('coverage.attention', { count: count(coverage, needsAttention) }), [
      ...attentionLines(coverage, texts),
    ]),
    ...section(style.warn, say('coverage.stale', { count: count(coverage, isStale) }), staleLines(coverage)),
    ...(detail ? ['', ...detailText(detail, texts)] : ['', ...matrix(coverage, texts)]),
    ...section(style.bad, say('coverage.problems', { count: told.length }), told),
    ...(figures && figures.tags > 0
      ? ['', say('coverage.to-send', { count: figures.tags, bytes: formatBytes(figures.bytesToSend) })]
      : []),
    ...(target && images.length > 0
      ? ['', say(isAllSame(coverage) ? 'coverage.all-same' : 'coverage.guarantee')]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

/** Problems for stderr when stdout gets JSON. */
export function coverageComplaints(coverage: Coverage, texts: CoverageTexts): readonly string[] {
  const { say, language } = texts;
  const attention = attentionLines(coverage, texts);
  const marked = count(coverage, needsAttention);
  return [
    ...coverage.problems.map((problem) => problemText(problem, language)),
    ...(marked === 0 ? [] : [[say('coverage.attention', { count: marked }), ...attention].join('\n')]),
  ];
}

function summaryLines({ platforms, summary, target }: Coverage, { say }: CoverageTexts): readonly string[] {
  return table(
    platforms.map((platform) => {
      const { present = 0, now = 0, stale = 0, total = 0 } = summary[platform] ?? {};
      const key = target ? 'coverage.summary' : 'coverage.summary-alone';
      const behind = stale > 0 ? say('coverage.summary-stale', { count: stale }) : '';
      return [platform, bar(present, total, BAR_CELLS), say(key, { present, now, total }), behind];
    }),
  );
}

function attentionLines(coverage: Coverage, { say, language }: CoverageTexts): readonly string[] {
  const found = cellsWhere(coverage, needsAttention);
  const rows = found.map(({ image, platform, cell }) => {
    const note = noteOf(image, cell, say);
    return [image.source, platform, stateText(cell, say) + (note === '' ? '' : `: ${note}`)];
  });
  return table(rows, '  ').flatMap((line, at) => {
    const problem = found[at]?.problem ?? null;
    return problem ? [line, problemText(problem, language, '    ')] : [line];
  });
}

function staleLines(coverage: Coverage): readonly string[] {
  const found = cellsWhere(coverage, isStale);
  return table(
    found.map(({ image, platform, cell }) => [image.source, platform, cell.version]),
    '  ',
  );
}

function matrix({ images, platforms, target }: Coverage, { say, columns }: CoverageTexts): readonly string[] {
  if (images.length === 0) return [];
  const head = [...platforms, ...(target ? [say('coverage.column.to-send')] : [])];
  const rows = images.map((image) => [
    ...platforms.map((platform) => cellText(image, image.cells[platform], say)),
    ...(target ? [image.bytesToSend > 0 ? formatBytes(image.bytesToSend) : ''] : []),
  ]);
  const widths = head.map((_, at) => Math.max(...[head, ...rows].map((row) => widthOf(row[at] ?? ''))));
  const rest = widths.reduce((sum, width) => sum + width + GAP, 0);
  const room = columns === null ? Number.POSITIVE_INFINITY : Math.max(SHORTEST_NAME, columns - rest);
  return table([
    [say('coverage.column.image'), ...head],
    ...images.map((image, at) => [fit(image.source, room), ...(rows[at] ?? [])]),
  ]);
}

/**
 * `+ add 12.4 MB`, `• keep, stale, 0.9.0`. The reason is shown for missing images only, because it may show that nothing is wrong.
 */
function cellText(image: CoverageImage, cell: CoverageCell | undefined, say: Say): string {
  if (!cell) return '';
  const { state, stale, version, bytes } = cell;
  const isChange = state === 'add' || state === 'replace';
  const note = state === 'missing' ? noteOf(image, cell, say) : '';
  return [
    stateText(cell, say) + (isChange && bytes > 0 ? ` ${formatBytes(bytes)}` : ''),
    ...(note === '' ? [] : [note]),
    ...(stale ? [say('coverage.note.stale', { version })] : []),
  ].join(say('cli.list-separator'));
}

function stateText({ state }: CoverageCell, say: Say): string {
  return `${STATE_SIGNS[state]} ${say(`coverage.state.${state}`)}`;
}

function isStale(cell: CoverageCell): boolean {
  return cell.stale;
}

function count(coverage: Coverage, isMeant: (cell: CoverageCell) => boolean): number {
  return cellsWhere(coverage, isMeant).length;
}

function section(
  emphasis: (text: string) => string,
  title: string,
  lines: readonly string[],
): readonly string[] {
  return lines.length === 0 ? [] : ['', emphasis(title), ...lines];
}
