// The pipe between the reader of a package and one upload.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { Channel } from '../../core/flow/channel.js';

async function readAll(channel: Channel): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of channel) chunks.push(chunk);
  return Buffer.concat(chunks);
}

describe('Channel', () => {
  it('passes on every byte in order, for chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 64 }),
        async (chunks, capacity) => {
          const channel = new Channel(capacity);
          const read = readAll(channel);
          for (const chunk of chunks) await channel.push(chunk);
          channel.end();
          expect(await read).toEqual(Buffer.concat(chunks));
        },
      ),
    );
  });

  it('makes the writer wait at its capacity', async () => {
    const channel = new Channel(10);
    let pushed = 0;
    const writing = (async () => {
      for (let i = 0; i < 5; i++) {
        await channel.push(Buffer.alloc(10));
        pushed += 1;
      }
      channel.end();
    })();
    await new Promise((resolve) => setImmediate(resolve));
    expect(pushed).toBe(0);
    expect((await readAll(channel)).length).toBe(50);
    await writing;
    expect(pushed).toBe(5);
  });

  it('does not make the writer wait when nobody reads any more', async () => {
    const channel = new Channel(1);
    const writing = channel.push(Buffer.alloc(100));
    channel.abandon();
    await writing;
    await channel.push(Buffer.alloc(100));
  });

  it('throws the given error on the reading side', async () => {
    const channel = new Channel(100);
    const read = readAll(channel);
    await channel.push(Buffer.from('a'));
    channel.fail(new Error('the stick was pulled out'));
    await expect(read).rejects.toThrow('the stick was pulled out');
  });
});
