// Reads the bodies of blobs: into memory, or chunk by chunk into the channels of uploads.
import type { Channel } from '../../flow/channel.js';

/** Pushes every chunk into all channels, then ends them; when the body fails, the channels fail, too. */
export async function pour(body: AsyncIterable<Buffer>, channels: readonly Channel[]): Promise<void> {
  try {
    for await (const chunk of body) for (const channel of channels) await channel.push(chunk);
    for (const channel of channels) channel.end();
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const channel of channels) channel.fail(failure);
    throw error;
  }
}

/** A body as one iterable: its start, which was read already, then the rest. */
export async function* joined(
  start: Buffer,
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, undefined> {
  yield start;
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
}

/** The whole body or, when it is longer than `limit` bytes, its start. It is copied, because chunks are slices of larger buffers. */
export async function collect(
  body: AsyncIterator<Buffer>,
  limit: number,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  let bytes = Buffer.allocUnsafeSlow(limit);
  let length = 0;
  for (let next = await body.next(); !next.done; next = await body.next()) {
    const chunk = next.value;
    if (length + chunk.length > limit) {
      return { bytes: Buffer.concat([bytes.subarray(0, length), chunk]), complete: false };
    }
    length += chunk.copy(bytes, length);
  }
  if (length < limit / 2) bytes = Buffer.from(bytes.subarray(0, length));
  return { bytes: bytes.subarray(0, length), complete: true };
}
