// Runs a source of bytes through one of Node's decompressors, as fast as the reader asks, and names errors as damage.
import type { Transform } from 'node:stream';
import type { PassBudget } from '../../flow/pass-budget.js';
import { ByteReader } from './byte-reader.js';
import { damaged, truncated } from './damage.js';
import { freeAllMemory, freeMemory } from '../../flow/free-memory.js';

/** A decompressed stream. `close` must be called when nothing more is read; it frees the memory of the last pieces. */
export interface Opened {
  readonly reader: ByteReader;
  close(): Promise<void>;
}

/**
 * What `decompressor` makes of the source. The whole source is read before the end is reported, zeros behind it included.
 * Throws `package.truncated` when the stream ends early and `package.damaged` when it or its checksum is wrong; a failure of the
 * source is thrown unchanged.
 * @param archive how problems name the file. @param stream what they call the stream: `the gzip stream`.
 * @param budget counts what comes out; null counts nothing.
 */
export function openZlib(
  source: ByteReader,
  archive: string,
  stream: string,
  decompressor: Transform,
  budget: PassBudget | null,
): Opened {
  const fed = feed(source, decompressor);
  // the reader below throws the same errors
  fed.catch(() => undefined);
  decompressor.on('error', () => undefined);
  const output = decompressor[Symbol.asyncIterator]();
  /** The last piece that was given, and the one before. */
  let last: Buffer | null = null;
  let done: Buffer | null = null;
  let isEnded = false;
  const reader = new ByteReader(async () => {
    try {
      const next = await output.next();
      if (next.done !== true) {
        // not yet the last one: who looks ahead puts its end before the next piece
        if (done) freeMemory(done);
        done = last;
        last = asBuffer(next.value);
        budget?.spend('output', last.length, archive);
        return last;
      }
      await fed;
      isEnded = true;
      return null;
    } catch (error) {
      throw asZlibDamage(error, archive, stream, source.position);
    }
  });
  return {
    reader,
    async close() {
      decompressor.destroy();
      await fed.catch(() => undefined);
      // a decompressor that was not read to its end may still write into its memory
      if (isEnded) for (const piece of [done, last]) if (piece) freeAllMemory(piece);
      done = last = null;
    },
  };
}

/**
 * Writes the source into zlib, at its pace. No stream.pipeline: where zeros follow the last member, zlib ends before its input
 * does, which a pipeline takes for a failure.
 */
async function feed(source: ByteReader, inflate: Transform): Promise<void> {
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
  if (!Buffer.isBuffer(chunk)) throw new TypeError('the decompressor gave no bytes');
  return chunk;
}

export function asZlibDamage(error: unknown, archive: string, stream: string, offset: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return truncated(archive, stream, offset);
  if (typeof code === 'string' && /^(?:Z|ZSTD)_/.test(code)) {
    return damaged(archive, stream, offset, error instanceof Error ? error.message : code, error);
  }
  return error;
}
