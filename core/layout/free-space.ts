// How much room a drive has for what is about to be written.
import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Bytes free for this account on the drive of a path that may not exist yet; null where the system does not tell. */
export async function freeBytes(
  path: string,
  options: { readonly signal: AbortSignal },
): Promise<number | null> {
  options.signal.throwIfAborted();
  try {
    const { bavail, bsize } = await statfs(await existing(path));
    return bavail * bsize;
  } catch {
    return null;
  }
}

/** The path itself, or the nearest folder above it that is there. */
async function existing(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  const above = dirname(path);
  return isThere || above === path ? path : existing(above);
}
