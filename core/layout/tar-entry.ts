// Writes the header of a file in a tar archive. The same path and size give the same bytes everywhere.
import { Header, Pax } from 'tar';

/** Bytes of a tar block: headers and bodies are filled up to a multiple of it. */
export const TAR_BLOCK = 512;
// The first time that DOS and zip can express, so every reader accepts it
const TIME = new Date('1980-01-01T00:00:00Z');

/** The blocks before a file's body: mode 0644, owner 0, a fixed time. A path that is long or not ASCII gets a PAX record. */
export function tarHeader(path: string, size: number): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  const header = new Header({ path, size, mode: 0o644, uid: 0, gid: 0, mtime: TIME, type: 'File' });
  const needsPax = header.encode(block);
  return needsPax ? Buffer.concat([new Pax({ path, uid: 0, gid: 0, mtime: TIME }).encode(), block]) : block;
}

/** Bytes of zeros behind a body of `size` bytes. */
export function tarPadding(size: number): number {
  return (TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK;
}
