// Lists folders of the host for a window: the roots first, then folder by folder, never a folder outside the roots.
import { homedir } from 'node:os';
import { dirname, parse } from 'node:path';
import { stat } from 'node:fs/promises';
import type { FolderEntry, FolderListing } from '../contract.js';
import { listEntries } from './package-files.js';
import type { Roots } from './roots.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Lists a folder; for null the roots. Throws `app.outside-roots` and errors of the disk. */
export async function listFolder(
  path: string | null,
  roots: Roots,
  /** Mount points, for the desktop's list of places. */
  drives: () => Promise<readonly string[]>,
  options: Cancellable,
): Promise<FolderListing> {
  if (path === null) {
    const places = (await roots.list(options)) ?? [homedir(), ...(await drives()), parse(homedir()).root];
    return { path: null, parent: null, entries: await entriesOf([...new Set(places)]) };
  }
  const folder = await roots.require(path, options);
  const parent = dirname(folder);
  return {
    path: folder,
    parent: parent !== folder && (await roots.allows(parent, options)) ? parent : null,
    entries: await listEntries(folder, (link) => roots.allows(link, options), options),
  };
}

/** Entries named by their whole path, because the last part alone does not tell these places apart. */
async function entriesOf(paths: readonly string[]): Promise<readonly FolderEntry[]> {
  const entries = await Promise.all(
    paths.map(async (path): Promise<FolderEntry | null> => {
      const found = await stat(path).catch(() => null);
      const modified = found?.mtime.toISOString() ?? '';
      return found?.isDirectory() ? { name: path, path, kind: 'folder', bytes: 0, modified } : null;
    }),
  );
  return entries.filter((entry) => entry !== null);
}
