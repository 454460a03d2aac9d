// Files that may not be there: an absent one is an answer, every other failure an error of the disk.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { isAbsent, onDisk } from './disk-error.js';

interface Cancellable {
  readonly signal: AbortSignal;
}

/** The bytes of a file, or null when it is absent. */
export function readIfPresent(path: string, { signal }: Cancellable): Promise<Buffer | null> {
  return ifPresent(path, () => readFile(path, { signal }));
}

/** The names in a folder; null when it is absent. */
export function listIfPresent(path: string, { signal }: Cancellable): Promise<string[] | null> {
  signal.throwIfAborted();
  return ifPresent(path, () => readdir(path));
}

/** Bytes of a file; null when it is absent or no file. */
export async function sizeIfPresent(path: string, { signal }: Cancellable): Promise<number | null> {
  signal.throwIfAborted();
  const found = await ifPresent(path, () => stat(path));
  return found?.isFile() ? found.size : null;
}

/** A text that is another one when the file was replaced; null when it is absent. */
export async function stampIfPresent(path: string, { signal }: Cancellable): Promise<string | null> {
  signal.throwIfAborted();
  const found = await ifPresent(path, () => stat(path, { bigint: true }));
  return found && `${found.ino} ${found.size} ${found.mtimeNs}`;
}

/** The path without links, so that one folder has one name; as given when it is absent. */
export async function realPath(path: string, { signal }: Cancellable): Promise<string> {
  signal.throwIfAborted();
  return (await ifPresent(path, () => realpath(path))) ?? resolve(path);
}

function ifPresent<T>(path: string, work: () => Promise<T>): Promise<T | null> {
  return onDisk(path, 'read', async () => {
    try {
      return await work();
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  });
}
