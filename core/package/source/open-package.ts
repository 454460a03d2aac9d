// Finds a package on disk and describes it (path, size, time), so that later passes notice when it was changed.
import { readlink, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError } from '../../errors.js';
import { fileProblem, unreadable, type FileReading, type LostFiles } from '../bytes/file-bytes.js';
import { orAborted } from '../../flow/cancel.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { listFolder } from './folder-tree.js';
import { findParts } from './split-parts.js';

/** Equal identities mean an unchanged package. */
export interface PackageIdentity {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Of the file, or the newest of the parts or of a folder's files. */
  readonly mtimeMs: number;
  readonly inode: number;
  readonly device: number;
}

/** A package on disk. It can be read any number of times. */
export interface PackageSource {
  /** Absolute; of a split package the path of its first part. */
  readonly path: string;
  /** Of a split package the name of the whole. */
  readonly fileName: string;
  /** Size of the file or of all parts, or the sum of a folder's files. */
  readonly bytes: number;
  readonly kind: 'file' | 'folder';
  /** Paths of the files that together are the package: one, or the parts of a split one in order. Empty for a folder. */
  readonly parts: readonly string[];
  /** Name of the part that would follow the last one; null for what is not split. */
  readonly nextPart: string | null;
  readonly identity: PackageIdentity;
  /** What is done when it can no longer be read; absent: its reading fails at once. */
  readonly lost?: LostFiles;
  /** Its bytes where several runs share one reading; absent: each pass reads the files by itself. */
  readonly shared?: (reading: FileReading) => AsyncGenerator<Buffer, void>;
}

const ADDRESS = /^(?:https?|oci):\/\//i;

/**
 * Describes the file or folder at `path` without reading its content. Any part of a split package stands for all of it. Throws
 * `package.is-address`, `package.not-found`, `package.dangling-link`, `package.no-permission` or `package.not-a-file` (origin `config`), `package.empty` or
 * `package.part-missing`.
 */
export async function openPackage(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<PackageSource> {
  options.signal.throwIfAborted();
  // `import PACKAGE http://…` is what people try who have not read the help
  if (ADDRESS.test(path)) throw new AppError('package.is-address', { origin: 'config', params: { path } });
  const absolute = resolve(path);
  const found = await stat(absolute).catch(async (error: unknown) => {
    const to = await readlink(absolute).catch(() => null);
    const isDangling = to !== null && error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isDangling) throw fileProblem(error, absolute);
    const params = { path: absolute, to };
    throw new AppError('package.dangling-link', { origin: 'config', params, cause: error });
  });
  if (found.isFile()) return openFile(absolute, found, options);
  const fileName = basename(absolute);
  if (!found.isDirectory()) {
    throw new AppError('package.not-a-file', { origin: 'config', params: { path: absolute } });
  }
  const files = await listFolder(absolute, options);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const mtimeMs = files.reduce((newest, file) => Math.max(newest, file.mtimeMs), 0);
  if (bytes === 0) throw emptyPackage(fileName);
  return {
    path: absolute,
    fileName,
    bytes,
    kind: 'folder',
    parts: [],
    nextPart: null,
    identity: { path: absolute, bytes, mtimeMs, inode: found.ino, device: found.dev },
  };
}

async function openFile(
  absolute: string,
  found: { readonly ino: number; readonly dev: number },
  options: { readonly signal: AbortSignal },
): Promise<PackageSource> {
  const { whole, paths, next } = await findParts(absolute, options);
  let bytes = 0;
  let mtimeMs = 0;
  for (const part of paths) {
    const one = await stat(part).catch((error: unknown) => {
      throw fileProblem(error, part);
    });
    if (!one.isFile()) throw new AppError('package.not-a-file', { origin: 'config', params: { path: part } });
    if (one.size === 0) throw emptyPackage(basename(part));
    bytes += one.size;
    mtimeMs = Math.max(mtimeMs, one.mtimeMs);
  }
  const path = paths[0] ?? absolute;
  return {
    path,
    fileName: whole,
    bytes,
    kind: 'file',
    parts: paths,
    nextPart: next,
    identity: { path, bytes, mtimeMs, inode: found.ino, device: found.dev },
  };
}

function emptyPackage(file: string): AppError {
  return new AppError('package.empty', { origin: 'package', params: { file } });
}

/** Throws `package.changed` unless the package is still what it was when it was opened, and `package.unreadable` when it is gone. */
export async function expectUnchanged(source: PackageSource, options: Cancellable): Promise<void> {
  const now = source.kind === 'file' ? await partsNow(source, options) : await folderNow(source, options);
  // inode numbers are not compared, because FAT drives give a file another one after a new mount
  if (now.bytes === source.identity.bytes && now.mtimeMs === source.identity.mtimeMs) return;
  throw new AppError('package.changed', { origin: 'package', params: { file: source.fileName } });
}

type Extent = Pick<PackageIdentity, 'bytes' | 'mtimeMs'>;

/** The parts by their names: one that is missing is not taken for a shorter set. */
async function partsNow(source: PackageSource, options: Cancellable): Promise<Extent> {
  let bytes = 0;
  let mtimeMs = 0;
  for (const part of source.parts) {
    const one = await waitingFor(source, part, () => orAborted(stat(part), options), options);
    bytes += one.size;
    mtimeMs = Math.max(mtimeMs, one.mtimeMs);
  }
  return { bytes, mtimeMs };
}

async function folderNow(source: PackageSource, options: Cancellable): Promise<Extent> {
  const open = () => openPackage(source.path, options);
  return (await waitingFor(source, source.path, open, options)).identity;
}

/** Looks again when what could be opened before is gone and comes back. */
async function waitingFor<T>(
  { lost }: PackageSource,
  path: string,
  look: () => Promise<T>,
  options: Cancellable,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (options.signal.aborted) throw error;
    const problem = unreadable(error instanceof AppError ? (error.cause ?? error) : error, path);
    if (!(await lost?.wait(path, problem, options))) throw problem;
    lost?.found(path);
    return look();
  }
}
