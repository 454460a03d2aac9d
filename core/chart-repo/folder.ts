// A chart repository that is a folder: archives beside an index.yaml that helm reads through any file server.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../content/digest.js';
import { onDisk } from '../layout/disk-error.js';
import { replaceFile } from '../layout/durable-file.js';
import { oneAtATime } from '../layout/one-at-a-time.js';
import { listIfPresent, readIfPresent, realPath, stampIfPresent } from '../layout/optional-file.js';
import { WriteAccess } from '../layout/write-access.js';
import type { ChartTarget, ListedChart, PublishedChart } from '../target/chart-target.js';
import type { Cancellable } from '../target/image-target.js';
import { metadataOf, readChartArchive, type ChartMetadata } from './chart-metadata.js';
import { chartFileName } from './chart-name.js';
import { addToChartIndex, findChart, listedIn, parseChartIndex, type ChartIndex } from './index-yaml.js';

const MOST_PENDING = 200;
const LONGEST_PENDING_MS = 5_000;

export interface FolderChartsOptions extends Cancellable {
  /** How long another writer of this host is waited for before `folder.locked`; 30 s unless told. */
  readonly patienceMs?: number;
}

/** Opens a folder of charts; it is made at the first write. Nothing is written, and no lock taken, before. */
export async function openFolderCharts(dir: string, options: FolderChartsOptions): Promise<ChartTarget> {
  const root = await realPath(dir, options);
  // ENOTDIR here is `disk.not-a-folder`.
  await listIfPresent(root, options);
  const access = new WriteAccess(root, options.patienceMs);
  await access.cleanUp(options);
  return new FolderCharts(root, access, () => access.release());
}

/** The charts of a larger folder, whose lock they use and whose owner gives it back. */
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
  readonly #indexPath: string;
  readonly #access: WriteAccess;
  readonly #release: () => Promise<void>;
  /** File names to charts that the next flush puts into the index. */
  readonly #pending = new Map<string, Listed>();
  /** The same for whole files that somebody left without an entry; they are no reason to write. */
  readonly #unlisted = new Map<string, Listed>();
  #oldest = 0;
  #seen: { readonly stamp: string | null; readonly index: ChartIndex } | null = null;

  constructor(dir: string, access: WriteAccess, release: () => Promise<void>) {
    this.url = dir;
    this.#indexPath = join(dir, 'index.yaml');
    this.#access = access;
    this.#release = release;
  }

  async getChart(name: string, version: string, options: Cancellable): Promise<PublishedChart | null> {
    const file = chartFileName(name, version);
    const archive = await this.#read(file, options);
    if (archive === null) return null;
    const digest = hexOf(digestOf(archive));
    const listed = this.#pending.get(file) ?? findChart(await this.#index(options), name, version);
    // an archive that can be read is there, whatever the index says of it: somebody may have put it in by hand
    const read = await readChartArchive(archive, options);
    if (!read.ok || read.metadata.name !== name || read.metadata.version !== version) return null;
    if (listed?.digest !== digest) this.#unlisted.set(file, { metadata: read.metadata, file, digest });
    return { name, version, archive, provenance: await this.#read(`${file}.prov`, options) };
  }

  async listCharts(options: Cancellable): Promise<readonly ListedChart[]> {
    const pending = [...this.#pending.values()].map(({ metadata: { name, version } }) => ({ name, version }));
    const listed = listedIn(await this.#index(options));
    const isPending = (one: ListedChart) =>
      pending.some((other) => other.name === one.name && other.version === one.version);
    return [...listed.filter((one) => !isPending(one)), ...pending];
  }

  async putChart(chart: PublishedChart, options: Cancellable): Promise<void> {
    const { name, version, archive, provenance } = chart;
    const file = chartFileName(name, version);
    const metadata = await metadataOf(chart, options);
    await this.#access.ensure(options);
    await onDisk(this.url, 'write', () => mkdir(this.url, { recursive: true }));
    // A signature of other bytes must never lie beside the new ones.
    await onDisk(this.url, 'write', () => rm(join(this.url, `${file}.prov`), { force: true }));
    await this.#write(file, archive);
    if (provenance !== null) await this.#write(`${file}.prov`, provenance);
    if (this.#pending.size === 0) this.#oldest = Date.now();
    this.#pending.set(file, { metadata, file, digest: hexOf(digestOf(archive)) });
    if (this.#pending.size >= MOST_PENDING || Date.now() - this.#oldest >= LONGEST_PENDING_MS) {
      await this.flush(options);
    }
  }

  async flush({ signal }: Cancellable): Promise<void> {
    if (this.#pending.size + this.#unlisted.size === 0) return;
    await this.#access.ensure({ signal });
    await oneAtATime(this.#indexPath, async () => {
      signal.throwIfAborted();
      const batch = [...this.#unlisted.values(), ...this.#pending.values()];
      const additions = [];
      for (const { metadata, file, digest } of batch) {
        // Another writer may have replaced the file; then the entry is that writer's to make.
        const bytes = await this.#read(file, { signal });
        if (bytes !== null && hexOf(digestOf(bytes)) === digest)
          additions.push({ metadata, digest, url: file });
      }
      const before = await this.#readIndex({ signal });
      const after = addToChartIndex(before, additions, this.#indexPath);
      if (after !== before && additions.length > 0) {
        await replaceFile(this.#indexPath, this.#access.temporaryPath(), Buffer.from(after));
      }
      for (const listed of batch) {
        if (this.#pending.get(listed.file) === listed) this.#pending.delete(listed.file);
        if (this.#unlisted.get(listed.file) === listed) this.#unlisted.delete(listed.file);
      }
    });
  }

  async close(): Promise<void> {
    try {
      // What was confirmed has to become visible, whatever ended the run.
      if (this.#pending.size > 0) await this.flush({ signal: new AbortController().signal });
    } finally {
      await this.#release();
    }
  }

  async #write(file: string, bytes: Uint8Array): Promise<void> {
    await replaceFile(join(this.url, file), this.#access.temporaryPath(), bytes);
  }

  #read(file: string, options: Cancellable): Promise<Buffer | null> {
    return readIfPresent(join(this.url, file), options);
  }

  async #readIndex(options: Cancellable): Promise<string | null> {
    return (await this.#read('index.yaml', options))?.toString('utf8') ?? null;
  }

  /** The file is parsed again only when it is another one: each writer replaces it as a whole. */
  async #index(options: Cancellable): Promise<ChartIndex> {
    const stamp = await stampIfPresent(this.#indexPath, options);
    if (this.#seen === null || this.#seen.stamp !== stamp) {
      const text = await this.#readIndex(options);
      this.#seen = { stamp, index: text === null ? new Map() : parseChartIndex(text, this.#indexPath) };
    }
    return this.#seen.index;
  }
}
