// Walks through the frames of zstd, so that the memory that each asks for is known before it is taken, and none is left out.
// https://www.rfc-editor.org/rfc/rfc8878#section-3.1
import type { Transform } from 'node:stream';
import { Decompress } from 'fzstd';
import type { PassBudget } from '../../flow/pass-budget.js';
import { ByteReader } from './byte-reader.js';
import { damaged, overLimit, truncated } from './damage.js';
import { openZlib, type Opened } from './zlib-stream.js';

const MAGIC = 0xfd2fb528;
/** Without its last digit. */
const SKIPPABLE = 0x184d2a5;
/** The largest window that Node's own decompressor takes, and the zstd program without an option: 128 MiB. */
const LARGEST_WINDOW = 1 << 27;
/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.2.4 */
const LARGEST_BLOCK = 128 << 10;
/** Magic, descriptor, window, dictionary and content size. */
const LONGEST_HEADER = 18;
const BLOCK_HEAD = 3;
/** As many pieces stay valid as {@link openZlib} keeps. */
const FRAMES_KEPT = 2;
const CHECKSUM = 4;

interface FrameHeader {
  /** Bytes of the header. */
  readonly length: number;
  /** Bytes that the decompressor has to remember. */
  readonly window: number;
  readonly hasChecksum: boolean;
}

/**
 * What the frames hold. Throws `package.damaged`, `package.truncated` and `package.limit`.
 * @param decompressor makes Node's own decompressor; it gets one frame alone, because it leaves out what follows the first one and takes a
 * cut for the end. Null: frames are decompressed in JavaScript, and their checksums are not compared.
 */
export function openZstdFrames(
  source: ByteReader,
  archive: string,
  budget: PassBudget | null,
  decompressor: (() => Transform) | null,
): Opened {
  /** The decompressors whose last pieces may still be looked at: who looks ahead puts the end of a piece before the next one. */
  const open: Opened[] = [];
  async function* pieces(): AsyncGenerator<Buffer, void> {
    for (;;) {
      const start = await source.peek(8);
      if (start.length === 0) return;
      if (start.length < 8) throw cut(archive, source);
      if (start.readUInt32LE(0) >>> 4 === SKIPPABLE) {
        await skip(source, 8 + start.readUInt32LE(4), archive);
        continue;
      }
      if (start.readUInt32LE(0) !== MAGIC) throw broken(archive, source, 'no frame');
      const parts = frameParts(source, archive);
      if (decompressor === null) {
        yield* inJavaScript(parts, source, archive, budget);
        continue;
      }
      const frame = openZlib(ByteReader.over(parts), archive, 'the zstd stream', decompressor(), budget);
      open.push(frame);
      let isEmpty = true;
      for (let piece = await frame.reader.next(); piece !== null; piece = await frame.reader.next()) {
        isEmpty = false;
        yield piece;
      }
      // each of those that are kept gave a piece
      const done = isEmpty ? open.pop() : open.length > FRAMES_KEPT ? open.shift() : undefined;
      await done?.close();
    }
  }
  const made = pieces();
  const reader = new ByteReader(async () => {
    const next = await made.next();
    return next.done === true ? null : next.value;
  });
  const close = async (): Promise<void> => {
    for (const frame of open.splice(0)) await frame.close();
  };
  return { reader, close };
}

/** The bytes of one frame: its header, its blocks, and its checksum. */
async function* frameParts(source: ByteReader, archive: string): AsyncGenerator<Buffer, void> {
  const head = headerOf(await source.peek(LONGEST_HEADER));
  if (head === null) throw broken(archive, source, 'a reserved bit');
  if (head.window > LARGEST_WINDOW) throw overLimit(archive, 'the window of zstd', LARGEST_WINDOW);
  yield await take(source, head.length, archive);
  for (let isLast = false; !isLast;) {
    const blockHead = await take(source, BLOCK_HEAD, archive);
    const bits = blockHead.readUIntLE(0, BLOCK_HEAD);
    isLast = (bits & 1) === 1;
    if (bits >>> 3 > LARGEST_BLOCK) throw broken(archive, source, 'a block that is too large');
    // a block of one repeated byte holds that byte alone
    const size = ((bits >>> 1) & 3) === 1 ? 1 : bits >>> 3;
    yield Buffer.concat([blockHead, await take(source, size, archive)]);
  }
  if (head.hasChecksum) yield await take(source, CHECKSUM, archive);
}

async function* inJavaScript(
  parts: AsyncIterable<Buffer>,
  source: ByteReader,
  archive: string,
  budget: PassBudget | null,
): AsyncGenerator<Buffer, void> {
  const made: Buffer[] = [];
  const decompressor = new Decompress((piece) => {
    if (piece.length > 0) made.push(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
  });
  for await (const part of parts) {
    try {
      decompressor.push(part);
    } catch (error) {
      throw broken(archive, source, error instanceof Error ? error.message : 'not zstd', error);
    }
    for (const piece of made.splice(0)) {
      budget?.spend('output', piece.length, archive);
      yield piece;
    }
  }
}

/** Null where the header uses a bit that has no meaning yet. https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1 */
function headerOf(bytes: Buffer): FrameHeader | null {
  const flags = bytes[4] ?? 0;
  if ((flags & 0x08) !== 0) return null;
  const isSingle = (flags & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][flags & 3] ?? 0;
  const size = [isSingle ? 1 : 0, 2, 4, 8][flags >>> 6] ?? 0;
  const sizeAt = 5 + (isSingle ? 0 : 1) + dictionary;
  const length = sizeAt + size;
  const hasChecksum = (flags & 0x04) !== 0;
  if (!isSingle) {
    const descriptor = bytes[5] ?? 0;
    const base = 2 ** (10 + (descriptor >>> 3));
    return { length, window: base + (base / 8) * (descriptor & 7), hasChecksum };
  }
  const field = bytes.subarray(sizeAt, length);
  if (field.length < size) return { length, window: 0, hasChecksum };
  const window = size === 8 ? Number(field.readBigUInt64LE()) : field.readUIntLE(0, size);
  return { length, window: size === 2 ? window + 256 : window, hasChecksum };
}

/** Exactly so many bytes, copied: the decompressor keeps them. */
async function take(source: ByteReader, count: number, archive: string): Promise<Buffer> {
  const bytes = Buffer.from(await source.take(count));
  if (bytes.length < count) throw cut(archive, source);
  return bytes;
}

async function skip(source: ByteReader, count: number, archive: string): Promise<void> {
  for (let left = count; left > 0;) {
    const piece = await source.next(left);
    if (piece === null) throw cut(archive, source);
    left -= piece.length;
  }
}

function cut(archive: string, { position }: ByteReader): Error {
  return truncated(archive, 'the zstd stream', position);
}

function broken(archive: string, { position }: ByteReader, detail: string, cause?: unknown): Error {
  return damaged(archive, 'the zstd stream', position, detail, cause);
}
