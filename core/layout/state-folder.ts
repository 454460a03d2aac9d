// The folder for journals, reports and caches: what fails there names the option that chooses another one.
import { AppError } from '../errors.js';

/** Failures that another folder would not have. */
const OF_THE_PLACE: ReadonlySet<string> = new Set([
  'disk.dangling-link',
  'disk.failed',
  'disk.not-a-folder',
  'disk.not-writable',
]);

/**
 * Runs work that writes under the state folder. Where the folder cannot be written, that is thrown as `state.not-writable`, with the
 * path and the system's reason. A full disk stays `disk.no-space`.
 */
export async function inStateFolder<T>(stateDir: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || !OF_THE_PLACE.has(error.code)) throw error;
    const { path = stateDir, reason, detail, to } = error.params;
    const why = reason ?? detail ?? (to === undefined ? 'ENOTDIR' : `-> ${String(to)}`);
    throw new AppError('state.not-writable', {
      origin: 'disk',
      params: { folder: stateDir, path, reason: why },
      retryable: error.retryable,
      cause: error,
    });
  }
}
