// How much room a drive has for what is about to be written.
import { stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

// required, because its types do not fit an import from a module: they describe the CommonJS build only
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
    return null;
  }
}

/** The path itself, or the nearest folder above it that is there. */
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
