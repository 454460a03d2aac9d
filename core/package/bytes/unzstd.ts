// Decompresses zstd streams: with Node's own decompressor where it has one (from version 22.15 on), else in JavaScript.
// https://nodejs.org/api/zlib.html#zlibcreatezstddecompressoptions
import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { PassBudget } from '../../flow/pass-budget.js';
import { ByteReader } from './byte-reader.js';
import { openZlib, type Opened } from './zlib-stream.js';
import { zstdFrames } from './zstd-frames.js';

/** The flag in the frame header that says that a checksum of the content follows. https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.1 */
const HAS_CHECKSUM = 0x04;
const DESCRIPTOR_AT = 4;
const FRAME = 0xfd2fb528;
/** https://www.rfc-editor.org/rfc/rfc8878#section-3.1.2: the magic number without its last digit; the length of magic and size. */
const SKIPPABLE = 0x184d2a5;
const SKIPPABLE_HEAD = 8;

/** True when the frame that begins with these bytes ends with a checksum of its content, and that is compared here. */
export function isZstdChecked(start: Buffer): boolean {
  return 'createZstdDecompress' in zlib && hasZstdChecksum(start);
}

/** True when the frame that begins with these bytes ends with a checksum of its content. */
export function hasZstdChecksum(start: Buffer): boolean {
  return (
    start.length > DESCRIPTOR_AT &&
    start.readUInt32LE(0) === FRAME &&
    ((start[DESCRIPTOR_AT] ?? 0) & HAS_CHECKSUM) !== 0
  );
}

/** Decompresses zstd; see {@link openZlib}. A cut is noticed by what the stream holds only. */
export function openUnzstd(source: ByteReader, archive: string, budget: PassBudget | null = null): Opened {
  const decompressor = nativeZstd();
  if (decompressor !== null)
    return openZlib(withoutFirstSkippable(source), archive, 'the zstd stream', decompressor, budget);
  return { reader: zstdFrames(source, archive, budget), close: () => Promise.resolve() };
}

function nativeZstd(): Transform | null {
  // the types of Node 20 do not know it
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create !== 'function') return null;
  const decompressor: unknown = Reflect.apply(create, undefined, [{ chunkSize: 1 << 20 }]);
  return decompressor instanceof Transform ? decompressor : null;
}

/** Leaves out skippable frames at the beginning: Node takes the first one for the end of the stream. */
function withoutFirstSkippable(source: ByteReader): ByteReader {
  let isInFrame = false;
  return new ByteReader(async () => {
    while (!isInFrame) {
      const head = await source.peek(SKIPPABLE_HEAD);
      isInFrame = head.length < SKIPPABLE_HEAD || head.readUInt32LE(0) >>> 4 !== SKIPPABLE;
      if (isInFrame) break;
      let left = SKIPPABLE_HEAD + head.readUInt32LE(4);
      while (left > 0) {
        const piece = await source.next(left);
        if (piece === null) return null;
        left -= piece.length;
      }
    }
    return source.next();
  });
}
