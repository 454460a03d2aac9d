// Which package version brought which image, from the journals of former runs. It tells old from new where dates of images do not.
import { z } from 'zod';
import { isDigest, type Digest } from '../content/digest.js';
import type { ImageAction } from '../contract.js';
import { compareVersions } from '../plan/versions.js';
import type { Cancellable } from '../ports/cancellable.js';
import { DigestTable, nameHash, type NameHash } from './digest-table.js';
import { listRuns } from './journal.js';
import { IMAGE_ACTIONS } from './journal-entry.js';
import { journalLines } from './journal-lines.js';
import { readUndos, undoneBy } from './undone-runs.js';

/** Actions after which the tag serves the image of the row. */
export const SERVED: ReadonlySet<ImageAction> = new Set<ImageAction>([
  'push',
  'promote',
  'add',
  'replace',
  'repair',
  'skip',
]);

/** What is known of images that former runs left in a target. */
export interface FormerImages {
  /** The latest package version that brought a manifest; null when no journal tells. */
  readonly versionOf: (digest: Digest) => string | null;
  /**
   * The source references of an image (equal manifest or config) under a tag of the target, `host/repository:tag`; none when no
   * journal tells.
   */
  readonly sourcesOf: (
    target: string,
    image: { readonly digest: string; readonly config: string | null },
  ) => readonly string[];
}

/**
 * Reads all journals of the state folder, one line at a time, and keeps the version of each manifest and the sources of each image.
 * A manifest of several versions counts as of the latest one. Rows that were undone since do not count, because the target holds the
 * content before them again.
 */
export async function formerImages(stateDir: string, options: Cancellable): Promise<FormerImages> {
  const images = new ImageFold();
  const runs = await listRuns(stateDir);
  const isUndone = undoneBy(await readUndos(stateDir, runs, options));
  for (const run of runs) {
    for await (const rows of imageRows(stateDir, run, options))
      for (const row of rows) if (SERVED.has(row.action) && !isUndone(run, row.target)) images.add(row);
  }
  return images;
}

/** Versions and source lists are few; they are kept once, and digests lead to their numbers. */
class ImageFold implements FormerImages {
  readonly #versions = new DigestTable();
  readonly #versionTexts = new Numbered();
  /** By digest of a manifest or config under a tag. */
  readonly #sources = new DigestTable();
  /** Source references of one image, each on a line. */
  readonly #sourceTexts = new Numbered();
  readonly #names = new Map<string, NameHash>();

  add({ target, digest, config, version, sources }: FoldedRow): void {
    const name = this.#nameOf(target);
    for (const content of [digest, config]) {
      if (!isDigest(content)) continue;
      const known = this.#sourceTexts.text(this.#sources.get(content, name));
      const all = new Set([...(known === '' ? [] : known.split('\n')), ...sources]);
      this.#sources.set(content, this.#sourceTexts.number([...all].sort().join('\n')), name);
    }
    if (version === '' || !isDigest(digest)) return;
    const known = this.#versionTexts.text(this.#versions.get(digest));
    if (known === '' || (compareVersions(version, known) ?? 0) > 0)
      this.#versions.set(digest, this.#versionTexts.number(version));
  }

  readonly versionOf: FormerImages['versionOf'] = (digest) =>
    this.#versionTexts.text(this.#versions.get(digest)) || null;

  readonly sourcesOf: FormerImages['sourcesOf'] = (target, { digest, config }) => {
    const name = nameHash(target);
    return [digest, config].flatMap((content) => {
      const text = isDigest(content) ? this.#sourceTexts.text(this.#sources.get(content, name)) : '';
      return text === '' ? [] : text.split('\n');
    });
  };

  #nameOf(target: string): NameHash {
    const known = this.#names.get(target) ?? nameHash(target);
    this.#names.set(target, known);
    return known;
  }
}

/** Texts with numbers from 1 on; 0 stands for no text. */
class Numbered {
  readonly #numbers = new Map<string, number>();
  readonly #texts: string[] = [''];

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    // the text may be a slice that holds the whole line in memory
    const own = Buffer.from(text).toString();
    this.#numbers.set(own, this.#texts.length);
    return this.#texts.push(own) - 1;
  }

  text(number: number): string {
    return this.#texts[number] ?? '';
  }
}

/** What the packages of former imports held. */
export interface PackageHistory {
  /**
   * Every package version that had this image (equal manifest or config) under one of the source names; empty when no journal
   * tells. Names are asked for because a later version may use the same image for another tag.
   */
  versionsOf(
    sources: readonly string[],
    image: { readonly digest: string; readonly config: string | null },
  ): readonly string[];
}

/**
 * Reads all journals of the state folder, for every target and every outcome: a package held an image also when it was not
 * written.
 */
export async function packageHistory(stateDir: string, options: Cancellable): Promise<PackageHistory> {
  const versions = new Map<string, Set<string>>();
  for await (const { sources, digest, config, version } of importedRows(stateDir, options)) {
    if (version === '') continue;
    for (const source of sources) {
      for (const content of [digest, config]) {
        const key = `${source} ${content}`;
        versions.set(key, (versions.get(key) ?? new Set()).add(version));
      }
    }
  }
  return {
    versionsOf: (sources, { digest, config }) => {
      const keys = sources.flatMap((source) => [`${source} ${digest}`, `${source} ${config ?? ''}`]);
      return [...new Set(keys.flatMap((key) => [...(versions.get(key) ?? [])]))];
    },
  };
}

/** The image rows of all imports, oldest first. Rows of undos are left out: they are not about packages. */
async function* importedRows(stateDir: string, options: Cancellable): AsyncGenerator<FoldedRow> {
  const runs = await listRuns(stateDir);
  const undos = new Set((await readUndos(stateDir, runs, options)).map(({ run }) => run));
  for (const run of runs) {
    if (undos.has(run)) continue;
    for await (const rows of imageRows(stateDir, run, options)) yield* rows;
  }
}

/** What is kept of an image row. */
type FoldedRow = z.infer<typeof rowSchema>;

const rowSchema = z.object({
  type: z.literal('image'),
  target: z.string(),
  action: z.enum(IMAGE_ACTIONS),
  digest: z.string(),
  config: z.string(),
  version: z.string(),
  sources: z.array(z.string()),
});

/** The image rows of a run, some at a time. A line that was cut off by a crash is left out. */
async function* imageRows(
  stateDir: string,
  run: string,
  options: Cancellable,
): AsyncGenerator<readonly FoldedRow[]> {
  for await (const lines of journalLines(stateDir, run, ['image'], options))
    yield lines.flatMap((line) => rowSchema.safeParse(jsonOf(line)).data ?? []);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
