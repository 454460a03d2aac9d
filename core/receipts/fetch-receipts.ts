// Fetches the receipts of a target into the state folder; from there history, compare, undo and report use them as runs.
import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { Descriptor } from '../content/descriptor.js';
import { isIndexType } from '../content/media-types.js';
import type { RawManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import { errnoOf, onDisk } from '../layout/disk-error.js';
import { makeFolder } from '../layout/make-folder.js';
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
  /** The target's directory or URL on this computer. */
  readonly location: string;
  readonly stateDir: string;
}

export interface FetchedReceipts {
  /** Ids of the runs whose receipts are in the target and now in the state folder, oldest first. */
  readonly runs: readonly string[];
  /** One for each receipt or place that could not be read; the others are fetched. */
  readonly problems: readonly AppError[];
}

/** Only so many of the newest are fetched, so that somebody who can write to the target cannot fill this computer's disk. */
const MOST_RECEIPTS = 200;

/** Error codes that mean: there are no receipts in this place, or this account must not read them. */
const NO_PLACE = new Set(['registry.project-missing']);

/**
 * Fetches each receipt that the state folder does not have yet, into `runs/<run>/` with its journal, `manifests/`, `charts/` and
 * `lists/`. A receipt in which any file has an unexpected name is not taken. A run that is there already is not changed.
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

/** The journal's entries; null when it is not the journal of this run. Lines of types that this version does not know are left out. */
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

/** Writes the files of a run to a temporary folder and renames it, so that a run is there completely or not at all. */
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
        await makeFolder(dirname(path), 0o700);
        await writeFile(path, bytes, { mode: 0o600 });
      }
      await makeFolder(join(stateDir, 'runs'), 0o700);
      await rename(aside, join(stateDir, 'runs', run));
    } catch (error) {
      // another process has fetched the same run meanwhile
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
