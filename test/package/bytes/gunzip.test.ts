// gzip streams as files hold them: members, padding, cuts and flipped bits, and sources that fail.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { openGunzip } from '../../../core/package/bytes/gunzip.js';

const content = Buffer.from('some text that repeats; '.repeat(20_000));

function over(...pieces: readonly Buffer[]): ByteReader {
  let at = 0;
  return new ByteReader(async () => pieces[at++] ?? null);
}

async function gunzip(source: ByteReader): Promise<Buffer> {
  const opened = openGunzip(source, 'a.gz');
  try {
    return (await opened.reader.all(1 << 30)) ?? Buffer.alloc(0);
  } finally {
    await opened.close();
  }
}

describe('openGunzip', () => {
  const member = gzipSync(content);
  const twice = Buffer.concat([content, content]);

  it('reads members that begin at, before and after the border of a piece', async () => {
    const both = Buffer.concat([member, member]);
    for (const cut of [member.length, member.length - 1, member.length + 1]) {
      expect((await gunzip(over(both.subarray(0, cut), both.subarray(cut)))).equals(twice)).toBe(true);
    }
  });

  it('reads to the end of its source when zeros follow', async () => {
    const zeros = Buffer.alloc(1 << 20);
    const source = over(member, zeros, zeros, zeros);
    expect((await gunzip(source)).equals(content)).toBe(true);
    expect(source.position).toBe(member.length + 3 * zeros.length);
  });

  it('finds a cut anywhere', async () => {
    for (let cut = 0; cut < member.length; cut += 13) {
      await expect(gunzip(over(member.subarray(0, cut)))).rejects.toMatchObject({
        code: 'package.truncated',
      });
    }
  });

  it('finds a flipped bit anywhere behind the header', async () => {
    for (let at = 10; at < member.length; at += 7) {
      const flipped = Buffer.from(member);
      flipped[at]! ^= 0x10;
      await expect(gunzip(over(flipped))).rejects.toMatchObject({
        code: expect.stringMatching(/^package\.(damaged|truncated)$/) as string,
      });
    }
  });

  it('refuses what follows a member and is none', async () => {
    await expect(gunzip(over(member, Buffer.from('rubbish')))).rejects.toMatchObject({
      code: 'package.damaged',
    });
  });

  it('passes a failure of the source on, and meets it again', async () => {
    const failure = new Error('the cable');
    let first = true;
    const source = new ByteReader(async () => {
      if (!first) throw failure;
      first = false;
      return member.subarray(0, 100);
    });
    const opened = openGunzip(source, 'a.gz');
    await expect(opened.reader.drain()).rejects.toBe(failure);
    await expect(opened.reader.drain()).rejects.toBe(failure);
    await opened.close();
    await expect(source.drain()).rejects.toBe(failure);
  });

  it('leaves no memory to the garbage collector when it was read to its end', async () => {
    const opened = openGunzip(over(gzipSync(Buffer.alloc(3_000_000, 7))), 'a.gz');
    const pieces: Buffer[] = [];
    for await (const piece of opened.reader) pieces.push(piece);
    await opened.close();
    expect(pieces.map(({ buffer }) => buffer.byteLength)).toEqual(pieces.map(() => 0));
  });

  it('lets go of its source when it is closed early', async () => {
    let pulled = 0;
    const source = new ByteReader(async () => {
      pulled++;
      return gzipSync(Buffer.alloc(4 << 20, pulled));
    });
    const opened = openGunzip(source, 'a.gz');
    await opened.reader.next();
    await opened.close();
    const before = pulled;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pulled).toBe(before);
  });
});
