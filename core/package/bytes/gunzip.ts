// Decompresses gzip streams of one or more members, as fast as the reader asks.
import { createGunzip, type Gunzip } from 'node:zlib';
import { ByteReader } from './byte-reader.js';
import { damaged, truncated } from './damage.js';

/** A decompressed stream. `close` must be called when it is not read to its end; calling it in any case is allowed. */
export interface Opened {
  readonly reader: ByteReader;
  close(): Promise<void>;
}

/**
 * Decompresses. The whole source is read before the end is reported, zeros behind the last member included.
 * Throws `package.truncated` when the stream ends early and `package.damaged` when it or its CRC is wrong; a failure of the
 * source is thrown unchanged.
 */
export function openGunzip(source: ByteReader, archive: string): Opened {
  // zlib's default of 16 KiB makes this three times slower
  const inflate = createGunzip({ chunkSize: 1 << 20 });
  const fed = feed(source, inflate);
  // the reader below throws the same errors
  fed.catch(() => undefined);
  inflate.on('error', () => undefined);
  const output = inflate[Symbol.asyncIterator]();
  const reader = new ByteReader(async () => {
    try {
      const next = await output.next();
      if (next.done !== true) return asBuffer(next.value);
      await fed;
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

/**
 * Writes the source into zlib, at its pace. No stream.pipeline: where zeros follow the last member, zlib ends before its input
 * does, which a pipeline takes for a failure.
 */
async function feed(source: ByteReader, inflate: Gunzip): Promise<void> {
  const closed = new Promise<void>((resolve) => inflate.once('close', resolve));
  try {
    for await (const piece of source) {
      if (inflate.readableEnded) continue;
      const written = new Promise<void>((resolve) => inflate.write(piece, () => resolve()));
      await Promise.race([written, closed]);
      if (inflate.destroyed && !inflate.readableEnded) return;
    }
    if (!inflate.destroyed) inflate.end();
  } catch (error) {
    inflate.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
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
