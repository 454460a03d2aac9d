// Compressed layers are the same bytes on every machine, so that an image has one digest.
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { ByteReader } from '../../../core/package/bytes/byte-reader.js';
import { gzipLayer } from '../../../core/package/bytes/gzip-layer.js';

/** 300 kB of text that compresses, the same each time. */
const content = Buffer.from(
  Array.from({ length: 20_000 }, (_, index) => `${(index * 2654435761) % 4294967296} line\n`).join(''),
).subarray(0, 300_000);

async function compress(bytes: Buffer, piece: number): Promise<{ gzip: Buffer; raw: Buffer }> {
  let at = 0;
  const source = new ByteReader(async () => {
    const next = bytes.subarray(at, (at += piece));
    return next.length === 0 ? null : next;
  });
  const raw: Buffer[] = [];
  const pull = gzipLayer(source, async (seen) => void raw.push(Buffer.from(seen)));
  const out: Buffer[] = [];
  for (let next = await pull(); next !== null; next = await pull()) out.push(next);
  return { gzip: Buffer.concat(out), raw: Buffer.concat(raw) };
}

describe('gzipLayer', () => {
  it('writes the same bytes however its input is cut', async () => {
    const whole = await compress(content, content.length);
    expect(gunzipSync(whole.gzip).equals(content)).toBe(true);
    expect(whole.raw.equals(content)).toBe(true);
    expect(whole.gzip.length).toBeLessThan(content.length / 2);
    for (const piece of [997, 65_536, 65_537, 131_072]) {
      expect((await compress(content, piece)).gzip.equals(whole.gzip)).toBe(true);
    }
  });

  it('keeps its bytes, so that images that were imported before keep their digests', async () => {
    const { gzip } = await compress(content, content.length);
    expect(gzip.subarray(0, 10).toString('hex')).toBe('1f8b0800000000000403');
    expect(digestOf(gzip)).toBe('sha256:a8f81b00ea972ea28cb793b860c85d0cc278d1762a9d499052946e9819e0cb7d');
  });

  it.each([0, 1, 65_535, 65_536, 65_537, 131_072])('compresses %i bytes', async (size) => {
    const bytes = content.subarray(0, size);
    expect(gunzipSync((await compress(bytes, 1000)).gzip).equals(bytes)).toBe(true);
  });
});
