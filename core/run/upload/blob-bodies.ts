// Reads the bodies of blobs: into memory, or chunk by chunk into the channels of uploads.
import type { Channel } from '../../flow/channel.js';
import type { MemoryPool } from '../../flow/memory-pool.js';

/**
 * A chunk's memory is used again when this many further chunks were asked for. A request asks for the next chunk while the network takes
 * the last one, and for one more at most. The target proves the digest, so a chunk that came too late could not go unnoticed.
 */
const CHUNKS_UNDER_WAY = 4;

/** Pushes a copy of every chunk into all channels, then ends them; when the body fails, the channels fail, too. */
export async function pour(
  body: AsyncIterable<Buffer>,
  channels: readonly Channel[],
  pool: MemoryPool,
): Promise<void> {
  try {
    for await (const chunk of body) {
      for (const channel of channels) {
        const copy = pool.take(chunk.length);
        chunk.copy(copy);
        await channel.push(copy);
      }
    }
    for (const channel of channels) channel.end();
  } catch (error) {
    const failure = error instanceof Error ? error : new Error(String(error));
    for (const channel of channels) channel.fail(failure);
    throw error;
  }
}

/**
 * The chunks of a channel that {@link pour} fills. Those that were sent are given to `onSent`; the last ones are left in `underWay`, for
 * the caller to give back when the target has all.
 */
export async function* drawn(
  channel: AsyncIterable<Uint8Array>,
  onSent: (chunk: Uint8Array) => void,
  underWay: Uint8Array[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of channel) {
    const sent = underWay.length < CHUNKS_UNDER_WAY ? undefined : underWay.shift();
    if (sent) onSent(sent);
    underWay.push(chunk);
    yield chunk;
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

/** The whole body or, when it is longer than `memory`, its start. It is copied there, because chunks are valid for a moment only. */
export async function collect(
  body: AsyncIterator<Buffer>,
  memory: Buffer,
): Promise<{ readonly bytes: Buffer; readonly complete: boolean }> {
  let length = 0;
  for (let next = await body.next(); !next.done; next = await body.next()) {
    const chunk = next.value;
    if (length + chunk.length > memory.length) {
      return { bytes: Buffer.concat([memory.subarray(0, length), chunk]), complete: false };
    }
    length += chunk.copy(memory, length);
  }
  return { bytes: memory.subarray(0, length), complete: true };
}
