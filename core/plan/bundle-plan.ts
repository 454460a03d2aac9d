// What a bundle brings and where it goes: matches the images of the archive with those that the chart's hints name.
import { chartName } from '../contract.js';
import { isDigest, type Digest } from '../content/digest.js';
import { describePlatform } from '../content/platform.js';
import { familiarReference, formatReference, parseReference, type Reference } from '../content/reference.js';
import { HINTS_FILE, readChart, type Chart } from '../chart/files/chart.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import { planChart, type ChartPlan } from '../chart/relocation/plan-chart.js';
import { pastValues, ruleHosts } from '../chart/past-values.js';
import { imagesRead } from '../chart/relocation/read-hints.js';
import { relocateName } from '../chart/relocation/relocation.js';
import type { ChartImage } from '../chart/types.js';
import { AppError } from '../errors.js';
import { PassBudget } from '../flow/pass-budget.js';
import { contained } from '../package/bytes/damage.js';
import type { BundleContent, BundleHead, BundleId, PackageImage } from '../package/stream/package-stream.js';

/** The chart of a bundle with what its hints say. */
export interface PlannedChart {
  readonly folder: string;
  readonly chart: Chart;
  readonly plan: ChartPlan;
}

/** `folder/name@version` of the bundle's chart. */
export function bundleName({ folder, chart: { name, version } }: PlannedChart): string {
  return chartName({ repo: folder, name, version });
}

/** One image of the package under one name. */
export interface PlannedImage {
  /** As people write it; canonical, tag or digest included. */
  readonly source: string;
  readonly target: Reference;
  readonly image: PackageImage;
}

/** Everything that a bundle brings. */
export interface BundlePlan {
  readonly chart: PlannedChart | null;
  readonly images: readonly PlannedImage[];
  /** Images that the chart names and the bundle lacks. In a bundle without images and hints, the chart's own hints count. */
  readonly absent: readonly ChartImage[];
  /** What is wrong with own hints of the chart that nothing uses. */
  readonly chartNotes: readonly AppError[];
  /** Why the chart cannot be published; its images may be imported all the same. */
  readonly chartProblems: readonly AppError[];
  /** What concerns single images: a name that is not legal, an image that nothing names. */
  readonly imageProblems: readonly AppError[];
}

/**
 * Reads the chart of a bundle and its hints.
 * @returns null for a bundle without a chart. Throws an AppError when chart or hints cannot be read; then no image of the bundle
 * gets a name in the target either.
 */
export function planChartOf(
  bundle: BundleId,
  head: BundleHead,
  rules: NamingRules,
  budget = new PassBudget(),
): PlannedChart | null {
  const files = head.chart;
  if (files === null) return null;
  return contained(bundle.path, () =>
    budget.toPlan(bundle.path, () => {
      const chart = readChart(files, bundle.path, budget);
      return { folder: bundle.folder, chart, plan: planChart(chart, head.hints, rules, budget) };
    }),
  );
}

/**
 * Gives the images of a bundle the names that its chart has for them, and lists what is missing or cannot be named. Throws AppErrors
 * of the bundle: where its chart cannot be read, and `package.limit` when it asks for more than `budget` has.
 */
export function planBundle(
  bundle: BundleId,
  content: BundleContent,
  rules: NamingRules,
  budget = new PassBudget(),
): BundlePlan {
  return contained(bundle.path, () =>
    budget.toPlan(bundle.path, () => planContent(bundle, content, rules, budget)),
  );
}

