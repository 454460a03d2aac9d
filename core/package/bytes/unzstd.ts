// Decompresses zstd streams: with Node's own decompressor where it has one (from version 22.15 on), else in JavaScript.
// https://nodejs.org/api/zlib.html#zlibcreatezstddecompressoptions
import { Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ByteReader } from './byte-reader.js';
import type { Opened } from './zlib-stream.js';
import { openZstdFrames } from './zstd-frames.js';

/** The flag in the frame header that says that a checksum of the content follows. https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.1 */
const HAS_CHECKSUM = 0x04;
const DESCRIPTOR_AT = 4;
const FRAME = 0xfd2fb528;

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

/** Decompresses zstd; see {@link openZstdFrames}. */
export function openUnzstd(source: ByteReader, archive: string, budget: PassBudget | null = null): Opened {
  return openZstdFrames(source, archive, budget, nativeZstd());
}

/** Null where Node has no zstd. */
function nativeZstd(): (() => Transform) | null {
  // the types of Node 20 do not know it
  const create: unknown = Reflect.get(zlib, 'createZstdDecompress');
  if (typeof create !== 'function') return null;
  return () => {
    const decompressor: unknown = Reflect.apply(create, undefined, [{ chunkSize: 1 << 20 }]);
    if (decompressor instanceof Transform) return decompressor;
    throw new TypeError('zlib.createZstdDecompress gave no stream');
  };
}
