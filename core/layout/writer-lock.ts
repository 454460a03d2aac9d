// The lock file of a folder: only one process writes at a time, and the lock of a killed process is taken over.
import { readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { errnoOf, isAbsent } from './disk-error.js';
import { makeFolder } from './make-folder.js';
import { hasEnded, ownIdentity, processIdentitySchema, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;
/**
 * A lock file without readable content is just being written, or its writer was killed while writing it. After this many milliseconds
 * the second is assumed.
 */
const UNWRITTEN_MS = 5_000;

/**
 * Makes the lock file in `folder`, and the folder if necessary; answers its text for {@link releaseWriterLock}. Waits up to `patienceMs`
 * for another process of this host, and takes the lock over at once when that process has ended.
 * Throws `folder.locked` after that time, and at once when a process of another host holds it, because it cannot be seen whether that
 * process still runs.
 */
export async function takeWriterLock(
  folder: string,
  patienceMs: number,
  { signal }: { signal: AbortSignal },
): Promise<string> {
  const path = join(folder, 'lock');
  const own = await ownIdentity();
  const text = `${JSON.stringify(own)}\n`;
  const deadline = Date.now() + patienceMs;
  for (;;) {
    signal.throwIfAborted();
    if (await create(path, text)) return text;
    const found = await look(path);
    if (found === null) continue;
    const { holder } = found;
    if (holder !== null && holder.host !== own.host) throw locked(folder, path, holder);
    if (holder === null ? found.age > UNWRITTEN_MS : await isStale(holder, own)) {
      await takeAway(path, found.text);
    } else if (Date.now() >= deadline) {
      throw locked(folder, path, holder ?? own);
    } else {
      await sleep(POLL_MS, undefined, { signal });
    }
  }
}

/** Removes the lock file if it still holds the text that {@link takeWriterLock} answered, and the folder if it is empty then. */
export async function releaseWriterLock(folder: string, text: string): Promise<void> {
  const path = join(folder, 'lock');
  const found = await look(path);
  if (found?.text === text) await rm(path, { force: true });
  await rmdir(folder).catch(() => undefined);
}

/** True for a lock of an ended process, or one that names this process: the caller knows all locks that this process really holds. */
async function isStale(holder: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  return (holder.pid === own.pid && holder.started === own.started) || (await hasEnded(holder));
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    // Another process has just removed its lock and the folder.
    if (isAbsent(error)) return (await makeFolder(join(path, '..')), false);
    if (errnoOf(error) === 'ENOSPC') await rm(path, { force: true });
    throw error;
  }
}

interface Found {
  readonly text: string;
  readonly holder: ProcessIdentity | null;
  /** Milliseconds since the last write. */
  readonly age: number;
}

async function look(path: string): Promise<Found | null> {
  try {
    const { mtimeMs } = await stat(path);
    const text = await readFile(path, 'utf8');
    return { text, holder: parseHolder(text), age: Date.now() - mtimeMs };
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}

function parseHolder(text: string): ProcessIdentity | null {
  try {
    return processIdentitySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/**
 * Removes a stale lock. Two processes may find it at the same time; a second lock file keeps the slower one from removing the new lock
 * of the faster one.
 */
async function takeAway(path: string, staleText: string): Promise<void> {
  const guard = `${path}.takeover`;
  try {
    await writeFile(guard, '', { flag: 'wx' });
  } catch (error) {
    if (isAbsent(error)) return;
    if (errnoOf(error) !== 'EEXIST') throw error;
    const left = await look(guard);
    if (left !== null && left.age > UNWRITTEN_MS) await rm(guard, { force: true });
    else await sleep(POLL_MS);
    return;
  }
  try {
    if ((await look(path))?.text === staleText) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** The error for a folder whose lock this process holds itself. */
export async function heldHere(folder: string, { signal }: { signal: AbortSignal }): Promise<AppError> {
  signal.throwIfAborted();
  const path = join(folder, 'lock');
  return locked(folder, path, (await look(path))?.holder ?? (await ownIdentity()));
}

function locked(folder: string, path: string, holder: ProcessIdentity): AppError {
  return new AppError('folder.locked', {
    origin: 'disk',
    params: { path: join(folder, '..'), host: holder.host, pid: holder.pid, since: holder.since, lock: path },
    retryable: true,
  });
}
