// Reads the index.yaml of a chart repository, and adds and removes charts without losing what other programs wrote.
// https://helm.sh/docs/topics/chart_repository/#the-index-file
import { Document, isMap, isScalar, isSeq, parseDocument, visit, YAMLMap, YAMLSeq, type Tags } from 'yaml';
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { AppError } from '../errors.js';
import type { ListedChart } from '../ports/chart-target.js';
import type { ChartMetadata } from './chart-metadata.js';
import { indexFields } from './index-fields.js';
import { compareChartVersions } from './version-order.js';
import { compareText } from '../content/text-order.js';

export interface ChartIndexEntry {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the .tgz in hex, without prefix; null when the index does not say. */
  readonly digest: string | null;
  /** Relative to the repository's URL, or absolute. */
  readonly urls: readonly string[];
  readonly created: string | null;
}

/** Chart names to their versions, in the order of the file. */
export type ChartIndex = ReadonlyMap<string, readonly ChartIndexEntry[]>;

export interface ChartIndexAddition {
  readonly metadata: ChartMetadata;
  /** 64 hex digits. */
  readonly digest: string;
  readonly url: string;
}

const textSchema = z.union([z.string(), z.number().transform(String)]);
const entrySchema = z.looseObject({
  name: optional(textSchema),
  version: textSchema,
  digest: optional(z.string()),
  urls: optional(z.array(z.string())),
  created: optional(z.string()),
});
const indexSchema = z.looseObject({
  apiVersion: z.string(),
  entries: optional(z.record(z.string(), optional(z.array(z.unknown())))),
});

/** Reads an index; entries that helm would skip are left out. `where` is for the message. Throws `chart-repo.bad-index`. */
export function parseChartIndex(text: string, where: string): ChartIndex {
  const data = indexSchema.safeParse(plainData(readDocument(text, where), where));
  if (!data.success) throw badIndex(where, data.error.issues[0]?.message ?? 'not an index');
  const index = new Map<string, readonly ChartIndexEntry[]>();
  for (const [name, items] of Object.entries(data.data.entries ?? {})) {
    const entries = (items ?? []).flatMap((item) => {
      const entry = entrySchema.safeParse(item).data;
      if (!entry) return [];
      const { version, digest, urls, created } = entry;
      return [
        {
          name: entry.name ?? name,
          version,
          digest: digest || null,
          urls: urls ?? [],
          created: created ?? null,
        },
      ];
    });
    index.set(name, entries);
  }
  return index;
}

/** The name and version of every chart in an index, without duplicates. */
export function listedIn(index: ChartIndex): readonly ListedChart[] {
  const listed = [...index.values()].flat().map(({ name, version }) => ({ name, version }));
  return [...new Map(listed.map((one) => [`${one.name} ${one.version}`, one])).values()];
}

/** The entry of exactly this name and version, or null. */
export function findChart(index: ChartIndex, name: string, version: string): ChartIndexEntry | null {
  return index.get(name)?.find((entry) => entry.version === version) ?? null;
}

/** True when both indexes list the same charts with the same digests; a missing digest equals any. `b` null: no index, so no charts. */
export function isSameChartIndex(a: string, b: string | null, where: string): boolean {
  const [left, right] = [a, b].map((text) => {
    const entries = text === null ? [] : [...parseChartIndex(text, where).values()].flat();
    return new Map(entries.map(({ name, version, digest }) => [`${name} ${version}`, digest]));
  });
  if (!left || !right || left.size !== right.size) return false;
  return [...left].every(([chart, digest]) => {
    const other = right.get(chart);
    return other !== undefined && (other === digest || other === null || digest === null);
  });
}

/** A chart to remove from the index. */
export type ChartIndexRemoval = Pick<ChartMetadata, 'name' | 'version'>;

/**
 * The text of the index after removing and adding charts; an added chart replaces the entry of its name and version. `text` is null
 * where there is no index yet. Names are sorted, versions are newest first, and `generated` is the newest `created`, so that the bytes
 * depend on the charts and not on the order or the day of their import. Throws `chart-repo.bad-index`.
 */
