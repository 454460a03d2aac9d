// Reads a file of a package that may itself be an archive, and tells damage of that file from damage of the archive around it.
import type { AppError } from '../errors.js';
import { asDamage } from './bytes/damage.js';
import { VisitorFailure, type Pass } from './stream/pass.js';
import { tarEntries, type TreeEntry } from './bytes/tar-stream.js';
import { openTar, type Foreign, type OpenedTar } from './open-tar.js';

/** Where a file lies that may be an archive. */
export interface InsidePlace {
  /** How problems name it. */
  readonly name: string;
  /** How many archives it lies in. */
  readonly depth: number;
  /** True when a checksum around it proves its bytes. */
  readonly isChecked: boolean;
  /** True when it is a file on disk, in an unpacked package. */
  readonly isOnDisk: boolean;
}

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
 */
export async function readInside(
  entry: TreeEntry,
  at: InsidePlace,
  pass: Pass,
  handler: InsideHandler,
): Promise<void> {
  const { name, depth } = at;
  let opened: OpenedTar | null = null;
  try {
    const { tar, foreign } = await openTar(entry.body, name, depth, pass.budget);
    opened = tar;
    if (tar === null) await handler.foreign(foreign);
    else {
      const isChecked = at.isChecked || tar.isChecked;
      const options = {
        archive: name,
        note: pass.note,
        isUnchecked: !isChecked,
        isOutermost: at.isOnDisk,
        budget: pass.budget,
      };
      await handler.read(tarEntries(tar.reader, options), isChecked);
    }
  } catch (error) {
    const problem = error instanceof VisitorFailure ? null : asDamage(error, name, pass.signal);
    if (problem === null) throw error;
    await opened?.close();
    // throws when it is not this file that is damaged, but what it lies in
    await entry.body.drain();
    await handler.failed(problem);
  } finally {
    await opened?.close();
  }
}
