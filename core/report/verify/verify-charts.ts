// Reads one published chart back and checks that it is the one that was brought and that the target holds each image that it names.
import { unpackChart } from '../../chart/files/archive.js';
import { HINTS_FILE, readChart } from '../../chart/files/chart.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { ProofChart } from '../../contract.js';
import { digestOf, isDigest } from '../../content/digest.js';
import { describePlatform, includesPlatform } from '../../content/platform.js';
import { AppError, toProblem } from '../../errors.js';
import type { PublishedChart } from '../../ports/chart-target.js';
import type { ChartOpening } from '../../target/connect.js';
import { referenceIn } from '../../target/place.js';
import type { ImageTarget } from '../../ports/image-target.js';
import {
  hintedReferences,
  ownNames,
  readPlace,
  type ChartReference,
  type ReadPlace,
} from '../reading/chart-references.js';
import type { ExpectedChart, ExpectedTag } from './expected.js';
import type { RunHistory } from '../reading/run-history.js';
import type { Served, ServedReader } from '../reading/served.js';
import { concernsOneItem } from '../../run/base/run-ending.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** An image target and a reader that remembers its answers. */
export interface ReadImages {
  readonly target: Pick<ImageTarget, 'kind' | 'host'>;
  readonly reader: ServedReader;
}

export interface ChartProofOptions extends Cancellable {
  /** Null without images: then the images that a chart names are not looked up. */
  readonly images: ReadImages | null;
  readonly rules: NamingRules;
  readonly tags: readonly ExpectedTag[];
  readonly history: RunHistory;
}

/** Reads one chart in one repository; null where it is absent because an image of it was left out. */
export async function proveChart(
  expected: ExpectedChart,
  opening: ChartOpening,
  options: ChartProofOptions,
): Promise<ProofChart | null> {
  const { name, version, repo } = expected;
  const { url } = opening;
  const row = (images: ProofChart['images'], problem: AppError | null): ProofChart => ({
    repo,
    url,
    name,
    version,
    images,
    ok: problem === null && images.every((image) => image.ok),
    problem: problem && toProblem(problem),
  });
  if ('problem' in opening) return row([], opening.problem);
  try {
    const published = await opening.charts.getChart(name, version, options);
    if (published === null) {
      return expected.mayBeAbsent ? null : row([], problemOf('verify.chart-absent', { name, version, url }));
    }
    const chart = readChart(unpackChart(published.archive));
    const hints = chart.files.has(HINTS_FILE) ? null : expected.hints;
    const { references, problems } = hintedReferences(chart, hints, options.rules);
    const images = [];
    for (const one of references) images.push(await proveReference(one, expected, options));
    const isSame = await isAsBrought(published, url, expected, options);
    const changed = isSame ? null : problemOf('verify.chart-changed', { name, version, url });
    return row(images, changed ?? (expected.mayMisname ? null : problems[0]) ?? null);
  } catch (error) {
    if (!concernsOneItem(error, options)) throw error;
    return row([], error);
  }
}

async function isAsBrought(
  { archive, name, version }: PublishedChart,
  url: string,
  expected: ExpectedChart,
  { history }: ChartProofOptions,
): Promise<boolean> {
  const digest = digestOf(archive);
  if (digest === expected.digest || history.explainsChart(url, name, version, digest)) return true;
  return expected.isSame(unpackChart(archive));
}

async function proveReference(
  reference: ChartReference,
  chart: ExpectedChart,
  options: ChartProofOptions,
): Promise<ProofChart['images'][number]> {
  const { text } = reference;
  try {
    const problem = await lookUp(reference, chart, options);
    return { reference: text, ok: problem === null, problem: problem && toProblem(problem) };
  } catch (error) {
    if (!concernsOneItem(error, options)) throw error;
    return { reference: text, ok: false, problem: toProblem(error) };
  }
}

async function lookUp(
  { text, source, home }: ChartReference,
  { isKept, name, version, omitted }: ExpectedChart,
  { images, rules, tags, history }: ChartProofOptions,
): Promise<AppError | null> {
  if (!images) return null;
  const { target, reader } = images;
  const params = { chart: `${name} ${version}`, reference: text };
  if (!ownNames(target, rules)(source)) {
    if (isKept) return null;
    // an image that was not brought keeps its name; an image that the target holds should be named there
    const place = readPlace(target, home);
    const isHere = tags.some((tag) => isAt(tag, { repository: place.repository, tag: place.reference }));
    const isServed = isHere || (await reader.read(place.repository, place.reference)) !== null;
    return isServed ? problemOf('verify.reference-elsewhere', params) : null;
  }
  const place = readPlace(target, rules.mirror ? { ...home, ...pinOf(source) } : source);
  const served = await reader.read(place.repository, place.reference);
  if (served === null) {
    // the chart still names what its package does not bring; an image that a run had served is lost
    const isOmitted = omitted.includes(text) && !isDigest(place.reference);
    const here = { repository: place.repository, tag: place.reference };
    const isLost = tags.some((tag) => isAt(tag, here)) || history.everServed(referenceIn(target, here));
    return isOmitted && !isLost ? null : problemOf('verify.reference-missing', params);
  }
  const needed = await neededPlatforms(place, tags, reader);
  const held = served.images.flatMap(({ platform }) => (platform ? [describePlatform(platform)] : []));
  const lacking = needed.filter((platform) => !includesPlatform(held, platform));
  if (lacking.length === 0) return null;
  return problemOf('verify.reference-platforms', { ...params, platforms: lacking.join(', ') });
}

type Place = Pick<ExpectedTag, 'repository' | 'tag'>;

function isAt(a: Place, b: Place): boolean {
  return a.repository === b.repository && a.tag === b.tag;
}

function pinOf({ digest }: ChartReference['source']): Partial<ChartReference['source']> {
  return digest === undefined ? {} : { digest };
}

/** The platforms that were brought for a tag; for a digest, those of the tag whose index or child has this digest. */
async function neededPlatforms(
  { repository, reference }: ReadPlace,
  tags: readonly ExpectedTag[],
  reader: ServedReader,
): Promise<readonly string[]> {
  const needed: string[] = [];
  for (const tag of tags) {
    if (tag.repository !== repository) continue;
    const isMeant = isDigest(reference)
      ? serves(await reader.read(repository, tag.tag), reference)
      : tag.tag === reference;
    if (!isMeant) continue;
    needed.push(...tag.images.filter((image) => !image.mislabelled).map((image) => image.platform));
  }
  return [...new Set(needed)];
}

function serves(served: Served | null, digest: string): boolean {
  return served?.top.digest === digest || (served?.images.some((image) => image.digest === digest) ?? false);
}

type ChartFinding =
  | 'verify.chart-absent'
  | 'verify.chart-changed'
  | 'verify.reference-elsewhere'
  | 'verify.reference-missing'
  | 'verify.reference-platforms';

function problemOf(code: ChartFinding, params: Readonly<Record<string, string>>): AppError {
  const origin = code.startsWith('verify.reference-missing') ? 'registry' : 'chart-repo';
  return new AppError(code, { origin, params });
}
