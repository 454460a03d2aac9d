// Reads a file of a package that may itself be an archive, and tells damage of that file from damage of the archive around it.
import type { AppError } from '../errors.js';
import { isDamage } from './bytes/damage.js';
import type { Pass } from './stream/pass.js';
import { tarEntries, type TreeEntry } from './bytes/tar-stream.js';
import { openTar, type Foreign, type OpenedTar } from './open-tar.js';

/** What the caller does with a file that may be an archive; exactly one of the three is called. */
export interface InsideHandler {
  /** @param isChecked a checksum around the file proves every byte of it. */
  read(entries: AsyncIterable<TreeEntry>, isChecked: boolean): Promise<void>;
  /** The file begins as an archive and cannot be read to its end, while what is around it can. */
  failed(problem: AppError): Promise<void>;
  /** The file is no archive that can be read. */
  foreign(what: Foreign): Promise<void>;
}

/**
 * Reads a file that may be a tar, plain or compressed. Damage of the archive around the file is thrown; damage of the file itself
 * goes to `failed`, after the rest of the file was skipped.
 * @param name how problems name the file. @param depth how many archives the file lies in.
 */
export async function readInside(
  entry: TreeEntry,
  name: string,
  depth: number,
  pass: Pass,
  handler: InsideHandler,
): Promise<void> {
  let opened: OpenedTar | null = null;
  try {
    const { tar, foreign } = await openTar(entry.body, name, depth);
    opened = tar;
    if (tar === null) await handler.foreign(foreign);
    else await handler.read(tarEntries(tar.reader, { archive: name, note: pass.note }), tar.isChecked);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await opened?.close();
    // throws when it is not this file that is damaged, but what it lies in
    await entry.body.drain();
    await handler.failed(error);
  } finally {
    await opened?.close();
  }
}
