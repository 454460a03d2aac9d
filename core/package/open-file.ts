// Opens the file of a package, or the parts of a split one. A large gzip is decompressed in a thread of its own, everything else in this one.
import { createHash } from 'node:crypto';
import { ByteReader } from './bytes/byte-reader.js';
import { filesBytes } from './bytes/file-bytes.js';
import { openGunzipThread, type ThreadOptions } from './bytes/open-gunzip-thread.js';
import { compressionOf } from './bytes/sniff.js';
import { openTar, openTarInside, type OpenedFile } from './open-tar.js';
import type { PackageSource } from './source/open-package.js';

/** Bytes of a file from which on a thread of its own pays: it takes some hundredths of a second to start. */
const THREAD_FROM = 16 << 20;

export interface FileOptions extends ThreadOptions {
  /** Called with the number of bytes of each piece of the file that was read. */
  readonly onRead: (bytes: number) => void;
}

export type OpenedPackage = OpenedFile & {
  /** The SHA-512 of the file in hex, after its last byte was read; null where it was not asked for. */
  sha512(): string | null;
  close(): Promise<void>;
};

/** Opens the tar archive of a package's file; throws what `openTar` and `filesBytes` throw. */
export async function openFile(source: PackageSource, options: FileOptions): Promise<OpenedPackage> {
  const { fileName, parts, bytes, lost, shared } = source;
  const reading = { signal: options.signal, lost };
  const pieces = counted(shared?.(reading) ?? filesBytes(parts, reading), options.onRead);
  const first = await pieces.next();
  const start = first.done === true ? Buffer.alloc(0) : first.value;
  const all = from(start, pieces);
  return bytes >= THREAD_FROM && compressionOf(start) === 'gzip'
    ? openThread(all, fileName, options)
    : openHere(all, fileName, options);
}

async function openThread(
  pieces: AsyncGenerator<Buffer, void>,
  name: string,
  options: FileOptions,
): Promise<OpenedPackage> {
  const thread = openGunzipThread(pieces, name, options);
  const close = (): Promise<void> => thread.close();
  const opened = await closing(openTarInside(thread, name, options.budget), close);
  // the thread is the outermost layer of the tar archive, so closing that one closes it
  return { ...opened, sha512: () => thread.sha512, close: () => opened.tar?.close() ?? close() };
}

async function openHere(
  pieces: AsyncGenerator<Buffer, void>,
  name: string,
  options: FileOptions,
): Promise<OpenedPackage> {
  const hash = options.sha512 ? createHash('sha512') : null;
  const reader = new ByteReader(async () => {
    const next = await pieces.next();
    if (next.done === true) return null;
    hash?.update(next.value);
    return next.value;
  });
  const closePieces = async (): Promise<void> => {
    await pieces.return();
  };
  const opened = await closing(openTar(reader, name, 1, options.budget), closePieces);
  const close = async (): Promise<void> => {
    await opened.tar?.close();
    await closePieces();
  };
  return { ...opened, sha512: () => hash?.digest('hex') ?? null, close };
}

async function* counted(
  pieces: AsyncGenerator<Buffer, void>,
  onRead: (bytes: number) => void,
): AsyncGenerator<Buffer, void> {
  for await (const piece of pieces) {
    onRead(piece.length);
    yield piece;
  }
}

/** The first piece again, then the others. */
async function* from(first: Buffer, others: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  try {
    if (first.length > 0) yield first;
    yield* others;
  } finally {
    await others.return();
  }
}

async function closing<T>(opening: Promise<T>, close: () => Promise<void>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    await close();
    throw error;
  }
}
