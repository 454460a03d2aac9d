// Writes a record of a pass for the inspect cache. When the disk is full or read-only, the record is dropped and the pass goes on.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip, type Gzip } from 'node:zlib';
import type { PackageSource } from '../package/source/open-package.js';
import { recordEnd, recordingVisitor } from '../package/stream/package-record.js';
import { packageStamp } from '../package/source/package-stamp.js';
import type { PackageFacts, PackageVisitor } from '../package/stream/package-stream.js';
import { headLine, inspectCacheFolder, recordPath, type RecordScope } from './inspect-cache.js';
import type { Cancellable } from '../ports/cancellable.js';
import { makeFolder } from '../layout/make-folder.js';

/** Packages that are remembered; of more, the oldest records are forgotten. */
const KEPT = 64;
/** Temporary files older than this were left by a killed process and are deleted. */
const LEFTOVER_AFTER_MS = 24 * 3_600_000;

/** A record that is being written. It must be ended by exactly one of `keep` and `dispose`. */
export class InspectRecord {
  readonly #stateDir: string;
  readonly #source: PackageSource;
  readonly #stamp: string;
  readonly #temporary: string;
  readonly #gzip: Gzip = createGzip({ level: 1 });
  readonly #written: Promise<boolean>;
  #isLost = false;

  private constructor(stateDir: string, source: PackageSource, stamp: string) {
    this.#stateDir = stateDir;
    this.#source = source;
    this.#stamp = stamp;
    this.#temporary = join(inspectCacheFolder(stateDir), `${randomUUID()}.tmp`);
    const file = createWriteStream(this.#temporary, { flags: 'wx', mode: 0o600 });
    this.#gzip.on('error', () => undefined); // the pipeline below gets the same error
    this.#written = pipeline(this.#gzip, file).then(
      () => true,
      () => false,
    );
    void this.#written.then((isWhole) => (this.#isLost ||= !isWhole));
  }

  /** Begins a record of the package in its present state, before the pass; null where the state folder cannot be written. */
  static async begin(
    stateDir: string,
    source: PackageSource,
    scope: RecordScope,
    options: Cancellable,
  ): Promise<InspectRecord | null> {
    try {
      await makeFolder(inspectCacheFolder(stateDir), 0o700);
      const record = new InspectRecord(stateDir, source, await packageStamp(source, options));
      await record.#write(headLine(record.#stamp, scope));
      return record;
    } catch {
      options.signal.throwIfAborted();
      return null;
    }
  }

  /** A visitor that passes every call on to `visitor` and writes it into this record. */
  around(visitor: PackageVisitor): PackageVisitor {
    return recordingVisitor(visitor, (line) => this.#write(line));
  }

  /** Completes the record after a pass without damage. The record is dropped if the package was changed meanwhile. */
  async keep(facts: PackageFacts, options: Cancellable): Promise<void> {
    await recordEnd(facts, (line) => this.#write(line));
    this.#gzip.end();
    const isWhole = await this.#written;
    try {
      if (!isWhole || (await packageStamp(this.#source, options)) !== this.#stamp)
        return await this.dispose();
      await rename(this.#temporary, recordPath(this.#stateDir, this.#source));
      await forgetOld(inspectCacheFolder(this.#stateDir));
    } catch {
      await this.dispose();
      options.signal.throwIfAborted();
    }
  }

  /** Deletes what was written. */
  async dispose(): Promise<void> {
    this.#gzip.destroy();
    await this.#written;
    await rm(this.#temporary, { force: true }).catch(() => undefined);
  }

  async #write(line: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#isLost) return;
    let text: string;
    try {
      text = `${JSON.stringify(line)}\n`;
    } catch {
      // the line is longer than a string can be; no real bundle is so large
      this.#isLost = true;
      this.#gzip.destroy();
      return;
    }
    if (this.#gzip.write(text)) return;
    await Promise.race([once(this.#gzip, 'drain').catch(() => undefined), this.#written]);
  }
}

async function forgetOld(folder: string): Promise<void> {
  const found: { readonly path: string; readonly mtimeMs: number }[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (name.endsWith('.jsonl.gz')) found.push({ path, mtimeMs });
    else if (Date.now() - mtimeMs > LEFTOVER_AFTER_MS) await rm(path, { force: true });
  }
  found.sort((a, b) => b.mtimeMs - a.mtimeMs);
  for (const { path } of found.slice(KEPT)) await rm(path, { force: true });
}