export function changeChartIndex(
  text: string | null,
  removals: readonly ChartIndexRemoval[],
  additions: readonly ChartIndexAddition[],
  where: string,
): string {
  const document = withoutAliases(
    text === null ? new Document({}, OPTIONS) : readDocument(text, where),
    where,
  );
  const root = isMap(document.contents) ? document.contents : new YAMLMap();
  document.contents = root;
  if (!document.has('apiVersion')) document.set('apiVersion', 'v1');
  const entries = document.get('entries');
  const names = isMap(entries) ? entries : new YAMLMap();
  names.flow = false;
  const generated = textOf(document.get('generated'));
  const gone = new Set(
    [...removals, ...additions.map((one) => one.metadata)].map((one) => takeOut(names, one)),
  );
  for (const { metadata, digest, url } of additions) {
    const { created } = metadata;
    const fields = { ...indexFields(metadata.fields), created, digest, urls: [url] };
    put(names, metadata, document.createNode(Object.fromEntries(Object.entries(fields).sort(byKey))));
  }
  for (const { name } of removals) if (isEmptyList(names.get(name))) names.delete(name);
  const newest = newestCreated(names);
  // A later time was written by another program and stays, unless it is that of a chart which was removed.
  if (newest === '' && gone.has(generated)) document.delete('generated');
  else if (newest > generated || gone.has(generated)) document.set('generated', newest);
  names.items.sort((a, b) => compareText(keyOf(a.key), keyOf(b.key)));
  document.set('entries', names);
  root.items.sort((a, b) => compareText(keyOf(a.key), keyOf(b.key)));
  return document.toString({ lineWidth: 0, indentSeq: false });
}

// Helm reads YAML 1.1 (`yes` is a boolean, `007` octal) but dates as text. With `compat`, new strings that look like other types are quoted.
const OPTIONS = {
  schema: 'yaml-1.1',
  compat: 'yaml-1.1',
  customTags: (tags: Tags): Tags => tags.filter((tag) => tag !== 'timestamp' && !isTimestampTag(tag)),
  logLevel: 'silent',
  uniqueKeys: false,
} as const;

function isTimestampTag(tag: Tags[number]): boolean {
  return typeof tag === 'object' && tag.tag === 'tag:yaml.org,2002:timestamp';
}

/** Removes an entry and returns its `created`, or '' when there was none. */
function takeOut(names: YAMLMap, { name, version }: ChartIndexRemoval): string {
  const list = names.get(name);
  if (!isSeq(list)) return '';
  const found = list.items.find((item) => versionOf(item) === version);
  list.items = list.items.filter((item) => versionOf(item) !== version);
  return isMap(found) ? textOf(found.get('created')) : '';
}

function put(names: YAMLMap, { name }: ChartMetadata, node: unknown): void {
  const present = names.get(name);
  const list = isSeq(present) ? present : new YAMLSeq();
  list.flow = false;
  list.items.push(node);
  list.items.sort((a, b) => compareChartVersions(versionOf(b), versionOf(a)));
  names.set(name, list);
}

function isEmptyList(list: unknown): boolean {
  return isSeq(list) && list.items.length === 0;
}

function newestCreated(names: YAMLMap): string {
  const times = names.items.flatMap(({ value }) =>
    isSeq(value) ? value.items.map((item) => (isMap(item) ? textOf(item.get('created')) : '')) : [],
  );
  return times.reduce((newest, time) => (time > newest ? time : newest), '');
}

function versionOf(item: unknown): string {
  return isMap(item) ? textOf(item.get('version')) : '';
}

function keyOf(key: unknown): string {
  return textOf(isScalar(key) ? key.value : key);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b);
}

/** The document with aliases replaced by copies: sorting could put an alias before its anchor. */
function withoutAliases(document: Document, where: string): Document {
  let found = false;
  visit(document, { Alias: () => ((found = true), visit.BREAK) });
  return found
    ? new Document(plainData(document, where), { ...OPTIONS, aliasDuplicateObjects: false })
    : document;
}

function readDocument(text: string, where: string): Document {
  const document = parseDocument(text, OPTIONS);
  const [error] = document.errors;
  if (error) throw badIndex(where, error.message.split('\n', 1)[0] ?? '');
  if (!isMap(document.contents)) throw badIndex(where, 'not a YAML map');
  return document;
}

/** Its plain data. Aliases without an anchor, and those that stand for too much, are found only here. */
function plainData(document: Document, where: string): unknown {
  try {
    const data: unknown = document.toJS();
    return data;
  } catch (error) {
    throw badIndex(where, error instanceof Error ? error.message : String(error));
  }
}

function badIndex(where: string, detail: string): AppError {
  return new AppError('chart-repo.bad-index', { origin: 'chart-repo', params: { url: where, detail } });
}
