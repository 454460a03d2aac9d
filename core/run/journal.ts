// What a run did, line by line, as it did it: the source of reports, of undo, and of what is known about package versions.
// <state>/runs/<run>/journal.jsonl, with former manifests and chart archives beside it (manifests/<hex>, charts/<hex>.tgz).
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type {
  Problem,
  Proof,
  Report,
  ReportAuthor,
  ReportChart,
  ReportImage,
  ReportPackage,
  ReportReceipt,
  ReportTarget,
  ReportTotals,
  TagSummary,
} from '../contract.js';
import { hexOf } from '../content/digest.js';
import type { RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import { onDisk } from '../layout/disk-error.js';

/** One line of the journal. Every line carries the time at which it was written. */
export type JournalEntry =
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly version: string;
      /** Account and computer; journals of 0.1 have none, nor the two after it. */
      readonly by?: Pick<ReportAuthor, 'user' | 'host'>;
      readonly kind?: Report['kind'];
      readonly undoes?: readonly string[];
      readonly target: ReportTarget;
      readonly packages: readonly ReportPackage[];
      readonly weakened: readonly string[];
    }
  | { readonly type: 'package-read'; readonly package: string; readonly sha512: string | null }
  /** Written right before a tag is: `before` tells the way back, should nothing follow. */
  | {
      readonly type: 'tag-writing';
      readonly target: string;
      readonly before: TagSummary | null;
      readonly next: string;
    }
  | (ReportImage & {
      readonly type: 'image';
      readonly repository: string;
      readonly tag: string;
    })
  | (ChartRow & { readonly type: 'chart' })
  | { readonly type: 'problem'; readonly problem: Problem }
  | { readonly type: 'run-ended'; readonly result: Report['result']; readonly totals: ReportTotals }
  /** What was read back after the run's end. */
  | { readonly type: 'proof'; readonly proof: Proof }
  /** The last line where a receipt was pushed, or where the journal itself was brought from one (`fetched`). */
  | (ReportReceipt & { readonly type: 'receipt'; readonly fetched?: boolean });

/** What became of a chart in one repository, and the way back. */
export interface ChartRow extends ReportChart {
  /** SHA-256 (hex alone) of the archive that was replaced, kept as charts/<hex>.tgz. */
  readonly before: string | null;
}

export type TimedEntry = JournalEntry & { readonly time: string };

/** A journal being written. */
export class Journal {
  readonly run: string;
  readonly directory: string;
  readonly #file: FileHandle;
  readonly #entries: TimedEntry[] = [];
  #tail: Promise<unknown> = Promise.resolve();

  private constructor(run: string, directory: string, file: FileHandle) {
    this.run = run;
    this.directory = directory;
    this.#file = file;
  }

  /** Opens the journal of a new run under the state folder; an AppError of origin `disk` when that cannot be written. */
  static async create(stateDir: string): Promise<Journal> {
    const time = new Date().toISOString().replace(/[-:.]/g, '').slice(0, 18);
    const run = `${time}-${randomBytes(3).toString('hex')}`;
    const directory = join(stateDir, 'runs', run);
    return onDisk(directory, 'write', async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      return new Journal(run, directory, await open(join(directory, 'journal.jsonl'), 'a', 0o600));
    });
  }

  /** Everything that was written so far. */
  get entries(): readonly TimedEntry[] {
    return this.#entries;
  }

  /** Appends a line; resolves when the operating system has it. */
  async append(entry: JournalEntry): Promise<void> {
    const timed: TimedEntry = { time: new Date().toISOString(), ...entry };
    this.#entries.push(timed);
    const write = this.#tail.then(() => this.#file.appendFile(`${JSON.stringify(timed)}\n`));
    this.#tail = write.catch(() => undefined);
    await onDisk(this.directory, 'write', () => write);
  }

  /** Keeps the bytes of a manifest that a tag held, so that the way back needs no registry. */
  async keepManifest(manifest: RawManifest): Promise<void> {
    await this.#keep('manifests', hexOf(manifest.digest), manifest.bytes);
  }

  /** Keeps a chart archive before it is replaced; answers its SHA-256. */
  async keepChart(archive: Buffer, provenance: Buffer | null): Promise<string> {
    const hex = createHash('sha256').update(archive).digest('hex');
    await this.#keep('charts', `${hex}.tgz`, archive);
    if (provenance) await this.#keep('charts', `${hex}.tgz.prov`, provenance);
    return hex;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#file.sync().catch(() => undefined);
    await this.#file.close();
  }

  async #keep(folder: string, name: string, bytes: Buffer): Promise<void> {
    const directory = join(this.directory, folder);
    await onDisk(directory, 'write', async () => {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFile(join(directory, name), bytes, { mode: 0o600 });
    });
  }
}

const lineSchema = z.looseObject({ type: z.string(), time: z.string() });

/** Reads a journal; a torn last line (the computer went off) is left out. Null when there is no such run. */
export async function readJournal(stateDir: string, run: string): Promise<readonly TimedEntry[] | null> {
  let text: string;
  try {
    text = await readFile(join(stateDir, 'runs', run, 'journal.jsonl'), 'utf8');
  } catch {
    return null;
  }
  const entries: TimedEntry[] = [];
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry) entries.push(entry);
  }
  return entries;
}

function parseLine(line: string): TimedEntry | null {
  if (line.trim() === '') return null;
  try {
    const parsed = lineSchema.safeParse(JSON.parse(line));
    // the lines were written by `append`; their shape is that of JournalEntry
    return parsed.success ? (parsed.data as unknown as TimedEntry) : null;
  } catch {
    return null;
  }
}

/** Ids of all runs, oldest first; ids begin with the time. */
export async function listRuns(stateDir: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(stateDir, 'runs'))).sort();
  } catch {
    return [];
  }
}

/** The run that a person means: an id, the unambiguous start of one, or `latest`. */
export async function findRun(stateDir: string, wanted: string): Promise<string> {
  const runs = await listRuns(stateDir);
  const matches = wanted === 'latest' ? runs.slice(-1) : runs.filter((run) => run.startsWith(wanted));
  const [run] = matches.includes(wanted) ? [wanted] : matches;
  if (run === undefined || (matches.length > 1 && run !== wanted)) {
    throw new AppError('run.unknown', { origin: 'config', params: { run: wanted } });
  }
  return run;
}