function planContent(
  bundle: BundleId,
  content: BundleContent,
  rules: NamingRules,
  budget: PassBudget,
): BundlePlan {
  const chart = planChartOf(bundle, content, rules, budget);
  const byName = new NamedBySource(chart?.plan.images ?? [], budget);
  const named = chart?.plan.images ?? [];
  const images: PlannedImage[] = [];
  const imageProblems: AppError[] = [];
  const matched = new Set<ChartImage>();
  for (const image of content.images) {
    for (const name of image.names) {
      const planned = planByName(name, image, byName, rules, matched);
      images.push(...planned);
      if (planned.length > 0) continue;
      budget.spend('problems', 1, bundle.path);
      imageProblems.push(problem('plan.name-illegal', { name, bundle: bundle.path }));
    }
  }
  const nameless = content.images.filter((image) => image.names.length === 0);
  const byDigest = matchNameless(nameless, named);
  for (const [wanted, image] of byDigest.pairs) {
    matched.add(wanted);
    images.push({ source: familiarReference(wanted.source), target: wanted.target, image });
  }
  const chartProblems = [...(chart?.plan.problems ?? [])];
  if (byDigest.ambiguous.length > 0) {
    const names = byDigest.ambiguous.map((wanted) => familiarReference(wanted.source)).join(', ');
    chartProblems.push(problem('plan.digest-images-ambiguous', { chart: chart?.chart.name ?? '', names }));
  }
  for (const image of byDigest.unclaimed) {
    const { digest } = image.manifest;
    const params = { digest, platform: describePlatform(image.platform), bundle: bundle.path };
    const [tag] = image.tags;
    imageProblems.push(
      tag === undefined || content.chart !== null
        ? problem('plan.image-unnamed', params)
        : problem('plan.image-tag-only', { ...params, tag }),
    );
  }
  const own = chart && !content.hasImages && named.length === 0 ? ownHints(chart.chart, rules, budget) : null;
  const absent = own?.images ?? named.filter((wanted) => !matched.has(wanted));
  const past = chart
    ? pastValues(
        chart.chart,
        named.flatMap(({ keys }) => keys),
        rightHosts(named, rules),
        budget,
      )
    : [];
  const unchanged = chart && isWithoutHints(chart.chart, content) ? [withoutHints(chart)] : [];
  const chartNotes = chartProblems.length === 0 ? [...(own?.notes ?? []), ...past, ...unchanged] : [];
  return { chart, images, absent, chartNotes, chartProblems, imageProblems };
}

/**
 * The image under each name that a hint gives it, each once: hints that write one image in one value and in two may ask for
 * different names. Without a hint the canonical name is relocated. Empty when `name` is no legal reference.
 */
function planByName(
  name: string,
  image: PackageImage,
  named: NamedBySource,
  rules: NamingRules,
  matched: Set<ChartImage>,
): readonly PlannedImage[] {
  const reference = parseReference(name);
  const source = reference && { ...reference, tag: reference.tag ?? 'latest' };
  const key = source && formatReference(source);
  // an empty registry value gives names like `/x:tag`; they are no references, so they are compared as they are written
  const wanted = named.find(key, name);
  for (const one of wanted) matched.add(one);
  if (wanted.length === 0) {
    return source ? [{ source: familiarReference(source), target: relocateName(source, rules), image }] : [];
  }
  const targets = new Map(wanted.map((one) => [formatReference(one.target), one]));
  return [...targets.values()].map((one) => ({
    source: familiarReference(one.source),
    target: one.target,
    image,
  }));
}

/** The images of the hints by what they are called, because packages and charts may hold thousands. */
class NamedBySource {
  readonly #bySource = new Map<string, ChartImage[]>();
  readonly #byWritten = new Map<string, ChartImage[]>();
  readonly #order = new Map<ChartImage, number>();

  readonly #budget: PassBudget;

  constructor(named: readonly ChartImage[], budget: PassBudget) {
    this.#budget = budget;
    for (const [at, one] of named.entries()) {
      this.#order.set(one, at);
      const source = formatReference(one.source);
      this.#bySource.set(source, [...(this.#bySource.get(source) ?? []), one]);
      this.#byWritten.set(one.written, [...(this.#byWritten.get(one.written) ?? []), one]);
    }
  }

