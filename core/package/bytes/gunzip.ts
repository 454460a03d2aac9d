// Decompresses gzip streams of one or more members.
import { createGunzip } from 'node:zlib';
import type { PassBudget } from '../../flow/pass-budget.js';
import type { ByteReader } from './byte-reader.js';
import { openZlib, type Opened } from './zlib-stream.js';

/** zlib's default of 16 KiB makes large streams three times slower; a small one needs no more. */
const LARGEST_CHUNK = 1 << 20;
const SMALLEST_CHUNK = 16 << 10;

/**
 * Decompresses gzip; see {@link openZlib}. Its CRC proves every byte that was read to the end.
 * @param size compressed bytes of the source, where they are known
 */
export function openGunzip(
  source: ByteReader,
  archive: string,
  budget: PassBudget | null = null,
  size = LARGEST_CHUNK,
): Opened {
  const chunkSize = Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, size));
  return openZlib(source, archive, 'the gzip stream', createGunzip({ chunkSize }), budget);
}
