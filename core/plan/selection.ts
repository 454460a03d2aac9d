// Decides which charts, images and platforms of the packages were asked for.
import { createHash } from 'node:crypto';
import type { Selection, Shard } from '../contract.js';
import { isMeant, parsePlatform, type Platform } from '../content/platform.js';
import { formatReference, familiarReference, parseReference } from '../content/reference.js';
import { AppError } from '../errors.js';
import { parseGlob, type Glob } from './glob.js';

export { parseChartsFile } from '../target/chart-list.js';

/** A chart as a pattern sees it. */
export interface ChartName {
  /** Folder of the package that holds it, `''` at the top. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** A pattern `[folder/]NAME[@VERSION]`; a part that is not given matches everything. */
export interface ChartPattern {
  readonly folder: Glob | null;
  readonly name: Glob;
  readonly version: Glob | null;
}

/** A valid {@link Selection}; an empty list selects everything. */
export interface SelectionRules {
  readonly only: readonly ChartPattern[];
  readonly skip: readonly ChartPattern[];
  readonly images: readonly Glob[];
  readonly platforms: readonly Platform[];
  /** Null: the bundles of all shards. */
  readonly shard: Shard | null;
}

/** Checks all patterns before anything is done. Throws `config.bad-pattern`, `config.bad-platform` or `config.bad-shard`. */
export function parseSelection(selection: Selection = {}): SelectionRules {
  return {
    only: (selection.only ?? []).map(parseChartPattern),
    skip: (selection.skip ?? []).map(parseChartPattern),
    images: (selection.images ?? []).map((pattern) => parseGlob(pattern)),
    platforms: (selection.platforms ?? []).map(readPlatform),
    shard: checkShard(selection.shard),
  };
}

/** Reads `[folder/]NAME[@VERSION]`. Throws `config.bad-pattern`. */
export function parseChartPattern(pattern: string): ChartPattern {
  const at = pattern.indexOf('@');
  const path = at < 0 ? pattern : pattern.slice(0, at);
  const slash = path.lastIndexOf('/');
  return {
    folder: slash < 0 ? null : parseGlob(path.slice(0, slash), pattern),
    name: parseGlob(path.slice(slash + 1), pattern),
    version: at < 0 ? null : parseGlob(pattern.slice(at + 1), pattern),
  };
}

/** True when one of the patterns names the chart. Throws `config.bad-pattern`. */
export function matchesChart(patterns: readonly string[], chart: ChartName): boolean {
  return patterns.map(parseChartPattern).some((pattern) => isNamed(pattern, chart));
}

function isNamed(pattern: ChartPattern, chart: ChartName): boolean {
  return (
    pattern.name.matches(chart.name) &&
    (pattern.folder?.matches(chart.folder) ?? true) &&
    (pattern.version?.matches(chart.version) ?? true)
  );
}

/** True when `only` (if any) names the chart, `skip` does not, and it belongs to the shard. */
export function chartSelected(rules: SelectionRules, chart: ChartName): boolean {
  const isMeant = rules.only.length === 0 || rules.only.some((pattern) => isNamed(pattern, chart));
  const isSkipped = rules.skip.some((pattern) => isNamed(pattern, chart));
  return isMeant && !isSkipped && isInShard(rules.shard, `${chart.folder}/${chart.name}`);
}

/**
 * True when an image pattern (if any) matches one of the spellings of `source`, with or without its tag, and the platform is
 * asked for (if any is). `source` is a reference in any spelling; a text that is no reference is matched as it is.
 */
export function imageSelected(rules: SelectionRules, source: string, platform: Platform): boolean {
  const isPlatformMeant =
    rules.platforms.length === 0 || rules.platforms.some((one) => isMeant(one, platform));
  return isPlatformMeant && imageNameSelected(rules, source);
}

/** The same without a platform, for an image that is known by its name only. */
export function imageNameSelected(rules: SelectionRules, source: string): boolean {
  if (rules.images.length === 0) return true;
  const spellings = spellingsOf(source);
  return rules.images.some((glob) => spellings.some((text) => glob.matches(text)));
}

/** Canonical, as people write it, and as Docker shortens it (`nginx:1.0`); each with and without the tag. */
function spellingsOf(source: string): readonly string[] {
  const reference = parseReference(source);
  if (!reference) return [source];
  const { registry, repository } = reference;
  const familiar = familiarReference(reference);
  const full = [
    source,
    formatReference(reference),
    familiar,
    familiarReference({ registry, repository }).replace(/:latest$/, ''),
  ];
  const named = [...full, formatReference({ registry, repository })];
  return named.flatMap((text) => [
    text,
    text.replace(/^(?:index\.)?docker\.io\/(?:library\/(?=[^/]+$))?/, ''),
  ]);
}

function readPlatform(text: string): Platform {
  const platform = parsePlatform(text);
  if (!platform) throw new AppError('config.bad-platform', { origin: 'config', params: { platform: text } });
  return platform;
}

const MOST_SHARDS = 10_000;

/** Checks a shard before anything is done. Throws `config.bad-shard`. */
function checkShard(shard: Shard | undefined): Shard | null {
  if (!shard) return null;
  const { index, count } = shard;
  const isRight =
    Number.isInteger(index) &&
    Number.isInteger(count) &&
    index >= 1 &&
    index <= count &&
    count <= MOST_SHARDS;
  if (isRight) return shard;
  const params = { shard: `${String(index)}/${String(count)}` };
  throw new AppError('config.bad-shard', { origin: 'config', params });
}

/**
 * True when the bundle belongs to this shard; with null every bundle does. Each bundle belongs to exactly one shard of a count.
 * @param bundle what names the bundle in every package: `folder/chart`, without version, so that all versions and platforms of a chart
 *   meet in one shard; for a bundle without chart its path
 */
export function isInShard(shard: Shard | null, bundle: string): boolean {
  if (!shard) return true;
  const hash = createHash('sha256').update(bundle).digest().readUInt32BE(0);
  return hash % shard.count === shard.index - 1;
}
