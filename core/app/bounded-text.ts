// Reads a text file that a person chose, but no more of it than such files hold: a package chosen by mistake is not read whole.
import { open } from 'node:fs/promises';
import { onDisk } from '../layout/disk-error.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The text; null where the file is larger than `largest` bytes. Throws errors of the disk. */
export async function readBoundedText(
  path: string,
  largest: number,
  { signal }: Cancellable,
): Promise<string | null> {
  return onDisk(path, 'read', async () => {
    const file = await open(path, 'r');
    try {
      const pieces: Buffer[] = [];
      let total = 0;
      for await (const piece of file.createReadStream({ end: largest, autoClose: false })) {
        signal.throwIfAborted();
        if (!Buffer.isBuffer(piece)) continue;
        pieces.push(piece);
        total += piece.length;
      }
      return total > largest ? null : Buffer.concat(pieces).toString('utf8');
    } finally {
      await file.close();
    }
  });
}
