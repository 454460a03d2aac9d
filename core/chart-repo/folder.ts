// Keeps a chart repository in a folder: archives and an index.yaml, which helm reads through any file server.
import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { digestOf, hexOf } from '../content/digest.js';
import { onDisk } from '../layout/disk-error.js';
import { makeFolder } from '../layout/make-folder.js';
import { NotedList } from '../layout/noted-list.js';
import { replaceFile } from '../layout/durable-file.js';
import { oneAtATime } from '../flow/one-at-a-time.js';
import { listIfPresent, readIfPresent, realPath, stampIfPresent } from '../layout/optional-file.js';
import { WriteAccess } from '../layout/write-access.js';
import type { ChartTarget, ListedChart, PublishedChart } from '../ports/chart-target.js';
import type { NameList } from '../ports/image-target.js';
import { metadataOf, readChartArchive, type ChartMetadata } from './chart-metadata.js';
import { chartFileName, placeInFiles, placeTaken } from './chart-name.js';
import {
  changeChartIndex,
  findChart,
  isSameChartIndex,
  listedIn,
  parseChartIndex,
  type ChartIndex,
} from './index-yaml.js';
import type { Cancellable } from '../ports/cancellable.js';

const INDEX_FILE = 'index.yaml';
const MOST_PENDING = 200;
const LONGEST_PENDING_MS = 5_000;

const part = z.string().regex(/^[^/\\]+$/);
/** Names of files, so that the list of a folder cannot name a file elsewhere. */
const leavingSchema = z.object({ name: part, version: part });

export interface FolderChartsOptions extends Cancellable {
  /** Milliseconds to wait for another writer on this host before `folder.locked`; 30,000 by default. */
  readonly patienceMs?: number;
  /** Nothing is written, and the temporary files of a killed writer are not removed. */
  readonly readOnly?: boolean;
}

/** Opens a folder of charts. The folder is made, and its lock taken, at the first write. Throws `disk.not-a-folder`. */
export async function openFolderCharts(dir: string, options: FolderChartsOptions): Promise<ChartTarget> {
  const root = await realPath(dir, options);
  // ENOTDIR here is `disk.not-a-folder`.
  await listIfPresent(root, options);
  const access = new WriteAccess(root, options.patienceMs);
  if (!options.readOnly) await access.cleanUp(options);
  return new FolderCharts(root, access, () => access.release());
}

/** Opens the charts inside a folder target, with the lock of that target; whoever opened the target releases the lock. */
export function createFolderCharts(dir: string, access: WriteAccess): ChartTarget {
  return new FolderCharts(dir, access, () => Promise.resolve());
}

interface Listed {
  readonly metadata: ChartMetadata;
  readonly file: string;
  readonly digest: string;
}

class FolderCharts implements ChartTarget {
  readonly kind = 'folder';
  readonly url: string;
  readonly names: NameList = {
    read: (options) => this.#read(INDEX_FILE, options),
    restore: (former, options) => this.#restoreNames(former, options),
  };
  readonly #indexPath: string;
  readonly #access: WriteAccess;
  readonly #release: () => Promise<void>;
  /** Charts that are about to lose their entry. */
  readonly #leaving: NotedList<ListedChart>;
  #finished: Promise<void> | null = null;
  /** File names to charts that the next flush puts into the index. */
  readonly #pending = new Map<string, Listed>();
  /** Complete files without an index entry. The next flush adds them, but they alone cause no flush. */
  readonly #unlisted = new Map<string, Listed>();
  /** File names to charts that the next flush removes from the index and then from the folder. */
  readonly #removed = new Map<string, ListedChart>();
  #oldest = 0;
  #seen: { readonly stamp: string | null; readonly index: ChartIndex } | null = null;

  constructor(dir: string, access: WriteAccess, release: () => Promise<void>) {
    this.url = dir;
    this.#indexPath = join(dir, INDEX_FILE);
    this.#access = access;
    this.#release = release;
    this.#leaving = new NotedList(access, 'leaving-charts.json', leavingSchema);
  }

