// zstd where this Node has it, and a plain word where it does not.
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { hasZstdChecksum, openUnzstd } from '../../../core/package/bytes/unzstd.js';
import { openTar } from '../../../core/package/open-tar.js';
import { makeTar } from '../../support/packages.js';
import { zstdFrame } from '../../support/zstd-frame.js';

const tar = makeTar([{ path: 'a', body: 'x'.repeat(300_000) }]);
const skippable = Buffer.from('502a4d18' + '03000000' + 'aabbcc', 'hex');
const canRead = 'createZstdDecompress' in zlib;

describe('zstd', () => {
  it.each([
    ['', zstdFrame(tar)],
    [
      ' behind skippable frames',
      Buffer.concat([skippable, Buffer.from('5e2a4d1800000000', 'hex'), zstdFrame(tar)]),
    ],
  ])('%s is decompressed where Node can, and named where it cannot', async (_, bytes) => {
    const opened = await openTar(ByteReader.of(bytes), 'p.tar.zst', 1);
    if (canRead) {
      expect(await opened.tar?.reader.all(1 << 20)).toEqual(tar);
      expect(opened.tar?.isChecked).toBe(false);
      await opened.tar?.close();
    } else {
      expect(openUnzstd(ByteReader.of(zstdFrame(tar)), 'p.tar.zst')).toBeNull();
      expect(opened.foreign).toEqual({ format: 'zstd', detail: 'compressed with zstd' });
    }
  });

  it('that is damaged is damage where Node can read it', async () => {
    const broken = zstdFrame(tar);
    broken[9] = 0x07; // a block of the type that is reserved
    const opened = openUnzstd(ByteReader.of(broken), 'p.tar.zst');
    if (canRead) await expect(opened?.reader.drain()).rejects.toMatchObject({ code: 'package.damaged' });
    else expect(opened).toBeNull();
    await opened?.close();
  });

  it('tells in its header whether a checksum follows', () => {
    expect(hasZstdChecksum(Buffer.from('28b52ffd04', 'hex'))).toBe(true);
    expect(hasZstdChecksum(zstdFrame(tar))).toBe(false);
  });
});
