// Makes a folder and those above it, one by one: mkdir's own `recursive` hides why it fails, and never ends below some mounts.
// https://github.com/nodejs/node/issues/47098 (a read-only file system is reported as a missing folder)
import { lstat, mkdir, readlink, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { AppError } from '../errors.js';
import { errnoOf, isAbsent, onDisk } from './disk-error.js';

/**
 * Makes sure that `path` is a folder. Missing folders above it are made, too, with the same mode. Throws AppErrors of origin
 * `disk`: `disk.not-writable`, `disk.no-space`, `disk.not-a-folder`, or `disk.dangling-link` where a link on the way leads to a
 * place that is not there.
 */
export async function makeFolder(path: string, mode = 0o777): Promise<void> {
  const absolute = resolve(path);
  await onDisk(absolute, 'write', async () => {
    const missing: string[] = [];
    for (let at = absolute; !(await isFolder(at)); at = dirname(at)) missing.unshift(at);
    for (const folder of missing) await makeOne(folder, mode);
  });
}

/** False where nothing is. Throws for a file, and for a link that leads nowhere. */
async function isFolder(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    const link = await lstat(path).catch(() => null);
    if (!link?.isSymbolicLink()) {
      // the root is always there; without this a system that denies it would never end
      if (dirname(path) === path) throw error;
      return false;
    }
    const params = { path, to: await readlink(path) };
    throw new AppError('disk.dangling-link', { origin: 'disk', params, cause: error });
  }
  throw new AppError('disk.not-a-folder', { origin: 'disk', params: { path } });
}

async function makeOne(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    // another process was faster
    if (errnoOf(error) === 'EEXIST' && (await isFolder(path))) return;
    // the folder above is there, so this file system takes no folders: /proc answers so
    if (!isAbsent(error)) throw error;
    throw new AppError('disk.not-writable', {
      origin: 'disk',
      params: { path, reason: 'ENOENT' },
      cause: error,
    });
  }
}
