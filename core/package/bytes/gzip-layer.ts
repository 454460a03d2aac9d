// Compresses layers that the package holds uncompressed, always to the same bytes, so that digests are equal on every machine.
import { Gzip } from 'fflate';
import type { ByteReader } from './byte-reader.js';
import type { Pull } from './byte-reader.js';

/** Pinned together with fflate's version: another level means other digests for the same image. Level 1 as charts-syncer's BestSpeed. */
const LEVEL = 1;
/** fflate's output depends on how its input is cut, so it always gets pieces of this size. */
const PIECE = 64 << 10;

/** The gzip form (pure JavaScript, no time, no name) of what `source` gives. `onRaw` sees the uncompressed bytes. */
export function gzipLayer(source: ByteReader, onRaw: (bytes: Buffer) => Promise<void>): Pull {
  let ready: Uint8Array[] = [];
  const gzip = new Gzip({ level: LEVEL, mtime: 0 }, (chunk) => ready.push(chunk));
  let ended = false;
  return async () => {
    while (ready.length === 0 && !ended) {
      // copied: fflate keeps what it is given until it has a window's worth
      const piece = Buffer.from(await source.take(PIECE));
      ended = piece.length < PIECE;
      await onRaw(piece);
      gzip.push(piece, ended);
    }
    const bytes = Buffer.concat(ready);
    ready = [];
    return bytes.length === 0 && ended ? null : bytes;
  };
}
