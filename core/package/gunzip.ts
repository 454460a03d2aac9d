// Decompression of gzip streams, of several members too, pulled by the reader.
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { ByteReader } from './byte-reader.js';
import { damaged, truncated } from './damage.js';

/** A decompressed stream; `close` must be called when it is not read to its end, and may be called always. */
export interface Opened {
  readonly reader: ByteReader;
  close(): Promise<void>;
}

/**
 * Decompresses. The whole source is read before the end is reported, so that nothing behind the last member is left.
 * Throws `package.truncated` when the stream ends early and `package.damaged` when it or its CRC is wrong; a failure of the
 * source comes through unchanged.
 */
export function openGunzip(source: ByteReader, archive: string): Opened {
  // zlib's default of 16 KiB makes this three times slower
  const inflate = createGunzip({ chunkSize: 1 << 20 });
  const fed = pipeline(source, inflate);
  // the reader below meets the same error; this promise only tells when the source is left alone
  fed.catch(() => undefined);
  const output = inflate[Symbol.asyncIterator]();
  const reader = new ByteReader(async () => {
    try {
      const next = await output.next();
      if (next.done !== true) return asBuffer(next.value);
      await fed;
      await source.drain();
      return null;
    } catch (error) {
      throw asDamage(error, archive, source.position);
    }
  });
  return {
    reader,
    async close() {
      inflate.destroy();
      await fed.catch(() => undefined);
    },
  };
}

function asBuffer(chunk: unknown): Buffer {
  if (!Buffer.isBuffer(chunk)) throw new TypeError('gunzip gave no bytes');
  return chunk;
}

function asDamage(error: unknown, archive: string, offset: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return truncated(archive, 'the gzip stream', offset);
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return damaged(archive, 'the gzip stream', offset, error instanceof Error ? error.message : code, error);
  }
  return error;
}
