// Groups a report's rows by tag: what each tag held before and after, what became of each platform, and what was proven.
import { parsePlatform, rowPlatform } from '../content/platform.js';
import type { ProofImage, Report, ReportImage, TagSummary } from '../contract.js';
import { columnOf, sortColumns } from './compare/platform-columns.js';

/** What became of one platform under one tag. */
export type PlatformFact =
  | { readonly kind: 'row'; readonly row: ReportImage }
  /** The tag had it and still has it. */
  | { readonly kind: 'kept' }
  /** The tag has it, and the run did not touch it or could not read what was there before. */
  | { readonly kind: 'there' }
  | { readonly kind: 'gone' }
  | { readonly kind: 'none' };

export interface TagFacts {
  /** `host/repo:tag`. */
  readonly target: string;
  readonly sources: readonly string[];
  readonly rows: readonly ReportImage[];
  readonly before: ReportImage['before'];
  readonly after: ReportImage['after'];
  /** Platforms that it served before and does not serve any more. */
  readonly lost: readonly string[];
  /** Null when it was not read back after the run. */
  readonly proof: ProofImage | null;
}

/** The tags of a run in the order of its rows. */
export function tagsOf({ images, proof }: Pick<Report, 'images' | 'proof'>): readonly TagFacts[] {
  const proven = new Map((proof?.images ?? []).map((one) => [one.target, one]));
  const byTag = new Map<string, ReportImage[]>();
  for (const row of images) byTag.set(row.target, [...(byTag.get(row.target) ?? []), row]);
  return [...byTag].map(([target, rows]) => {
    const before = rows[0]?.before ?? null;
    const after = rows.at(-1)?.after ?? null;
    const readBack = proven.get(target) ?? null;
    // a tag that could not be read is unknown, so its platforms do not count as lost
    const now =
      readBack?.platforms.map(columnFor) ?? (after === 'unreadable' ? heldBy(before) : heldBy(after));
    return {
      target,
      sources: [...new Set(rows.flatMap((row) => row.sources))],
      rows,
      before,
      after,
      lost: heldBy(before).filter((platform) => !now.includes(platform)),
      proof: readBack,
    };
  });
}

/** What the report knows of one platform of a tag: a row of the run, or what the tag held before and after. */
export function platformFact(tag: TagFacts, platform: string): PlatformFact {
  const row = tag.rows.find((one) => columnFor(rowPlatform(one)) === platform);
  if (row) return { kind: 'row', row };
  const had = heldBy(tag.before).includes(platform);
  if (heldBy(tag.after).includes(platform)) return { kind: had ? 'kept' : 'there' };
  return { kind: had ? 'gone' : 'none' };
}

/** Every platform of the tags before and after, and of the rows: amd64, arm64, then in alphabetical order. */
export function platformsOf(tags: readonly TagFacts[]): readonly string[] {
  const found = tags.flatMap(({ before, after, rows }) => [
    ...heldBy(before),
    ...heldBy(after),
    ...rows.map((row) => columnFor(rowPlatform(row))),
  ]);
  return sortColumns(found.filter((platform) => platform !== ''));
}

/** Platforms of a tag as names of columns; empty where the tag is absent or could not be read. */
export function heldBy(held: TagSummary | null | 'unreadable'): readonly string[] {
  return held === null || held === 'unreadable' ? [] : held.platforms.map(columnFor);
}

/** `linux/arm64/v8` and `linux/arm64` are one platform. */
function columnFor(platform: string): string {
  const parsed = parsePlatform(platform);
  return parsed === null ? platform : columnOf(parsed);
}
