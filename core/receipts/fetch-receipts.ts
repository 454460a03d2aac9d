// Brings the receipts of a target into the state folder, where history, stale marks, undo and report find them as runs like any other.
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { Descriptor } from '../content/descriptor.js';
import { isIndexType } from '../content/media-types.js';
import type { RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import { errnoOf, onDisk } from '../layout/disk-error.js';
import type { ImageTarget } from '../ports/image-target.js';
import { referenceIn, type Place } from '../target/place.js';
import { parseJournalLine, type TimedEntry } from '../journal/journal-entry.js';
import { rebasePaths } from '../journal/moved-journal.js';
import {
  isRunId,
  MOST_FORMER_BYTES,
  parseReceipt,
  receiptInIndex,
  receiptRepositories,
  unpackFormer,
} from './receipt.js';
import { forEachLimited } from '../flow/task-pool.js';
import type { Cancellable } from '../ports/cancellable.js';
import { RECEIPTS_AT_A_TIME } from '../flow/limits.js';

export interface ReceiptSource {
  readonly images: ImageTarget;
  readonly rules: NamingRules;
  /** As this computer names the target: directory or URL. */
  readonly location: string;
  readonly stateDir: string;
}

export interface FetchedReceipts {
  /** Ids of all runs whose receipts lie in the target and are in the state folder now, oldest first. */
  readonly runs: readonly string[];
  /** Receipts and places that could not be read; the others are not affected. */
  readonly problems: readonly AppError[];
}

/** The newest of them; who can write to the target must not be able to fill this computer's disk. */
const MOST_RECEIPTS = 200;

/** What says that there are no receipts in a place, or none for us. */
const NO_PLACE = new Set(['registry.project-missing']);

/**
 * Reads every receipt that the state folder does not have yet. Only what is a receipt to the last name gets there: `runs/<run>/`
 * with its journal, `manifests/`, `charts/` and `lists/`. A run that is there already is not touched.
 */
export async function fetchReceipts(source: ReceiptSource, options: Cancellable): Promise<FetchedReceipts> {
  const { images, rules, stateDir } = source;
  const problems: AppError[] = [];
  const places = new Map<string, Place>();
  for (const repository of receiptRepositories(images, rules)) {
    const tags = await oneAlone(problems, () => images.listTags(repository, options), options);
    for (const tag of tags ?? []) if (isRunId(tag)) places.set(tag, { repository, tag });
  }
  const newest = [...places].sort(([a], [b]) => (a < b ? 1 : -1)).slice(0, MOST_RECEIPTS);
  const runs: string[] = [];
  await forEachLimited(newest, RECEIPTS_AT_A_TIME, async ([run, place]) => {
    const isHere =
      (await isThere(join(stateDir, 'runs', run))) ||
      (await oneAlone(problems, () => fetchOne(source, place, options), options)) !== null;
    if (isHere) runs.push(run);
  });
  return { runs: runs.sort(), problems };
}

async function oneAlone<T>(
  problems: AppError[],
  work: () => Promise<T>,
  { signal }: Cancellable,
): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    if (!NO_PLACE.has(error.code)) problems.push(error);
    return null;
  }
}

async function fetchOne(source: ReceiptSource, place: Place, options: Cancellable): Promise<string> {
  const { images, stateDir, location } = source;
  const run = place.tag;
  const reference = referenceIn(images, place);
  const named = await images.getManifest(place.repository, run, options);
  const manifest = named && (await receiptUnder(named, images, place, options));
  const layers = manifest && parseReceipt(manifest);
  if (!named || !layers) throw damaged(reference);
  const read = async (layer: Descriptor): Promise<Buffer> => {
    const bytes = await images.getBlob(place.repository, layer.digest, options);
    if (!bytes) throw damaged(reference);
    return bytes;
  };
  const journal = journalOf(await read(layers.journal), run);
  if (!journal) throw damaged(reference);
  const former = new Map<string, Buffer>();
  let size = 0;
  for (const layer of layers.former) {
    const files = unpacked(await read(layer));
    for (const [name, bytes] of files ?? []) {
      size += bytes.length;
      former.set(name, bytes);
    }
    if (!files || size > MOST_FORMER_BYTES) throw damaged(reference);
  }
  const time = new Date().toISOString();
  const entries: readonly TimedEntry[] = [
    ...rebasePaths(journal, location),
    { type: 'receipt', time, reference, digest: named.digest, fetched: true },
  ];
  const lines = Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
  await keepRun(stateDir, run, new Map([...former, ['journal.jsonl', lines]]), options);
  return run;
}

async function receiptUnder(
  named: RawManifest,
  images: ImageTarget,
  { repository }: Place,
  options: Cancellable,
): Promise<RawManifest | null> {
  if (!isIndexType(named.mediaType)) return named;
  const digest = receiptInIndex(named);
  return digest && (await images.getManifest(repository, digest, options));
}

/** The lines of this very run; null when it is no journal of it. Lines of kinds that this version does not know are left out. */
function journalOf(bytes: Buffer, run: string): readonly TimedEntry[] | null {
  const entries = bytes
    .toString('utf8')
    .split('\n')
    .flatMap((line) => parseJournalLine(line) ?? [])
    .filter(({ type }) => type !== 'receipt');
  const start = entries[0];
  return start?.type === 'run-started' && start.run === run ? entries : null;
}

function unpacked(archive: Buffer): ReadonlyMap<string, Buffer> | null {
  try {
    return unpackFormer(archive);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** All of a run or nothing: it is written aside and then renamed. */
async function keepRun(
  stateDir: string,
  run: string,
  files: ReadonlyMap<string, Buffer>,
  { signal }: Cancellable,
): Promise<void> {
  const aside = join(stateDir, 'receipts', `${run}-${randomBytes(4).toString('hex')}`);
  await onDisk(stateDir, 'write', async () => {
    try {
      for (const [name, bytes] of files) {
        signal.throwIfAborted();
        const path = join(aside, name);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(path, bytes, { mode: 0o600 });
      }
      await mkdir(join(stateDir, 'runs'), { recursive: true, mode: 0o700 });
      await rename(aside, join(stateDir, 'runs', run));
    } catch (error) {
      // another process was quicker: it brought the same
      if (
        !['ENOTEMPTY', 'EEXIST', 'EPERM'].includes(errnoOf(error)) ||
        !(await isThere(join(stateDir, 'runs', run)))
      )
        throw error;
    } finally {
      await rm(aside, { recursive: true, force: true });
    }
  });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function damaged(reference: string): AppError {
  return new AppError('receipt.damaged', { origin: 'registry', params: { reference } });
}
