// The problems of a package that several readers report, with their parameters in one place.
import type { Digest } from '../../content/digest.js';
import { AppError, isAbort } from '../../errors.js';

/** The archive ends inside an entry or header; `offset` counts the archive's own (decompressed) bytes. */
export function truncated(archive: string, entry: string, offset: number): AppError {
  return new AppError('package.truncated', { origin: 'package', params: { archive, entry, offset } });
}

/** The bytes at `offset` are not what the format asks for. */
export function damaged(
  archive: string,
  entry: string,
  offset: number,
  detail: string,
  cause?: unknown,
): AppError {
  return new AppError('package.damaged', {
    origin: 'package',
    params: { archive, entry, offset, detail },
    cause,
  });
}

/** The file is compressed or packed in a format that is not read here; `format` is its usual name. */
export function unsupportedCompression(entry: string, format: string): AppError {
  return new AppError('package.unsupported-compression', { origin: 'package', params: { entry, format } });
}

/** One of the LIMITS was exceeded; `what` names the limited thing, `limit` is in its unit (bytes or a count). */
export function overLimit(entry: string, what: string, limit: number): AppError {
  return new AppError('package.limit', { origin: 'package', params: { entry, what, limit } });
}

/** The bytes of a blob are not those that its name or its image asks for. */
export function blobDamaged(blob: string, claimed: Digest, actual: Digest): AppError {
  return new AppError('package.blob-damaged', { origin: 'package', params: { blob, claimed, actual } });
}

/**
 * The damage that an error means which was thrown while the bytes of `archive` were read: the error itself, or what a parser threw that
 * nobody foresaw. Null for a cancellation and for failures of other origin.
 */
export function asDamage(error: unknown, archive: string, signal: AbortSignal): AppError | null {
  if (isDamage(error)) return error;
  const isForeseen = error instanceof AppError || isAbort(error, signal) || !(error instanceof Error);
  return isForeseen ? null : damaged(archive, archive, 0, error.message, error);
}

/**
 * Does work on what lies in a package, at `path`. Nothing in a package may end a run as a defect of the program: what a parser throws that
 * nobody foresaw becomes `package.damaged`. AppErrors and a cancellation are thrown unchanged.
 */
export function contained<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AppError || isAbort(error) || !(error instanceof Error)) throw error;
    throw damaged(path, path, 0, error.message, error);
  }
}

/** True for an error about the bytes of a package; false for a visitor's failure, a cancellation or a defect of the program. */
export function isDamage(error: unknown): error is AppError {
  return error instanceof AppError && error.origin === 'package';
}
