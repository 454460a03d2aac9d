// Cuts a stream into pieces of one size, for uploads in several requests.

/** Yields pieces of exactly `size` bytes, the last one may be shorter. Each has its own buffer. An empty stream yields nothing. */
export async function* inPieces(
  body: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Buffer, void, undefined> {
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const chunk of body) {
    let taken = 0;
    while (taken < chunk.length) {
      const part = chunk.subarray(taken, taken + size - filled);
      piece.set(part, filled);
      taken += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield piece;
      piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
