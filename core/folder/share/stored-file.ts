// Opens a file of a folder target for an answer over HTTP: never through a link, and never anything but a plain file.
import { constants } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import type { Cancellable } from '../../ports/cancellable.js';

export interface StoredFile {
  readonly handle: FileHandle;
  /** Bytes. */
  readonly size: number;
}

/**
 * Opens `path`; null when it is absent, or is no plain file, or when a link stands in its way. `path` begins with the real path of the
 * folder target, so that any difference to its own real path is a link inside the folder, which could lead out of it. The caller closes
 * the handle.
 */
export async function openStored(path: string, { signal }: Cancellable): Promise<StoredFile | null> {
  signal.throwIfAborted();
  try {
    if ((await realpath(path)) !== path) return null;
    // Non-blocking, because a named pipe in place of a file would hold the request for ever. Windows has neither flag.
    const handle = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    const found = await handle.stat();
    if (found.isFile()) return { handle, size: found.size };
    await handle.close();
    return null;
  } catch {
    return null;
  }
}

/** A part of a file: the first and the last byte, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads a Range header. `all`: there is none, or it asks for several ranges, which a server may ignore. `outside`: it lies behind the end.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range-requests
 */
export function readRange(header: string | undefined, size: number): ByteRange | 'all' | 'outside' {
  const [, from = '', to = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return 'all';
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < first) return 'all';
  return first >= size || (from === '' && Number(to) === 0) ? 'outside' : { first, last };
}
