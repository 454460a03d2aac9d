// Former runs, as an undo needs them: their journals, and the former content of the target that they kept.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Report, ReportTarget, TagSummary } from '../contract.js';
import { hexOf, isDigest, type Digest } from '../content/digest.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import { OCI_MANIFEST } from '../content/media-types.js';
import { readIfPresent } from '../layout/optional-file.js';
import type { PublishedChart } from '../ports/chart-target.js';
import { listRuns, readJournal, type TimedEntry } from './journal.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface FormerRun {
  readonly run: string;
  readonly kind: Report['kind'];
  /** Ids of the runs that an undo took back; empty for an import. */
  readonly undoes: readonly string[];
  /** Patterns of the charts that an undo was limited to; empty: no limit. */
  readonly only: readonly string[];
  readonly target: ReportTarget;
  /** All entries except `blob-stored`, of which there may be very many; {@link KeptContent.storedBlobs} reads those. */
  readonly entries: readonly TimedEntry[];
}

/** Every run of the state folder whose journal begins with `run-started`, newest first. */
export async function readHistory(stateDir: string, { signal }: Cancellable): Promise<readonly FormerRun[]> {
  const runs: FormerRun[] = [];
  for (const run of await listRuns(stateDir)) {
    signal.throwIfAborted();
    const entries = (await readJournal(stateDir, run)) ?? [];
    const start = entries.find((entry) => entry.type === 'run-started');
    if (!start) continue;
    const { kind = 'import', undoes = [], only = [], target } = start;
    const lines = entries.filter((entry) => entry.type !== 'blob-stored');
    runs.push({ run, kind, undoes, only, target, entries: lines });
  }
  return runs.reverse();
}

/** Reads the former content that runs kept. The answer is null for content that is gone or does not match its digest. */
export class KeptContent {
  readonly #stateDir: string;

  constructor(stateDir: string) {
    this.#stateDir = stateDir;
  }

  async manifest(
    run: string,
    { digest, mediaType }: TagSummary,
    options: Cancellable,
  ): Promise<RawManifest | null> {
    if (!isDigest(digest)) return null;
    const bytes = await this.#read(run, 'manifests', hexOf(digest), options);
    const manifest = bytes && rawManifest(bytes, mediaType);
    return manifest?.digest === digest ? manifest : null;
  }

  /** A manifest that any run kept; the newest runs are looked through first. */
  async findManifest(
    { digest, mediaType }: { readonly digest: Digest; readonly mediaType: string },
    options: Cancellable,
  ): Promise<RawManifest | null> {
    for (const run of (await listRuns(this.#stateDir)).toReversed()) {
      const found = await this.manifest(run, { digest, mediaType, platforms: [] }, options);
      if (found) return found;
    }
    return null;
  }

  /** `sha256`: that of the archive, in hex. */
  async chart(
    run: string,
    { name, version, sha256 }: { readonly name: string; readonly version: string; readonly sha256: string },
    options: Cancellable,
  ): Promise<PublishedChart | null> {
    const archive = await this.#proven(run, 'charts', sha256, '.tgz', options);
    if (!archive) return null;
    const provenance = await this.#read(run, 'charts', `${sha256}.tgz.prov`, options);
    const manifest = await this.#read(run, 'charts', `${sha256}.manifest`, options);
    const config = await this.#read(run, 'charts', `${sha256}.config`, options);
    const stored = manifest && config ? { manifest: rawManifest(manifest, OCI_MANIFEST), config } : null;
    return { name, version, archive, provenance, ...(stored ? { stored } : {}) };
  }

  /** Digests of the blobs and manifests that a run stored in a folder target. */
  async storedBlobs(run: string, { signal }: Cancellable): Promise<readonly Digest[]> {
    signal.throwIfAborted();
    const entries = (await readJournal(this.#stateDir, run)) ?? [];
    return entries.flatMap((entry) => (entry.type === 'blob-stored' ? entry.digest : []));
  }

  async nameList(run: string, sha256: string, options: Cancellable): Promise<Buffer | null> {
    return this.#proven(run, 'lists', sha256, '', options);
  }

  async #proven(
    run: string,
    folder: string,
    sha256: string,
    ending: string,
    options: Cancellable,
  ): Promise<Buffer | null> {
    // a journal may come from a registry: a name in it must not lead out of its folder
    if (!/^[0-9a-f]{64}$/.test(sha256)) return null;
    const bytes = await this.#read(run, folder, `${sha256}${ending}`, options);
    return bytes && createHash('sha256').update(bytes).digest('hex') === sha256 ? bytes : null;
  }

  #read(run: string, folder: string, name: string, options: Cancellable): Promise<Buffer | null> {
    return readIfPresent(join(this.#stateDir, 'runs', run, folder, name), options);
  }
}
