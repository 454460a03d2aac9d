// The body of an upload: its own failures, and those of the connection, which are not its own.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { MeteredBody } from '../../core/registry/metered-body.js';
import { streamOf } from './sample-image.js';

const bytes = Buffer.alloc(5_000);

async function read(body: MeteredBody): Promise<number> {
  let count = 0;
  for await (const chunk of body) count += chunk.length;
  return count;
}

describe('a metered body', () => {
  it('gives what its source gives', async () => {
    const body = new MeteredBody(streamOf(bytes), bytes.length, digestOf(bytes));
    expect(await read(body)).toBe(bytes.length);
    expect(body.failure).toBeNull();
  });

  it.each([4_999, 5_001])('fails with another size than %i', async (size) => {
    const body = new MeteredBody(streamOf(bytes), size, digestOf(bytes));
    const error: unknown = await read(body).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'registry.blob-size-wrong', params: { expected: size } });
    expect(body.failure?.error).toBe(error);
  });

  it('has the error of its source as its failure', async () => {
    const broken = new Error('the drive is gone');
    const source = async function* (): AsyncGenerator<Uint8Array> {
      yield bytes;
      await Promise.reject(broken);
    };
    const body = new MeteredBody(source(), null, null);
    await expect(read(body)).rejects.toBe(broken);
    expect(body.failure?.error).toBe(broken);
  });

  it('has no failure when the connection breaks, and ends its source', async () => {
    let isEnded = false;
    const source = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(bytes);
      } finally {
        isEnded = true;
      }
    };
    const body = new MeteredBody(source(), null, null);
    const stream = Readable.from(body, { objectMode: true, highWaterMark: 1 });
    const closed = new Promise((resolve) => stream.on('close', resolve));
    stream.on('error', () => undefined);
    stream.once('data', () => stream.destroy(new Error('ECONNRESET')));
    await closed;
    expect([body.failure, isEnded]).toEqual([null, true]);
  });
});
