// Tells from the first bytes of a layer whether container runtimes can unpack it.
import { constants, gunzipSync } from 'node:zlib';
import type { ByteReader } from '../bytes/byte-reader.js';
import { compressionOf } from '../bytes/sniff.js';
import { looksLikeTar } from '../bytes/tar-grammar.js';

/** How much of a gzip stream is decompressed to see what is inside; a dynamic block header takes about 300 bytes of it. */
const LOOK_INSIDE = 2048;

/**
 * How a layer is compressed when container runtimes cannot unpack it: `xz`, `bzip2`, or one compression inside gzip (`xz in gzip`); null
 * for tar, gzip and zstd (https://github.com/opencontainers/image-spec/blob/main/layer.md) and for what is no compression. Reads nothing
 * from `layer` that cannot be read again.
 */
export async function oddCompressionOf(layer: ByteReader): Promise<string | null> {
  const start = await layer.peek(LOOK_INSIDE);
  const outer = looksLikeTar(start) ? null : compressionOf(start);
  if (outer !== 'gzip') return outer === 'zstd' ? null : outer;
  const inside = beginningInside(start);
  const inner = looksLikeTar(inside) ? null : compressionOf(inside);
  return inner && `${inner} in gzip`;
}

/** The first bytes of what a gzip stream holds, of its first 2 KiB; empty when they cannot be decompressed. */
function beginningInside(start: Buffer): Buffer {
  try {
    return gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
  } catch {
    return Buffer.alloc(0); // whether the layer is damaged is decided by its digest
  }
}
