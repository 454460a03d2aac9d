// Reads a file on disk in pieces and turns errors of the file system into AppErrors.
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { AppError } from '../../errors.js';

/** Large enough for a disk's full speed, small enough to keep many passes in memory. */
const CHUNK = 1 << 20;

/** The file in pieces of 1 MiB. Throws AppErrors of this zone, or the signal's reason. */
export async function* fileBytes(
  path: string,
  options: { readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void> {
  const file = await open(path).catch((error: unknown) => {
    throw fileProblem(error, path);
  });
  try {
    for (;;) {
      options.signal.throwIfAborted();
      // a new buffer each time: readers hand out slices of it
      const { bytesRead, buffer } = await file
        .read(Buffer.allocUnsafe(CHUNK), 0, CHUNK)
        .catch((error: unknown) => {
          throw fileProblem(error, path);
        });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** Several files one after the other, as {@link fileBytes} reads each. */
export async function* filesBytes(
  paths: readonly string[],
  options: { readonly signal: AbortSignal },
): AsyncGenerator<Buffer, void> {
  for (const path of paths) yield* fileBytes(path, options);
}

/** The AppError for what the file system said about a package's file. */
export function fileProblem(error: unknown, path: string): AppError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const options = { params: { path }, cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new AppError('package.not-found', { ...options, origin: 'config' });
  if (code === 'EACCES' || code === 'EPERM')
    return new AppError('package.no-permission', { ...options, origin: 'config' });
  const detail = error instanceof Error ? error.message : String(error);
  return new AppError('package.unreadable', {
    origin: 'package',
    params: { file: basename(path), detail },
    retryable: true,
    cause: error,
  });
}
