// Reads an unpacked package: the files of a folder on disk as entries, hints and charts before images.
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { orAborted } from '../../flow/cancel.js';
import { ByteReader } from '../bytes/byte-reader.js';
import { isImagesName, isTarName } from '../bytes/entry-role.js';
import { filesBytes, fileProblem, type FileReading } from '../bytes/file-bytes.js';
import type { TreeEntry } from '../bytes/tar-stream.js';
import { splitSets } from './split-names.js';
import { partMissing } from './split-parts.js';

/** A file or link of the folder. */
export interface FolderFile {
  /** Relative to the folder, with `/`. */
  readonly path: string;
  readonly bytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly link: boolean;
}

/** Where Archbridge's own folder target keeps locks and half-written files. */
const PRIVATE_FOLDER = '.archbridge';
/** Read after the other files of their folder, because hints, chart and index.json refer to them. */
const isLast = (name: string): boolean => name === 'blobs' || isImagesName(name);

/** Every file and link below `folder`; links are not followed. Sorted, but images and blobs after the rest of their folder. */
export async function listFolder(
  folder: string,
  options: { readonly signal: AbortSignal },
  under = '',
): Promise<readonly FolderFile[]> {
  options.signal.throwIfAborted();
  const found: FolderFile[] = [];
  const listing = readdir(join(folder, under), { withFileTypes: true }).catch((error: unknown) => {
    throw fileProblem(error, join(folder, under));
  });
  const children = await orAborted(listing, options);
  children.sort((a, b) => Number(isLast(a.name)) - Number(isLast(b.name)) || (a.name < b.name ? -1 : 1));
  for (const child of children) {
    const path = under === '' ? child.name : `${under}/${child.name}`;
    if (child.isDirectory()) {
      if (child.name !== PRIVATE_FOLDER) found.push(...(await listFolder(folder, options, path)));
    } else if (child.isFile() || child.isSymbolicLink()) {
      const { size, mtimeMs, ctimeMs } = await lstat(join(folder, path)).catch((error: unknown) => {
        throw fileProblem(error, join(folder, path));
      });
      found.push({
        path,
        bytes: child.isFile() ? size : 0,
        mtimeMs,
        ctimeMs,
        link: child.isSymbolicLink(),
      });
    }
  }
  return found;
}

/** The listed files as entries, a split archive as one; throws `package.part-missing`. `onBytes` is called with the number of bytes of each piece that is read. */
export async function* folderEntries(
  folder: string,
  files: readonly FolderFile[],
  onBytes: (count: number) => void,
  options: FileReading,
): AsyncGenerator<TreeEntry, void> {
  for (const file of joinParts(files)) {
    const path = join(folder, file.path);
    if (file.link) {
      const linkpath = await readlink(path).catch((error: unknown) => {
        throw fileProblem(error, path);
      });
      yield { path: file.path, type: 'symlink', size: 0, linkpath, body: ByteReader.of(Buffer.alloc(0)) };
      continue;
    }
    const paths = file.parts.map((part) => join(folder, part));
    const bytes = filesBytes(paths, options);
    const body = new ByteReader(async () => {
      const next = await bytes.next();
      if (next.done === true) return null;
      onBytes(next.value.length);
      return next.value;
    });
    try {
      yield { path: file.path, type: 'file', size: file.bytes, linkpath: '', body };
    } finally {
      // what nobody reads of a file on disk need not be read at all
      await bytes.return();
    }
  }
}

interface WholeFile extends Pick<FolderFile, 'path' | 'bytes' | 'link'> {
  /** Paths of the files that it consists of. */
  readonly parts: readonly string[];
}

function joinParts(files: readonly FolderFile[]): readonly WholeFile[] {
  const joined = new Map<string, WholeFile>(
    files.map(({ path, bytes, link }) => [path, { path, bytes, link, parts: [path] }]),
  );
  for (const { whole, parts, missing, isUnsure } of splitSets(
    files.filter(({ link }) => !link).map(({ path }) => path),
  )) {
    if (isUnsure || !(isTarName(whole) || whole.endsWith('.tgz'))) continue;
    if (missing !== null) throw partMissing(whole, missing);
    const [first = ''] = parts;
    const bytes = parts.reduce((sum, part) => sum + (joined.get(part)?.bytes ?? 0), 0);
    for (const part of parts.slice(1)) joined.delete(part);
    joined.set(first, { path: whole, bytes, link: false, parts });
  }
  return [...joined.values()];
}