  /** Those with this source or written so, in the order of the hints. */
  find(source: string | null, written: string): readonly ChartImage[] {
    const found = new Set([
      ...(source === null ? [] : (this.#bySource.get(source) ?? [])),
      ...(this.#byWritten.get(written) ?? []),
    ]);
    this.#budget.spend('work', found.size, written);
    return [...found].sort((a, b) => (this.#order.get(a) ?? 0) - (this.#order.get(b) ?? 0));
  }
}

/**
 * Finds the hints of images without a name in the archive, which is how hints that name an image by digest are packed. An image
 * whose manifest or index has the digest of a hint belongs to it. If one image and one such hint remain, they belong together; if
 * more remain, which belongs to which is ambiguous.
 */
function matchNameless(
  nameless: readonly PackageImage[],
  named: readonly ChartImage[],
): {
  readonly pairs: readonly (readonly [ChartImage, PackageImage])[];
  readonly ambiguous: readonly ChartImage[];
  readonly unclaimed: readonly PackageImage[];
} {
  const pairs: (readonly [ChartImage, PackageImage])[] = [];
  let wanted = named.filter((one) => one.pin !== null);
  let images = [...nameless];
  for (const one of wanted) {
    const own = images.filter((image) => hasDigest(image, one.source.digest));
    for (const image of own) pairs.push([one, image]);
    if (own.length > 0) {
      wanted = wanted.filter((other) => other !== one);
      images = images.filter((image) => !own.includes(image));
    }
  }
  // several hints may name the same digest: they mean one image
  const digests = new Set(wanted.map((one) => one.source.digest));
  const [first] = images;
  if (digests.size === 1 && images.length === 1 && first) {
    for (const one of wanted) pairs.push([one, first]);
    return { pairs, ambiguous: [], unclaimed: [] };
  }
  return { pairs, ambiguous: images.length > 0 ? wanted : [], unclaimed: images };
}

function hasDigest(image: PackageImage, digest: Digest | undefined): boolean {
  return isDigest(digest) && (image.indexDigest === digest || image.manifest.digest === digest);
}

function problem(
  code: 'plan.name-illegal' | 'plan.digest-images-ambiguous' | 'plan.image-unnamed' | 'plan.image-tag-only',
  params: Record<string, string>,
): AppError {
  return new AppError(code, { origin: 'package', params });
}

/** True for a chart that may name images, and whose values stay as they are because nothing tells which of them do. */
function isWithoutHints({ type, files }: Chart, { hints }: BundleContent): boolean {
  if (hints !== null || files.has(HINTS_FILE) || type === 'library') return false;
  const mayName = ([path, bytes]: readonly [string, Buffer]): boolean =>
    path.endsWith('.tgz') || (/(?:^|\/)templates\//.test(path) && bytes.includes('image'));
  return [...files].some(mayName);
}

function withoutHints({ chart: { name, version } }: PlannedChart): AppError {
  return new AppError('plan.chart-without-hints', { origin: 'package', params: { chart: name, version } });
}

/** The images of a chart whose bundle has neither images nor hints, as Helm reads them where the chart's own hints point to. */
function ownHints(
  chart: Chart,
  rules: NamingRules,
  budget: PassBudget,
): { readonly images: readonly ChartImage[]; readonly notes: readonly AppError[] } {
  const { images, problems } = planChart(chart, null, rules, budget);
  const read = imagesRead(chart, null, budget);
  const isKnown = ({ code, params }: AppError): boolean =>
    code === 'chart.hint-not-read' && read.some(({ hint }) => hint === params['hint']);
  const others = read.filter(({ hint }) => !images.some((image) => image.hint === hint));
  return {
    images: [
      ...images,
      ...others.map(({ hint, source, keys }) => ({
        ...{ hint, source, keys, written: formatReference(source), target: relocateName(source, rules) },
        ...{ pin: null, changes: [] },
      })),
    ],
    notes: problems
      .filter((problem) => !isKnown(problem))
      .map(({ message }) => {
        const params = { chart: `${chart.name} ${chart.version}`, detail: message };
        return new AppError('plan.own-hints-unusable', { origin: 'package', params });
      }),
  };
}

/** Registries that a template may name: those of the rules, and the images' own where no value changes. */
function rightHosts(named: readonly ChartImage[], rules: NamingRules): readonly string[] {
  const isUnchanged = named.every(({ changes, pin }) => changes.length === 0 && pin === null);
  return [...ruleHosts(rules), ...(isUnchanged ? named.map(({ source }) => source.registry) : [])];
}
