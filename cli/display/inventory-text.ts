// The contents of packages as text: for each package its facts, its charts with their images, and its problems.
import type {
  Inventory,
  InventoryChart,
  InventoryImage,
  InventoryPackage,
  Problem,
} from '../../core/contract.js';
import { rowPlatform, type TextKey } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { problemText } from './text/problem-text.js';
import { table } from './text/table.js';
import { formatBytes } from './text/units.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;

const CHECKSUM: Readonly<Record<InventoryPackage['checksum'], TextKey>> = {
  ok: 'cli.inspect.checksum-ok',
  mismatch: 'cli.inspect.checksum-mismatch',
  unknown: 'cli.inspect.checksum-unknown',
};

/** Returns the contents of packages as text. */
export function inventoryText(inventory: Inventory, texts: Texts): string {
  const { language } = texts;
  const parts = inventory.packages.map((found) => packageLines(found, texts).join('\n'));
  const told = new Set(inventory.packages.flatMap(({ problems }) => problems.map(identityOf)));
  const others = inventory.problems.filter((problem) => !told.has(identityOf(problem)));
  return `${[...parts, ...others.map((problem) => problemText(problem, language))].join('\n\n')}\n`;
}

function identityOf({ code, params }: Problem): string {
  return JSON.stringify([code, params]);
}

function packageLines(found: InventoryPackage, texts: Texts): readonly string[] {
  const { say, style, language } = texts;
  const cells = imageCells(found.images, say);
  const charted = new Set<InventoryImage>();
  const charts = found.charts.flatMap((chart) => {
    const images = imagesOf(chart, found.images);
    for (const image of images) charted.add(image);
    return chartLines(chart, images, cells, texts);
  });
  const others = found.images.filter((image) => !charted.has(image));
  const broken = found.images.flatMap(({ problem }) => problem ?? []);
  return [
    style.bold(found.name),
    ...table(factsOf(found, say), '  '),
    ...(charts.length === 0 ? [] : ['', ...charts]),
    ...(others.length === 0
      ? []
      : ['', `  ${say('cli.inspect.other-images')}`, ...table(others.map(cells), '    ')]),
    ...[...found.problems, ...broken].flatMap((problem) => ['', problemText(problem, language, '  ')]),
  ];
}

function factsOf(found: InventoryPackage, say: Texts['say']): readonly (readonly string[])[] {
  const { images, charts, blobBytes, sharedBytes } = found;
  const counts = { charts: charts.length, images: images.length, platforms: platformCounts(images) };
  const blobs = { blobs: formatBytes(blobBytes), shared: formatBytes(sharedBytes) };
  const wrong = images.filter((image) => image.mislabelled).length;
  const unknown = images.filter((image) => !image.mislabelled && image.programs === 'unknown').length;
  const right = images.length - wrong - unknown;
  return [
    [say('cli.inspect.family'), found.family],
    [say('cli.inspect.version'), found.version || say('cli.inspect.not-said')],
    [say('cli.inspect.arch'), found.arch || say('cli.inspect.not-said')],
    [say('cli.inspect.bytes'), `${formatBytes(found.bytes)} (${found.bytes})`],
    [say('cli.inspect.sha512'), say(CHECKSUM[found.checksum], { sha512: found.sha512 ?? '-' })],
    [say('cli.inspect.contents'), say('cli.inspect.counts', counts)],
    [
      say('cli.inspect.blobs'),
      say(sharedBytes > 0 ? 'cli.inspect.blobs-shared' : 'cli.inspect.blobs-each', blobs),
    ],
    [say('cli.inspect.programs-label'), say(programsKey(right, wrong), { right, unknown, wrong })],
    [say('cli.inspect.read'), say(found.cached ? 'cli.inspect.read-before' : 'cli.inspect.read-now')],
  ];
}

/** `linux/arm64 27, linux/amd64 1`: the most common first. */
function platformCounts(images: readonly InventoryImage[]): string {
  const counts = new Map<string, number>();
  for (const image of images) {
    const platform = rowPlatform(image);
    counts.set(platform, (counts.get(platform) ?? 0) + 1);
  }
  const sorted = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return sorted.map(([platform, count]) => `${platform} ${count}`).join(', ') || '-';
}

function chartLines(
  chart: InventoryChart,
  images: readonly InventoryImage[],
  cells: ImageCells,
  { say, language }: Texts,
): readonly string[] {
  const name = `${chart.repo === '' ? '' : `${chart.repo}/`}${chart.name}`;
  const brought = new Set(images.map(({ source }) => source));
  // Images that the chart names and another bundle of the package holds.
  const elsewhere = chart.images.filter((source) => !brought.has(source) && !chart.lacking.includes(source));
  const rows = [
    ...images.map(cells),
    ...elsewhere.map((source) => [source, '', '', say('cli.inspect.elsewhere')]),
    ...chart.lacking.map((source) => [source, '', '', say('cli.inspect.lacking')]),
  ];
  // A lacking image has a row of its own, so its problem is not repeated.
  const problems = chart.problems.filter(({ code }) => code !== 'plan.image-absent');
  return [
    ...table([[name, chart.version, ...(chart.skipImages ? [say('cli.inspect.skip-images')] : [])]], '  '),
    ...table(rows, '    '),
    ...problems.map((problem) => problemText(problem, language, '    ')),
  ];
}

/** Images that the chart's bundle brought. */
function imagesOf(chart: InventoryChart, images: readonly InventoryImage[]): readonly InventoryImage[] {
  return images.filter((image) => image.chart === chart.name && image.repo === chart.repo);
}

type ImageCells = (image: InventoryImage) => readonly string[];

function imageCells(all: readonly InventoryImage[], say: Texts['say']): ImageCells {
  // Where no programs were looked at, the head of the package says so once and the rows do not repeat it.
  const isLookedAt = all.some(({ programs }) => programs !== 'unknown');
  return (image) => {
    const marks = [programMark(image, isLookedAt, say), image.named ? '' : say('cli.inspect.not-named')];
    return [image.source, rowPlatform(image), formatBytes(image.bytes), marks.filter(Boolean).join('; ')];
  };
}

/** A mark for what is unusual; '' where the programs fit the config, so that the marked rows are seen. */
function programMark(
  { mislabelled, platform, programs }: InventoryImage,
  isLookedAt: boolean,
  say: Texts['say'],
): string {
  const isUnknown = programs === 'unknown';
  if (mislabelled)
    return say(isUnknown ? 'cli.inspect.no-platform' : 'cli.inspect.mislabelled', { programs });
  if (isUnknown) return isLookedAt ? say('cli.inspect.programs-unknown') : '';
  return `${platform}/`.startsWith(`${programs}/`) ? '' : say('cli.inspect.programs', { programs });
}

function programsKey(right: number, wrong: number): TextKey {
  if (wrong > 0) return 'cli.inspect.programs-wrong';
  return right > 0 ? 'cli.inspect.programs-right' : 'cli.inspect.programs-none';
}
