// Reads the end of a file that may be long.
import { open } from 'node:fs/promises';
import type { Cancellable } from '../ports/cancellable.js';
import { isAbsent, onDisk } from './disk-error.js';

/** Whole lines of the last `most` bytes; `isCut` when there were more. Null where there is no such file. Throws errors of the disk. */
export async function tailOf(
  path: string,
  most: number,
  { signal }: Cancellable,
): Promise<{ readonly text: string; readonly isCut: boolean } | null> {
  signal.throwIfAborted();
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (file === null) return null;
  return onDisk(path, 'read', async () => {
    try {
      const { size } = await file.stat();
      const from = Math.max(0, size - most);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const text = buffer.toString('utf8', 0, bytesRead);
      // the first line was cut unless the reading began at the start of the file
      return { text: from > 0 ? text.slice(text.indexOf('\n') + 1) : text, isCut: from > 0 };
    } finally {
      await file.close();
    }
  });
}
