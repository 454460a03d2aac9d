// Turns file system errors of Node into AppErrors with a message and a hint.
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';
import { freeBytesNow } from './free-space.js';

/** The errno name of a Node file system error (`ENOENT`), or '' for anything else. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** True when the file, or a folder on the way to it, does not exist. */
export function isAbsent(error: unknown): boolean {
  return errnoOf(error) === 'ENOENT';
}

/** Runs file operations on `path`. File system errors are thrown as AppErrors of origin `disk`, every other error unchanged. */
export async function onDisk<T>(path: string, use: 'read' | 'write', work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = diskError(error, path, use);
    // a quota of the account says nothing about the drive
    if (!(failure instanceof AppError) || errnoOf(error) !== 'ENOSPC') throw failure;
    throw noSpace(path, null, await freeBytesNow(path, NOT_CANCELLED), error);
  }
}

/**
 * Throws `disk.no-space` where a drive has no room for `bytes` more, before a byte of them is written. Some room is left: this computer
 * and other programs need it, too, and the journal has to tell how the run ended.
 */
export async function requireRoom(path: string, bytes: number, options: Cancellable): Promise<void> {
  const free = await freeBytesNow(path, options);
  if (free !== null && free < bytes + ROOM_LEFT) throw noSpace(path, bytes + ROOM_LEFT, free, null);
}

/** Bytes that are never used on a drive. */
const ROOM_LEFT = 16 * 1024 * 1024;

function noSpace(path: string, needed: number | null, free: number | null, cause: unknown): AppError {
  const parts = [
    ...(cause === null ? [] : ['ENOSPC']),
    ...(needed === null ? [] : [`${String(needed)} bytes needed`]),
    ...(free === null ? [] : [`${String(free)} bytes free`]),
  ];
  return new AppError('disk.no-space', { origin: 'disk', params: { path, reason: parts.join(', ') }, cause });
}

/** What a full disk has left is told whatever happens to the run. */
const NOT_CANCELLED = { signal: new AbortController().signal };

function diskError(error: unknown, path: string, use: 'read' | 'write'): unknown {
  const errno = errnoOf(error);
  if (error instanceof AppError || !/^E[A-Z0-9]+$/.test(errno)) return error;
  const about = { origin: 'disk', params: { path, reason: errno }, cause: error } as const;
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError('disk.no-space', about);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError(use === 'write' ? 'disk.not-writable' : 'disk.not-readable', about);
    case 'ENOTDIR':
      return new AppError('disk.not-a-folder', about);
    default:
      return new AppError('disk.failed', {
        ...about,
        params: { path, detail: errno },
        retryable: errno === 'EIO',
      });
  }
}
