// Which files and folders look like packages, told by their names and markers alone: lists must be fast, also on slow drives.
import { lstat, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FolderEntry } from '../contract.js';
import { onDisk } from '../layout/disk-error.js';
import type { Cancellable } from '../ports/cancellable.js';

const PACKAGE_NAME = /\.(?:tar\.gz|tgz|tar)$/i;
/** An OCI layout; a folder target, which holds one. */
const MARKERS = ['oci-layout', join('oci', 'oci-layout')];
/** Looked at a time: enough for a network drive, few enough for a stick. */
const AT_A_TIME = 16;

/** What lies in a folder: folders first, then by name; hidden files and what cannot be looked at are left out. */
export async function listEntries(
  folder: string,
  isAllowed: (path: string) => Promise<boolean>,
  { signal }: Cancellable,
): Promise<readonly FolderEntry[]> {
  const names = await onDisk(folder, 'read', () => readdir(folder));
  const visible = names.filter((name) => !name.startsWith('.'));
  const entries: (FolderEntry | null)[] = [];
  for (let at = 0; at < visible.length; at += AT_A_TIME) {
    signal.throwIfAborted();
    const some = visible.slice(at, at + AT_A_TIME);
    entries.push(...(await Promise.all(some.map((name) => entryAt(join(folder, name), isAllowed)))));
  }
  return entries
    .filter((entry) => entry !== null)
    .sort(
      (a, b) =>
        Number(a.kind !== 'folder') - Number(b.kind !== 'folder') ||
        a.name.localeCompare(b.name, 'en', { numeric: true }),
    );
}

/** Packages in a folder and one folder below, as a drive is laid out. */
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

/** Null: gone, unreadable, neither file nor folder, or a link to a place that may not be shown. */
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
