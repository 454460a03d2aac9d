// zstd under every Node: with Node's own decompressor where it has one, else in JavaScript.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { hasZstdChecksum, openUnzstd } from '../../../core/package/bytes/unzstd.js';
import { openTar } from '../../../core/package/open-tar.js';
import { makeTar } from '../../support/packages.js';
import { findProgram } from '../../support/programs.js';
import { zstdFrame } from '../../support/zstd-frame.js';

const tar = makeTar([{ path: 'a', body: 'x'.repeat(300_000) }]);
const skippable = Buffer.from('502a4d18' + '03000000' + 'aabbcc', 'hex');
const zstd = findProgram('zstd');

/** Bytes that compress well in some places and not in others. */
const mixed = Buffer.concat([tar, randomBytes(200_000), tar, Buffer.alloc(400_000), randomBytes(10)]);

async function* from(pieces: readonly Buffer[]): AsyncGenerator<Buffer, void> {
  yield* pieces;
}

async function decompressed(bytes: Buffer, piece = 65_536): Promise<Buffer | null> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / piece) }, (_, at) =>
    bytes.subarray(at * piece, (at + 1) * piece),
  );
  return openUnzstd(ByteReader.over(from(pieces)), 'p').reader.all(1 << 24);
}

describe('zstd', () => {
  it.each([
    ['', zstdFrame(tar)],
    [
      ' behind skippable frames',
      Buffer.concat([skippable, Buffer.from('5e2a4d1800000000', 'hex'), zstdFrame(tar)]),
    ],
    [' in several frames', Buffer.concat([zstdFrame(tar.subarray(0, 1000)), zstdFrame(tar.subarray(1000))])],
  ])('%s is decompressed under every Node', async (_, bytes) => {
    const opened = await openTar(ByteReader.of(bytes), 'p.tar.zst', 1);
    expect((await opened.tar?.reader.all(1 << 20))?.equals(tar)).toBe(true);
    expect(opened.tar?.isChecked).toBe(false);
    await opened.tar?.close();
  });

  it
    .skipIf(zstd === null)
    .each([['-1'], ['-19'], ['-3', '--no-check'], ['--long=24'], ['-5', '-B65536', '-T2']])(
    'of the zstd program (%s) is decompressed, in pieces of any size',
    async (...options) => {
      const stored = execFileSync(zstd ?? '', [...options, '-c', '-q'], { input: mixed, maxBuffer: 1 << 26 });
      for (const piece of [7777, 1 << 20])
        expect((await decompressed(stored, piece))?.equals(mixed)).toBe(true);
      for (const end of [5, 30, stored.length - 100])
        await expect(decompressed(stored.subarray(0, end))).rejects.toMatchObject({ origin: 'package' });
    },
  );

  it('that is damaged is damage', async () => {
    const broken = zstdFrame(tar);
    broken[9] = 0x07; // a block of the type that is reserved
    const opened = openUnzstd(ByteReader.of(broken), 'p.tar.zst');
    await expect(opened.reader.drain()).rejects.toMatchObject({ code: 'package.damaged' });
    await opened.close();
  });

  it('that asks for more than 128 MiB of memory is refused before the memory is taken', async () => {
    const window = 28 - 10;
    const frame = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window << 3]), Buffer.alloc(40)]);
    await expect(decompressed(frame)).rejects.toMatchObject({ code: 'package.limit' });
    // a frame in one segment remembers all that it holds
    const single = Buffer.from('28b52ffda0000000f00100000000000000000000', 'hex');
    await expect(decompressed(single)).rejects.toMatchObject({ origin: 'package' });
  });

  it('tells in its header whether a checksum follows', () => {
    expect(hasZstdChecksum(Buffer.from('28b52ffd04', 'hex'))).toBe(true);
    expect(hasZstdChecksum(zstdFrame(tar))).toBe(false);
  });
});
