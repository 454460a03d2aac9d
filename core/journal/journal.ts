// The journal of a run: one line for each thing that it does. Reports, undo and the known package versions are read from it.
// It is <state>/runs/<run>/journal.jsonl; former content lies beside it (manifests/<hex>, charts/<hex>.tgz, lists/<hex>).
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hexOf } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import { GroupCommit } from '../flow/group-commit.js';
import { onDisk } from '../layout/disk-error.js';
import { syncFile, syncFolder, syncHandle } from '../layout/durable-file.js';
import { makeFolder } from '../layout/make-folder.js';
import { inStateFolder } from '../layout/state-folder.js';
import type { PublishedChart } from '../ports/chart-target.js';
import { parseJournalLine, type JournalEntry, type TimedEntry } from './journal-entry.js';

export { IMAGE_NAMES } from './journal-entry.js';
export type { ChartRow, JournalEntry, TimedEntry } from './journal-entry.js';

/** A journal that is being written. */
export class Journal {
  readonly run: string;
  readonly directory: string;
  readonly #file: FileHandle;
  readonly #entries: TimedEntry[] = [];
  readonly #keptLists = new Set<string>();
  /** Paths of kept files whose bytes were written, synced or not. */
  readonly #kept = new Set<string>();
  /** Paths that the next sync makes durable: bytes of files, names in folders. */
  readonly #unsynced = { files: new Set<string>(), folders: new Set<string>() };
  readonly #syncs = new GroupCommit(() => this.#sync());
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(run: string, directory: string, file: FileHandle) {
    this.run = run;
    this.directory = directory;
    this.#file = file;
  }

  /** Makes the journal of a new run under the state folder. Throws `state.not-writable` or `disk.no-space`. */
  static async create(stateDir: string): Promise<Journal> {
    const time = new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18);
    const run = `${time}-${randomBytes(3).toString('hex')}`;
    const directory = join(stateDir, 'runs', run);
    return inStateFolder(stateDir, () =>
      onDisk(directory, 'write', async () => {
        await makeFolder(directory, 0o700);
        const file = await open(join(directory, 'journal.jsonl'), 'a', 0o600);
        const journal = new Journal(run, directory, file);
        for (const folder of [directory, dirname(directory), stateDir, dirname(resolve(stateDir))])
          journal.#unsynced.folders.add(folder);
        return journal;
      }),
    );
  }

  /** All entries so far. */
  get entries(): readonly TimedEntry[] {
    return this.#entries;
  }

  /** Appends a line; resolves when it was handed to the operating system. {@link commit} makes it durable. */
  async append(entry: JournalEntry): Promise<void> {
    const timed: TimedEntry = { time: new Date().toISOString(), ...entry };
    this.#entries.push(timed);
    const write = this.#tail.then(() => this.#file.appendFile(`${JSON.stringify(timed)}\n`));
    this.#tail = write.catch(() => undefined);
    await onDisk(this.directory, 'write', () => write);
  }

  /**
   * Resolves when all that was appended and kept before this call survives a loss of power. To be awaited before a write to the
   * target that an undo takes back. Those who ask while a sync runs share the next one.
   */
  async commit(): Promise<void> {
    await onDisk(this.directory, 'write', () => this.#syncs.run());
  }

  /** Keeps the bytes of a manifest that a tag held, so that an undo can restore it even if the registry lost it. */
  async keepManifest(manifest: RawManifest): Promise<void> {
    await this.#keep('manifests', hexOf(manifest.digest), manifest.bytes);
  }

  /** Keeps a chart before it is replaced; gives the SHA-256 of its archive in hex. */
  async keepChart({
    archive,
    provenance,
    stored,
  }: Omit<PublishedChart, 'name' | 'version'>): Promise<string> {
    const hex = sha256(archive);
    await this.#keep('charts', `${hex}.tgz`, archive);
    if (provenance) await this.#keep('charts', `${hex}.tgz.prov`, provenance);
    if (stored) {
      await this.#keep('charts', `${hex}.manifest`, stored.manifest.bytes);
      await this.#keep('charts', `${hex}.config`, stored.config);
    }
    return hex;
  }

  /** Keeps the file that lists the names of a folder, once for each place; `read` is called the first time only. */
  async keepNameList(place: string, read: () => Promise<Buffer | null>): Promise<void> {
    if (this.#keptLists.has(place)) return;
    this.#keptLists.add(place);
    const bytes = await read();
    const before = bytes && sha256(bytes);
    if (bytes && before !== null) await this.#keep('lists', before, bytes);
    await this.append({ type: 'name-list', place, before });
  }

  async close(): Promise<void> {
    await this.#syncs.run().catch(() => undefined);
    await this.#file.close();
  }

  async #sync(): Promise<void> {
    const files = [...this.#unsynced.files];
    const folders = [...this.#unsynced.folders];
    this.#unsynced.files.clear();
    this.#unsynced.folders.clear();
    try {
      await this.#tail;
      // at the same time: file systems write the metadata of several files at once
      await Promise.all(files.map(syncFile));
      for (const folder of folders) await syncFolder(folder);
      await syncHandle(this.#file);
    } catch (error) {
      for (const path of files) this.#unsynced.files.add(path);
      for (const path of folders) this.#unsynced.folders.add(path);
      throw error;
    }
  }

  async #keep(folder: string, name: string, bytes: Buffer): Promise<void> {
    const directory = join(this.directory, folder);
    const path = join(directory, name);
    // the name tells the bytes: what is durable already must not be truncated and written again
    if (this.#kept.has(path)) return;
    await onDisk(directory, 'write', async () => {
      await makeFolder(directory, 0o700);
      await writeFile(path, bytes, { mode: 0o600 });
    });
    this.#kept.add(path);
    this.#unsynced.files.add(path);
    for (const changed of [directory, this.directory]) this.#unsynced.folders.add(changed);
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads a journal. A line that was cut off by a crash is left out. Null when there is no such run. */
export async function readJournal(stateDir: string, run: string): Promise<readonly TimedEntry[] | null> {
  let text: string;
  try {
    text = await readFile(join(stateDir, 'runs', run, 'journal.jsonl'), 'utf8');
  } catch {
    return null;
  }
  const entries: TimedEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseJournalLine(line);
    if (entry) entries.push(entry);
  }
  return entries;
}

/** Ids of all runs, oldest first: ids begin with the time. */
export async function listRuns(stateDir: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(stateDir, 'runs'))).sort();
  } catch {
    return [];
  }
}

/** The run that a person means by an id, the unambiguous start of one, or `latest`. Throws `run.unknown`. */
export async function findRun(stateDir: string, wanted: string): Promise<string> {
  const runs = await listRuns(stateDir);
  const matches = wanted === 'latest' ? runs.slice(-1) : runs.filter((run) => run.startsWith(wanted));
  const [run] = matches.includes(wanted) ? [wanted] : matches;
  // the empty text is the start of every id
  if (wanted === '' || run === undefined || (matches.length > 1 && run !== wanted)) {
    throw new AppError('run.unknown', { origin: 'config', params: { run: wanted } });
  }
  return run;
}
