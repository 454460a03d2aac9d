// Which part of the disk a window may list and name: whole folders. Links are followed before a path is allowed.
import { lstat, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { AppError } from '../errors.js';
import { errnoOf } from '../layout/disk-error.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Lists the roots. Null: the whole computer, as on the desktop, where the person chose the files in a dialog of the system. */
export type AllowedRoots = ((options: Cancellable) => Promise<readonly string[]>) | null;

/** Decides about paths by the place to which their links lead. */
export class Roots {
  readonly #allowed: AllowedRoots;

  constructor(allowed: AllowedRoots) {
    this.#allowed = allowed;
  }

  /** Absolute paths of the roots that exist now; null: no restriction. */
  async list(options: Cancellable): Promise<readonly string[] | null> {
    if (this.#allowed === null) return null;
    const paths: string[] = [];
    for (const path of await this.#allowed(options)) {
      options.signal.throwIfAborted();
      if (await realpath(path).catch(() => null)) paths.push(resolve(path));
    }
    return [...new Set(paths)];
  }

  /** Returns the path as an absolute one. Throws `app.outside-roots`, also for a link inside a root that leads out of it. */
  async require(path: string, options: Cancellable): Promise<string> {
    const absolute = resolve(path);
    if (await this.allows(absolute, options)) return absolute;
    throw new AppError('app.outside-roots', { origin: 'config', params: { path: absolute } });
  }

  /** True when the path lies in a root; for a path that does not exist, when it would be created in one. */
  async allows(path: string, options: Cancellable): Promise<boolean> {
    const roots = await this.list(options);
    if (roots === null) return true;
    const real = await realPlace(resolve(path));
    if (real === null) return false;
    for (const root of roots) {
      if (isInside(real, await realpath(root).catch(() => root))) return true;
    }
    return false;
  }
}

/** True for the folder itself and everything below. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * The path after all links on the way were followed; for a path that does not exist, by its parent. Null when that cannot be found
 * out.
 */
async function realPlace(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' && errnoOf(error) !== 'ENOTDIR') return null;
  }
  // Writing to a link whose target does not exist would create the file at the target.
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  const parent = dirname(path);
  if (isThere || parent === path) return null;
  const place = await realPlace(parent);
  return place === null ? null : join(place, path.slice(parent.length).replace(/^[\\/]+/, ''));
}