  async getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null> {
    if (this.#access.isAsked) await this.#ready(options);
    const file = chartFileName(name, version);
    const archive = this.#removed.has(file) ? null : await this.#read(file, options);
    if (archive === null) return null;
    const digest = hexOf(digestOf(archive));
    const listed = this.#pending.get(file) ?? findChart(await this.#index(options), name, version);
    // A readable archive counts as present even without an index entry: somebody may have copied it there.
    const read = await readChartArchive(archive, options);
    if (!read.ok) return null;
    if (read.metadata.name !== name || read.metadata.version !== version)
      throw placeTaken(this.url, { name, version }, read.metadata);
    if (listed?.digest !== digest) this.#unlisted.set(file, { metadata: read.metadata, file, digest });
    return { name, version, archive, provenance: await this.#read(`${file}.prov`, options) };
  }

  placeOf(name: string, version: string): string {
    return placeInFiles(name, version);
  }

  async listCharts(options: Cancellable): Promise<readonly ListedChart[]> {
    if (this.#access.isAsked) await this.#ready(options);
    const pending = [...this.#pending.values()].map(({ metadata: { name, version } }) => ({ name, version }));
    const listed = listedIn(await this.#index(options));
    const changed = [...pending, ...this.#removed.values()];
    const isPending = (one: ListedChart) =>
      changed.some((other) => other.name === one.name && other.version === one.version);
    return [...listed.filter((one) => !isPending(one)), ...pending];
  }

  async putChart(chart: PublishedChart, options: Cancellable): Promise<void> {
    const { name, version, archive, provenance } = chart;
    const file = chartFileName(name, version);
    const metadata = await metadataOf(chart, options);
    await this.#ready(options);
    await makeFolder(this.url);
    // The old signature is removed first: it would not match the new bytes.
    await onDisk(this.url, 'write', () => rm(join(this.url, `${file}.prov`), { force: true }));
    await this.#write(file, archive);
    if (provenance !== null) await this.#write(`${file}.prov`, provenance);
    if (this.#waiting === 0) this.#oldest = Date.now();
    this.#removed.delete(file);
    this.#pending.set(file, { metadata, file, digest: hexOf(digestOf(archive)) });
    await this.#flushWhenDue(options);
  }

  async mayPublish(): Promise<boolean | null> {
    return Promise.resolve(null);
  }

  async deleteChart(name: string, version: string, options: Cancellable): Promise<boolean> {
    const file = chartFileName(name, version);
    await this.#ready(options);
    if (this.#waiting === 0) this.#oldest = Date.now();
    this.#pending.delete(file);
    this.#unlisted.delete(file);
    this.#removed.set(file, { name, version });
    await this.#flushWhenDue(options);
    return true;
  }

  async flush({ signal }: Cancellable): Promise<void> {
    if (this.#waiting + this.#unlisted.size === 0) return;
    await this.#ready({ signal });
    await oneAtATime(this.#indexPath, async () => {
      signal.throwIfAborted();
      const batch = [...this.#unlisted.values(), ...this.#pending.values()];
      const additions = [];
      for (const { metadata, file, digest } of batch) {
        // Another writer may have replaced the file; then that writer makes the entry.
        const bytes = await this.#read(file, { signal });
        if (bytes !== null && hexOf(digestOf(bytes)) === digest)
          additions.push({ metadata, digest, url: file });
      }
      const removals = new Map(this.#removed);
      if (removals.size > 0) await this.#leaving.write([...removals.values()]);
      const before = await this.#readIndex({ signal });
      const isChange = additions.length > 0 || (removals.size > 0 && before !== null);
      const after = isChange
        ? changeChartIndex(before, [...removals.values()], additions, this.#indexPath)
        : before;
      if (after !== null && after !== before) {
        await replaceFile(this.#indexPath, this.#access.temporaryPath(), Buffer.from(after));
      }
      // Files are removed after their entries, so that the index never lists an absent file.
      for (const [file, removal] of removals) await this.#takeAway(file, removal);
      if (removals.size > 0) await this.#leaving.write([]);
      for (const listed of batch) {
        if (this.#pending.get(listed.file) === listed) this.#pending.delete(listed.file);
        if (this.#unlisted.get(listed.file) === listed) this.#unlisted.delete(listed.file);
      }
    });
  }

  async close(): Promise<void> {
    try {
      // Charts that were confirmed to the caller are written to the index also after a failed or cancelled run.
      if (this.#waiting > 0) await this.flush({ signal: new AbortController().signal });
    } finally {
      await this.#release();
    }
  }

  /** To be awaited before each write: takes the lock, and removes the files that a killed writer was about to remove. */
  async #ready(options: Cancellable): Promise<void> {
    await this.#access.ensure(options);
    this.#finished ??= this.#finishLeft(options);
    try {
      await this.#finished;
    } catch (error) {
      this.#finished = null;
      throw error;
    }
  }

  async #finishLeft(options: Cancellable): Promise<void> {
    const left = await this.#leaving.read(options);
    if (left.length === 0) return;
    const index = await this.#index(options);
    for (const { name, version } of left) {
      const file = chartFileName(name, version);
      // one that was found before the lock was taken counts as present and gets its entry back
      if (!findChart(index, name, version) && !this.#unlisted.has(file)) await this.#removeFiles(file);
    }
    await this.#leaving.write([]);
  }

  get #waiting(): number {
    return this.#pending.size + this.#removed.size;
  }

  async #flushWhenDue(options: Cancellable): Promise<void> {
    if (this.#waiting >= MOST_PENDING || Date.now() - this.#oldest >= LONGEST_PENDING_MS)
      await this.flush(options);
  }

  async #takeAway(file: string, removal: ListedChart): Promise<void> {
    // The chart was published again while the index was being written; then the file is the new one.
    if (this.#removed.get(file) !== removal) return;
    await this.#removeFiles(file);
    this.#removed.delete(file);
  }

  async #removeFiles(file: string): Promise<void> {
    await onDisk(this.url, 'write', async () => {
      for (const name of [file, `${file}.prov`]) await rm(join(this.url, name), { force: true });
    });
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await replaceFile(join(this.url, file), this.#access.temporaryPath(), bytes);
  }

  async #restoreNames(former: Buffer | null, options: Cancellable): Promise<void> {
    await this.#ready(options);
    await this.flush(options);
    await oneAtATime(this.#indexPath, async () => {
      const present = await this.#read(INDEX_FILE, options);
      if (present === null || (former !== null && present.equals(former))) return;
      if (!isSameChartIndex(present.toString('utf8'), former?.toString('utf8') ?? null, this.#indexPath))
        return;
      if (former) return replaceFile(this.#indexPath, this.#access.temporaryPath(), former);
      await onDisk(this.url, 'write', () => rm(this.#indexPath, { force: true }));
      // The folder stays when it holds anything else.
      await rmdir(this.url).catch(() => undefined);
    });
  }

  #read(file: string, options: Cancellable): Promise<Buffer | null> {
    return readIfPresent(join(this.url, file), options);
  }

  async #readIndex(options: Cancellable): Promise<string | null> {
    return (await this.#read(INDEX_FILE, options))?.toString('utf8') ?? null;
  }

  /** The parsed index. Every writer replaces the file, so it is parsed again only when it was replaced. */
  async #index(options: Cancellable): Promise<ChartIndex> {
    const stamp = await stampIfPresent(this.#indexPath, options);
    if (this.#seen === null || this.#seen.stamp !== stamp) {
      const text = await this.#readIndex(options);
      this.#seen = { stamp, index: text === null ? new Map() : parseChartIndex(text, this.#indexPath) };
    }
    return this.#seen.index;
  }
}
