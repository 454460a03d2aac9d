// Which files and folders look like packages, by their names and marker files alone, because lists must be fast on slow drives.
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FolderEntry } from '../contract.js';
import { onDisk } from '../layout/disk-error.js';
import { splitSets } from '../package/source/split-names.js';
import type { Cancellable } from '../ports/cancellable.js';
import { FILES_AT_A_TIME } from '../flow/limits.js';

const PACKAGE_NAME = /\.(?:tar\.gz|tgz|tar\.zst|tar)$/i;
/** Files that mark a folder as a package: an OCI layout, or a folder target, which contains one. */
const MARKERS = ['oci-layout', join('oci', 'oci-layout')];
/** Entries that are looked at in parallel: enough for a network drive, few enough for a USB stick. */

/** Entries of a folder: folders first, then files, each by name. Hidden files and entries that cannot be read are left out. */
export async function listEntries(
  folder: string,
  isAllowed: (path: string) => Promise<boolean>,
  { signal }: Cancellable,
): Promise<readonly FolderEntry[]> {
  const names = await onDisk(folder, 'read', () => readdir(folder));
  const visible = names.filter((name) => !name.startsWith('.'));
  const entries: (FolderEntry | null)[] = [];
  for (let at = 0; at < visible.length; at += FILES_AT_A_TIME) {
    signal.throwIfAborted();
    const some = visible.slice(at, at + FILES_AT_A_TIME);
    entries.push(...(await Promise.all(some.map((name) => entryAt(join(folder, name), isAllowed)))));
  }
  return joinParts(entries.filter((entry) => entry !== null)).toSorted(
    (a, b) =>
      Number(a.kind !== 'folder') - Number(b.kind !== 'folder') ||
      a.name.localeCompare(b.name, 'en', { numeric: true }),
  );
}

/** The first part of each split package stands for all of it, with the bytes of all parts. */
function joinParts(entries: readonly FolderEntry[]): readonly FolderEntry[] {
  const files = new Map(entries.filter(({ kind }) => kind !== 'folder').map((entry) => [entry.name, entry]));
  const joined = new Map(entries.map((entry) => [entry.name, entry]));
  for (const { parts, isUnsure } of splitSets([...files.keys()])) {
    const [first] = parts.flatMap((name) => files.get(name) ?? []);
    if (isUnsure || !first) continue;
    for (const name of parts) joined.delete(name);
    const bytes = parts.reduce((sum, name) => sum + (files.get(name)?.bytes ?? 0), 0);
    joined.set(first.name, { ...first, kind: 'package', bytes });
  }
  return [...joined.values()];
}

/** Packages in a folder and in the folders directly below it, which is how drives with packages are laid out. */
export async function findPackages(folder: string, { signal }: Cancellable): Promise<readonly FolderEntry[]> {
  const everywhere = (): Promise<boolean> => Promise.resolve(true);
  const top = await listEntries(folder, everywhere, { signal });
  const below: FolderEntry[] = [];
  for (const { kind, path } of top) {
    if (kind !== 'folder') continue;
    below.push(...(await listEntries(path, everywhere, { signal }).catch(() => [])));
  }
  return [...top, ...below].filter(({ kind }) => kind === 'package');
}

/** The entry; null when it is gone, unreadable, neither file nor folder, or a link to a place that may not be shown. */
async function entryAt(
  path: string,
  isAllowed: (path: string) => Promise<boolean>,
): Promise<FolderEntry | null> {
  try {
    const isLink = (await lstat(path)).isSymbolicLink();
    if (isLink && !(await isAllowed(path))) return null;
    const found = await stat(path);
    const name = basename(path);
    const common = { name, path, modified: found.mtime.toISOString() };
    if (found.isDirectory()) {
      return { ...common, kind: (await isPackageFolder(path)) ? 'package' : 'folder', bytes: 0 };
    }
    if (!found.isFile()) return null;
    return { ...common, kind: PACKAGE_NAME.test(name) ? 'package' : 'other', bytes: found.size };
  } catch {
    return null;
  }
}

async function isPackageFolder(path: string): Promise<boolean> {
  for (const marker of MARKERS) {
    const found = await stat(join(path, marker)).catch(() => null);
    if (found?.isFile()) return true;
  }
  return false;
}
