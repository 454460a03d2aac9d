// Puts the bundles of several packages into one order, a chart that several of them bring once: all platforms of its images together.
import { createHash } from 'node:crypto';
import type { FoundBundle } from './collect-bundles.js';

/** The same chart in one or several packages, with the images of each; or one archive without a chart. */
export interface ArrangedBundle {
  /** At most one of each package, in the order of the packages; at least one. */
  readonly parts: readonly [FoundBundle, ...FoundBundle[]];
}

/**
 * One order in which each package's bundles keep theirs, so that all packages can be read side by side. Charts with equal files and
 * equal hints become one bundle; where the orders of packages exclude each other, the chart stays twice.
 * @param packages the bundles of each package, in their order
 */
export function arrangeBundles(packages: readonly (readonly FoundBundle[])[]): readonly ArrangedBundle[] {
  const queues = packages.map(keyed);
  const arranged: ArrangedBundle[] = [];
  for (;;) {
    const heads = queues.flatMap((queue) => queue[0] ?? []);
    const [first] = heads;
    if (!first) return arranged;
    const isLaterElsewhere = (key: string): boolean =>
      queues.some((queue) => queue.slice(1).some((one) => one.key === key));
    const next = heads.find(({ key }) => !isLaterElsewhere(key)) ?? first;
    const parts = queues.flatMap((queue) => (queue[0]?.key === next.key ? queue.splice(0, 1) : []));
    const [one, ...others] = parts.map(({ bundle }) => bundle);
    if (one) arranged.push({ parts: [one, ...others] });
  }
}

interface Keyed {
  readonly key: string;
  readonly bundle: FoundBundle;
}

/** The bundles with a key that is the same in all packages; a chart that one package holds twice has two. */
function keyed(bundles: readonly FoundBundle[]): Keyed[] {
  const seen = new Map<string, number>();
  return bundles.map((bundle) => {
    const key = keyOf(bundle);
    const times = seen.get(key) ?? 0;
    seen.set(key, times + 1);
    return { key: `${key} ${String(times)}`, bundle };
  });
}

/**
 * Charts that lack different images are not joined: which platform lacks which image would be lost. Those with images that nothing
 * names are not either: they are found by elimination, which works only among the images of one package.
 */
function keyOf({
  packageAt,
  ordinal,
  folder,
  chart,
  hints,
  hasImages,
  images,
  lacking,
}: FoundBundle): string {
  if (!chart || images.some(({ names }) => names.length === 0))
    return `${String(packageAt)} ${String(ordinal)}`;
  const files = chart.files.map(({ path, digest }) => [path, digest]);
  const text = JSON.stringify([folder, chart.name, chart.version, files, hints?.digest, hasImages, lacking]);
  return createHash('sha256').update(text).digest('hex');
}
