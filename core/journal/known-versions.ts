// Which package version brought which image, from the journals of former runs. It tells old from new where dates of images do not.
import { isDigest, type Digest } from '../content/digest.js';
import type { ImageAction } from '../contract.js';
import { compareVersions } from '../plan/versions.js';
import { listRuns, readJournal, type TimedEntry } from './journal.js';
import { readHistory } from './former-runs.js';
import { undoneWork } from './undone-runs.js';
import type { Cancellable } from '../ports/cancellable.js';

type ImageEntry = Extract<TimedEntry, { readonly type: 'image' }>;

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
  /** The latest package version that brought a manifest. */
  readonly versions: ReadonlyMap<Digest, string>;
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
 * Reads all journals of the state folder and gives the version for each manifest digest. A manifest of several versions counts as
 * of the latest one. Rows that were undone since do not count, because the target holds the content before them again.
 */
export async function formerImages(stateDir: string, options: Cancellable): Promise<FormerImages> {
  const versions = new Map<Digest, string>();
  const sources = new Map<string, Set<string>>();
  const history = await readHistory(stateDir, options);
  const isUndone = undoneWork(history);
  for (const { run, entries } of history) {
    for (const entry of entries) {
      if (entry.type !== 'image' || isUndone(run, entry.target) || !SERVED.has(entry.action)) continue;
      const { target, digest, config, version } = entry;
      for (const content of [digest, config]) {
        const key = `${target} ${content}`;
        const known = sources.get(key) ?? new Set();
        sources.set(key, known);
        for (const source of entry.sources) known.add(source);
      }
      if (version === '' || !isDigest(digest)) continue;
      const known = versions.get(digest);
      if (known === undefined || (compareVersions(version, known) ?? 0) > 0) versions.set(digest, version);
    }
  }
  const sourcesOf: FormerImages['sourcesOf'] = (target, { digest, config }) =>
    [digest, config].flatMap((content) => [...(sources.get(`${target} ${content ?? ''}`) ?? [])]);
  return { versions, sourcesOf };
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
  for await (const { sources, digest, config, version } of imageEntries(stateDir, options)) {
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
async function* imageEntries(stateDir: string, { signal }: Cancellable): AsyncGenerator<ImageEntry> {
  for (const run of await listRuns(stateDir)) {
    signal.throwIfAborted();
    const entries = (await readJournal(stateDir, run)) ?? [];
    if (entries.some((entry) => entry.type === 'run-started' && entry.kind === 'undo')) continue;
    for (const entry of entries) if (entry.type === 'image') yield entry;
  }
}
