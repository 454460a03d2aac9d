// Sorts the files of an unpacked pack: a folder lists them by name, and the reader needs them in the order of the list.
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { orAborted } from '../../flow/cancel.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { fileProblem } from '../bytes/file-bytes.js';
import type { FolderFile } from '../source/folder-tree.js';
import { listLimit, PACK_LIST, parsePackList, pathsInOrder } from './pack-list.js';

/** The files as its list orders them, the others behind; unchanged for a folder that is no pack. */
export async function packOrder(
  folder: string,
  files: readonly FolderFile[],
  options: Cancellable,
): Promise<readonly FolderFile[]> {
  const list = files.find(({ path, link }) => path === PACK_LIST && !link);
  if (!list || list.bytes > listLimit()) return files;
  const path = join(folder, PACK_LIST);
  const bytes = await orAborted(readFile(path), options).catch((error: unknown) => {
    throw options.signal.aborted ? error : fileProblem(error, path);
  });
  const ranks = new Map(pathsInOrder(parsePackList(bytes, basename(folder))).map((one, at) => [one, at]));
  const rank = (file: FolderFile): number => ranks.get(file.path) ?? ranks.size;
  return files.toSorted((a, b) => rank(a) - rank(b));
}
