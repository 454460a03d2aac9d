// Tells how many bytes a drive has free, before something is written to it.
import { stat, statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

// loaded with require, because the package has types for its CommonJS build only
const require = createRequire(import.meta.url);
const { default: checkDiskSpace } = require('check-disk-space') as {
  default: (path: string) => Promise<{ readonly free: number }>;
};

/** Bytes free for this account on the drive of a path that may not exist yet; null where the system does not tell. */
export async function freeBytes(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<number | null> {
  options.signal.throwIfAborted();
  try {
    return (await checkDiskSpace(await nearestExisting(path, options))).free;
  } catch {
    // the program that it starts (df, PowerShell) is not everywhere
    return freeBytesNow(path, options);
  }
}

/** The same for a question before each write: {@link freeBytes} starts a program of the system each time. */
export async function freeBytesNow(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<number | null> {
  options.signal.throwIfAborted();
  try {
    const { bavail, bsize } = await statfs(await nearestExisting(path, options));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The path itself if it exists, else the nearest folder above it that exists. */
export async function nearestExisting(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<string> {
  options.signal.throwIfAborted();
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const above = dirname(path);
  return isThere || above === path ? path : nearestExisting(above, options);
}
