// Reads a file of a package that may itself be an archive, and tells damage of that file from damage of the archive around it.
import type { ByteReader } from './bytes/byte-reader.js';
import type { AppError } from '../errors.js';
import { isDamage, overLimit } from './bytes/damage.js';
import { openGunzip, type Opened } from './bytes/gunzip.js';
import { LIMITS } from './bytes/limits.js';
import type { Pass } from './stream/pass.js';
import { compressionOf } from './bytes/sniff.js';
import { looksLikeTar, tarEntries, type TreeEntry } from './bytes/tar-stream.js';

/** What the caller does with a file that may be an archive; exactly one of the three is called. */
export interface InsideHandler {
  read(entries: AsyncIterable<TreeEntry>): Promise<void>;
  /** The file begins as an archive and cannot be read to its end, while what is around it can. */
  failed(problem: AppError): Promise<void>;
  /** The file is no archive that can be read. */
  foreign(detail: string): Promise<void>;
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
  let opened: Opened | null = null;
  try {
    const tar = await openTar(entry.body, name, depth);
    opened = tar.opened;
    if (tar.opened === null) {
      await handler.foreign(tar.detail);
      return;
    }
    await handler.read(tarEntries(tar.opened.reader, { archive: name, note: pass.note }));
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

/** Opens a plain or gzip-compressed tar; `opened` null with the reason when it is neither. */
export async function openTar(
  source: ByteReader,
  name: string,
  depth: number,
): Promise<
  { readonly opened: Opened; readonly detail: '' } | { readonly opened: null; readonly detail: string }
> {
  if (depth > LIMITS.nesting) throw overLimit(name, 'archives in archives', LIMITS.nesting);
  const start = await source.peek(512);
  const compression = compressionOf(start);
  if (compression === 'gzip') {
    const opened = openGunzip(source, name);
    try {
      if (looksLikeTar(await opened.reader.peek(512))) return { opened, detail: '' };
    } catch (error) {
      await opened.close();
      throw error;
    }
    await opened.close();
    return { opened: null, detail: 'no tar archive inside gzip' };
  }
  if (compression !== null) return { opened: null, detail: `compressed with ${compression}` };
  if (!looksLikeTar(start)) return { opened: null, detail: 'no tar archive' };
  return { opened: { reader: source, close: () => Promise.resolve() }, detail: '' };
}
