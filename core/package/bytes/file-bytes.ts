// Reads a file on disk in pieces, waits for one whose drive was removed, and turns errors of the file system into AppErrors.
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../errors.js';
import { orAborted } from '../../flow/cancel.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** Large enough for a disk's full speed, small enough to keep many passes in memory. */
const CHUNK = 1 << 20;

/** What is done when a file can no longer be read, for example because its drive was removed. */
export interface LostFiles {
  /**
   * Waits until a file is there again. True: it was away and is back. False: it is there, so the failure is one of its bytes. Throws
   * `problem` where it was waited for in vain.
   */
  wait(path: string, problem: AppError, options: Cancellable): Promise<boolean>;
  /** A file that was lost could be read on. */
  found(path: string): void;
}

export interface FileReading extends Cancellable {
  /** Absent: a file that is lost is a failure at once. */
  readonly lost?: LostFiles | undefined;
  /** Bytes at the beginning that are not wanted; absent: none. */
  readonly from?: number;
}

/**
 * The file in pieces of 1 MiB. A cancellation does not wait for a read that hangs. Throws `package.unreadable`, `package.changed` when the
 * file is another one after it was lost, or the signal's reason.
 */
export async function* fileBytes(
  path: string,
  { signal, lost, from = 0 }: FileReading,
): AsyncGenerator<Buffer, void> {
  let reading: OpenFile | null = null;
  let was: OpenFile['stamp'] | null = null;
  let lostAt = -1;
  let isLost = false;
  try {
    for (let at = from; ;) {
      let piece: Buffer;
      try {
        reading ??= await opened(path, { signal });
        was ??= reading.stamp;
        if (reading.stamp !== was) throw changed(path);
        piece = await orAborted(reading.readAt(at), { signal });
      } catch (error) {
        if (signal.aborted || error instanceof AppError) throw error;
        const problem = unreadable(error, path);
        reading?.close();
        reading = null;
        const isBack = await lost?.wait(path, problem, { signal });
        // a second failure at the same place of a file that is there is one of the drive's
        if (isBack === undefined || (!isBack && lostAt === at)) throw problem;
        lostAt = at;
        isLost = true;
        continue;
      }
      if (isLost) lost?.found(path);
      isLost = false;
      if (piece.length === 0) return;
      at += piece.length;
      yield piece;
    }
  } finally {
    reading?.close();
  }
}

interface OpenFile {
  /** Equal for an unchanged file. */
  readonly stamp: string;
  /** The bytes from an offset on; none at the end of the file. */
  readAt(offset: number): Promise<Buffer>;
  /** Nobody waits for it: where a read hangs, closing hangs as well. */
  close(): void;
}

/** Opens a file; one that opens only after a cancellation is closed again. */
async function opened(path: string, { signal }: Cancellable): Promise<OpenFile> {
  const opening = openFile(path);
  opening.then(
    (file) => {
      if (signal.aborted) file.close();
    },
    () => undefined,
  );
  return orAborted(opening, { signal });
}

async function openFile(path: string): Promise<OpenFile> {
  const file = await open(path);
  const { size, mtimeMs } = await file.stat();
  return {
    stamp: `${String(size)} ${String(mtimeMs)}`,
    readAt: async (offset) => {
      // a new buffer each time: readers hand out slices of it
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK), 0, CHUNK, offset);
      // a drive that is removed may say that the file ends
      if (bytesRead === 0 && offset < size)
        throw new Error(`${String(size - offset)} bytes less than its size`);
      return buffer.subarray(0, bytesRead);
    },
    close: () => {
      file.close().catch(() => undefined);
    },
  };
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: unknown) => {
    throw fileProblem(error, path);
  });
  return found.size;
}

/** Several files one after the other, as {@link fileBytes} reads each. */
export async function* filesBytes(
  paths: readonly string[],
  options: FileReading,
): AsyncGenerator<Buffer, void> {
  let left = options.from ?? 0;
  for (const path of paths) {
    const size = left === 0 ? 0 : await sizeOf(path);
    // a file that lies before the first wanted byte is not opened
    if (left === 0 || left < size) yield* fileBytes(path, { ...options, from: left });
    left = Math.max(0, left - size);
  }
}

/** The AppError for what the file system said about a package's file. */
export function fileProblem(error: unknown, path: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const options = { params: { path }, cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('package.not-found', { ...options, origin: 'config' });
  if (code === 'EACCES' || code === 'EPERM')
    return new AppError('package.no-permission', { ...options, origin: 'config' });
  return unreadable(error, path);
}

/** The AppError for a file of a package that could be opened before. */
export function unreadable(error: unknown, path: string): AppError {
  const detail = error instanceof Error ? error.message : String(error);
  return new AppError('package.unreadable', {
    origin: 'package',
    params: { file: basename(path), detail },
    retryable: true,
    cause: error,
  });
}

function changed(path: string): AppError {
  return new AppError('package.changed', { origin: 'package', params: { file: basename(path) } });
}
