// What is inside packages, as text: per package its facts, its charts and their images.
import type { Inventory, InventoryChart, InventoryImage, InventoryPackage } from '../../core/contract.js';
import type { TextKey } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { problemText } from './problem-text.js';
import { table } from './table.js';
import { formatBytes } from './units.js';

type Texts = Pick<CommandContext, 'say' | 'style' | 'language'>;

const CHECKSUM: Readonly<Record<InventoryPackage['checksum'], TextKey>> = {
  ok: 'cli.inspect.checksum-ok',
  mismatch: 'cli.inspect.checksum-mismatch',
  unknown: 'cli.inspect.checksum-unknown',
};

export function inventoryText(inventory: Inventory, texts: Texts): string {
  const { language } = texts;
  const parts = inventory.packages.map((found) => packageLines(found, texts).join('\n'));
  const problems = inventory.problems.map((problem) => problemText(problem, language));
  return `${[...parts, ...problems].join('\n\n')}\n`;
}

function packageLines(found: InventoryPackage, texts: Texts): readonly string[] {
  const { say, style, language } = texts;
  const facts = [
    [say('cli.inspect.family'), found.family],
    [say('cli.inspect.version'), found.version],
    [say('cli.inspect.arch'), found.arch],
    [say('cli.inspect.bytes'), `${formatBytes(found.bytes)} (${found.bytes})`],
    [say('cli.inspect.sha512'), say(CHECKSUM[found.checksum], { sha512: found.sha512 ?? '-' })],
    [
      say('cli.inspect.contents'),
      say('cli.inspect.counts', { charts: found.charts.length, images: found.images.length }),
    ],
  ];
  const charted = new Set<InventoryImage>();
  const charts = found.charts.flatMap((chart) => {
    const images = imagesOf(chart, found.images);
    for (const image of images) charted.add(image);
    return [
      ...table([[`${chart.repo === '' ? '' : `${chart.repo}/`}${chart.name}`, chart.version]], '  '),
      ...imageLines(images, say),
      ...chart.problems.map((problem) => problemText(problem, language, '    ')),
    ];
  });
  const others = found.images.filter((image) => !charted.has(image));
  const broken = found.images.flatMap(({ problem }) => problem ?? []);
  return [
    style.bold(found.name),
    ...table(facts, '  '),
    ...(charts.length === 0 ? [] : ['', ...charts]),
    ...(others.length === 0 ? [] : ['', `  ${say('cli.inspect.other-images')}`, ...imageLines(others, say)]),
    ...[...found.problems, ...broken].flatMap((problem) => ['', problemText(problem, language, '  ')]),
  ];
}

/** Images that the chart's bundle brought; those that only its hints name come from other bundles of the package. */
function imagesOf(chart: InventoryChart, images: readonly InventoryImage[]): readonly InventoryImage[] {
  return images.filter(
    (image) => image.chart === chart.name && image.repo === chart.repo && chart.images.includes(image.source),
  );
}

function imageLines(images: readonly InventoryImage[], say: Texts['say']): readonly string[] {
  return table(
    images.map((image) => [
      image.source,
      image.platform,
      formatBytes(image.bytes),
      image.programs === image.platform || image.programs === 'unknown'
        ? ''
        : say('cli.inspect.programs', { programs: image.programs }),
    ]),
    '    ',
  );
}
