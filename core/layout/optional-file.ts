// Reads files that may be absent: absence is answered as null, every other failure is thrown as an error of the disk.
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { isAbsent, onDisk } from './disk-error.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The bytes of a file, or null when it is absent. */
export function readIfPresent(path: string, { signal }: Cancellable): Promise<Buffer | null> {
  return ifPresent(path, () => readFile(path, { signal }));
}

/** The names in a folder; null when it is absent. */
export function listIfPresent(path: string, { signal }: Cancellable): Promise<string[] | null> {
  signal.throwIfAborted();
  return ifPresent(path, () => readdir(path));
}

/** Size of a file in bytes; null when it is absent or no file. */
export async function sizeIfPresent(path: string, { signal }: Cancellable): Promise<number | null> {
  signal.throwIfAborted();
  const found = await ifPresent(path, () => stat(path));
  return found?.isFile() ? found.size : null;
}

/** A text that changes when the file is replaced or written; null when it is absent. */
export async function stampIfPresent(path: string, { signal }: Cancellable): Promise<string | null> {
  signal.throwIfAborted();
  const found = await ifPresent(path, () => stat(path, { bigint: true }));
  return found && `${found.ino} ${found.size} ${found.mtimeNs}`;
}

/** The absolute path with links resolved, so that one folder has one path, also before it is made. */
export async function realPath(path: string, options: Cancellable): Promise<string> {
  options.signal.throwIfAborted();
  const absolute = resolve(path);
  const real = await ifPresent(absolute, () => realpath(absolute));
  const above = dirname(absolute);
  return real ?? (above === absolute ? absolute : join(await realPath(above, options), basename(absolute)));
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
