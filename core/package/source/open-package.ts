// Finds a package on disk and describes it (path, size, time), so that later passes notice when it was changed.
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { AppError } from '../../errors.js';
import { fileProblem } from '../bytes/file-bytes.js';
import { listFolder } from './folder-tree.js';

/** Equal identities mean an unchanged package. */
export interface PackageIdentity {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  /** Of the file, or the newest of a folder's files. */
  readonly mtimeMs: number;
  readonly inode: number;
  readonly device: number;
}

/** A package on disk. It can be read any number of times. */
export interface PackageSource {
  /** Absolute. */
  readonly path: string;
  readonly fileName: string;
  /** Size of the file, or the sum of a folder's files. */
  readonly bytes: number;
  readonly kind: 'file' | 'folder';
  readonly identity: PackageIdentity;
}

/**
 * Describes the file or folder at `path` without reading its content. Throws `package.not-found`, `package.no-permission` or
 * `package.not-a-file` (origin `config`), or `package.empty`.
 */
export async function openPackage(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<PackageSource> {
  options.signal.throwIfAborted();
  const absolute = resolve(path);
  const found = await stat(absolute).catch((error: unknown) => {
    throw fileProblem(error, absolute);
  });
  const fileName = basename(absolute);
  if (!found.isFile() && !found.isDirectory()) {
    throw new AppError('package.not-a-file', { origin: 'config', params: { path: absolute } });
  }
  const files = found.isDirectory() ? await listFolder(absolute, options) : null;
  const bytes = files ? files.reduce((sum, file) => sum + file.bytes, 0) : found.size;
  const mtimeMs = files ? files.reduce((newest, file) => Math.max(newest, file.mtimeMs), 0) : found.mtimeMs;
  if (bytes === 0) throw new AppError('package.empty', { origin: 'package', params: { file: fileName } });
  return {
    path: absolute,
    fileName,
    bytes,
    kind: files ? 'folder' : 'file',
    identity: { path: absolute, bytes, mtimeMs, inode: found.ino, device: found.dev },
  };
}

/** Throws `package.changed` unless the package is still what it was when it was opened. */
export async function expectUnchanged(
  source: PackageSource,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  const { identity } = await openPackage(source.path, options);
  const was = source.identity;
  // inode numbers are not compared, because FAT drives give a file another one after a new mount
  if (identity.bytes === was.bytes && identity.mtimeMs === was.mtimeMs) return;
  throw new AppError('package.changed', { origin: 'package', params: { file: source.fileName } });
}
