// Failures of the state folder's disk in the words of the house.
import { AppError } from '../errors.js';

const CODES: Readonly<Record<string, 'disk.no-space' | 'disk.not-writable'>> = {
  ENOSPC: 'disk.no-space',
  EDQUOT: 'disk.no-space',
};

/** An AppError of origin `disk` for what the operating system refused. */
export function diskError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error;
  const system = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const code = CODES[system] ?? 'disk.not-writable';
  return new AppError(code, { origin: 'disk', params: { path, reason: system }, cause: error });
}
