// The lock of a folder on disk: one process writes; one that was killed does not stand in the way of the next.
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.js';
import { errnoOf, isAbsent } from './disk-error.js';
import { hasEnded, ownIdentity, processIdentitySchema, type ProcessIdentity } from './process-identity.js';

const POLL_MS = 50;
/** A lock without readable content is being written right now, or its writer was killed in that moment. */
const UNWRITTEN_MS = 5_000;

/**
 * Takes the lock file in `folder`, which is made if necessary. Waits up to `patienceMs` for another process of this host and
 * takes over at once when that process has ended.
 * Throws `folder.locked` after that time, and at once for a process of another host: from here nobody can see whether it runs.
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

/** Gives back what {@link takeWriterLock} answered, and removes the folder when nothing else lies in it. */
export async function releaseWriterLock(folder: string, text: string): Promise<void> {
  const path = join(folder, 'lock');
  const found = await look(path);
  if (found?.text === text) await rm(path, { force: true });
  await rmdir(folder).catch(() => undefined);
}

/** The caller knows every lock that this process holds, so another lock of this very process was left behind. */
async function isStale(holder: ProcessIdentity, own: ProcessIdentity): Promise<boolean> {
  return (holder.pid === own.pid && holder.started === own.started) || (await hasEnded(holder));
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') return false;
    // Another process has just given back its lock and the folder with it.
    if (isAbsent(error)) return (await mkdir(join(path, '..'), { recursive: true }), false);
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
 * Removes a stale lock. Two processes may find it at the same time: a second file makes sure that the slower one does not
 * remove the lock that the faster one has made meanwhile.
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

function locked(folder: string, path: string, holder: ProcessIdentity): AppError {
  return new AppError('folder.locked', {
    origin: 'disk',
    params: { path: join(folder, '..'), host: holder.host, pid: holder.pid, since: holder.since, lock: path },
    retryable: true,
  });
}
