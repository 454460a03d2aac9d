// Passing on one blob: it is read and hashed to its end, whatever the receiver does with it.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { PassBudget } from '../../../core/flow/pass-budget.js';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { passBlob } from '../../../core/package/images/passing-blob.js';

const bytes = Buffer.from(Array.from({ length: 9000 }, (_, index) => index % 251));
bytes.set([0x1f, 0x8b]);

function input(claim = digestOf(bytes)) {
  let at = 0;
  const reader = new ByteReader(async () => {
    const piece = bytes.subarray(at, (at += 1000));
    return piece.length === 0 ? null : piece;
  });
  return { reader, size: bytes.length, claim, verbatim: true, label: 'x', budget: new PassBudget() };
}

const proven = { blob: { digest: digestOf(bytes), size: bytes.length }, problem: null };

describe('passBlob', () => {
  it('gives pieces in order to a receiver that asks for several at once', async () => {
    const got: Buffer[] = [];
    const outcome = await passBlob(input(), async ({ body }) => {
      const iterator = body[Symbol.asyncIterator]();
      const asked = await Promise.all(Array.from({ length: 12 }, () => iterator.next()));
      got.push(...asked.flatMap((next) => (next.done ? [] : [next.value])));
    });
    expect(Buffer.concat(got).equals(bytes)).toBe(true);
    expect(outcome).toMatchObject(proven);
  });

  it('hashes a blob that a Node stream reads ahead', async () => {
    const outcome = await passBlob(input(), async ({ body }) => {
      const stream = Readable.from(body);
      await new Promise((resolve) => stream.once('readable', resolve));
      stream.destroy();
    });
    expect(outcome).toMatchObject(proven);
  });

  it('gives the receiver nothing more after it has returned', async () => {
    const kept: AsyncIterator<Buffer>[] = [];
    expect(
      await passBlob(input(), async ({ body }) => void kept.push(body[Symbol.asyncIterator]())),
    ).toMatchObject(proven);
    expect(await kept[0]?.next()).toEqual({ done: true, value: undefined });
  });

  it('names both digests when they differ', async () => {
    const claim = digestOf('another');
    const { problem } = await passBlob(input(claim), null);
    expect(problem).toMatchObject({
      code: 'package.blob-damaged',
      params: { blob: 'x', claimed: claim, actual: digestOf(bytes) },
    });
  });

  it('throws the error of the package rather than the error of the receiver that it caused', async () => {
    const cable = new Error('the cable');
    let first = true;
    const reader = new ByteReader(async () => {
      if (!first) throw cable;
      first = false;
      return bytes.subarray(0, 100);
    });
    const passing = passBlob({ ...input(), reader }, async ({ body }) => {
      try {
        for await (const piece of body) expect(piece.length).toBe(100);
      } catch {
        throw new Error('upload failed');
      }
    });
    await expect(passing).rejects.toBe(cable);
    const refused = passBlob(input(), async () => {
      throw new Error('upload failed');
    });
    await expect(refused).rejects.toThrow('upload failed');
  });
});
