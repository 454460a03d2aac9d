// Cut and flipped packages: a pass ends, reports the damage, and holds no damaged image as good.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagesOf, record, wronglyGood, type Recording } from '../../support/package-recorder.js';
import {
  makeBundle,
  makeImage,
  makeLayer,
  makeOciLayout,
  makeTar,
  tinyBundle,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const original = readFileSync('test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz');

async function read(bytes: Buffer): Promise<Recording> {
  const path = join(scratch(), 'p.tar.gz');
  writeFileSync(path, bytes);
  return record(path);
}

const images = [makeImage('x.io/a:1', 'amd64', [makeLayer('a'), makeLayer('plain', 'plain')])];
const small = makeTar([
  { path: 'addon/app_1.bundle.tar', body: makeBundle(tinyBundle('app', images)) },
  { path: 'layout.tar', body: makeTar(makeOciLayout([makeImage('x.io/b:1', 'arm64')])) },
]);

describe('a package that was cut', () => {
  it('is recognised wherever it was cut, compressed', async () => {
    const step = Math.floor(original.length / 40);
    for (let cut = 1; cut < original.length; cut += step) {
      const recording = await read(original.subarray(0, cut));
      expect(recording.error?.code).toMatch(/^package\.(truncated|wrong-file)$/);
      expect(wronglyGood(recording)).toEqual([]);
    }
  });

  it('is recognised wherever it was cut, plain', async () => {
    const whole = imagesOf(await read(small)).length;
    for (let cut = 1; cut < small.length; cut += cut % 512 === 0 ? 397 : 512 - (cut % 512)) {
      const recording = await read(small.subarray(0, cut));
      expect(wronglyGood(recording)).toEqual([]);
      // a cut between two entries shows only by the missing end blocks
      if (recording.error === null && imagesOf(recording).length < whole) {
        expect(recording.facts?.notes.map((note) => note.code)).toContain('package.maybe-cut');
      } else if (recording.error !== null) {
        expect(recording.error.origin).toBe('package');
      }
    }
  });

  it('delivers what came before the cut', async () => {
    const tar = gunzipSync(original);
    const recording = await read(gzipSync(tar.subarray(0, Math.floor(tar.length / 2))));
    expect(recording.error?.code).toBe('package.truncated');
    const complete = recording.bundles.filter((bundle) => bundle.content !== null);
    expect(complete.length).toBeGreaterThan(3);
    expect(complete.every((bundle) => bundle.content?.problem === null)).toBe(true);
    // the one that was cut is not finished
    expect(recording.bundles.at(-1)?.content).toBeNull();
  });
});

describe('a package with flipped bits', () => {
  it('is refused, at the latest by its CRC', async () => {
    for (let at = 12; at < original.length; at += Math.floor(original.length / 40)) {
      const flipped = Buffer.from(original);
      flipped[at]! ^= 0x04;
      const recording = await read(flipped);
      expect(recording.error?.origin).toBe('package');
      expect(wronglyGood(recording)).toEqual([]);
    }
  });

  it('without a CRC never gives an image with wrong bytes as good', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
        const flipped = Buffer.from(small);
        flipped[at]! ^= mask;
        expect(wronglyGood(await read(flipped))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('is read on behind a broken archive, and fails at the end when bundles may be lost', async () => {
    const inner = makeTar([
      { path: 'addon/a_1.bundle.tar', body: makeBundle(tinyBundle('a', images)) },
      { path: 'addon/b_1.bundle.tar', body: makeBundle(tinyBundle('b', images)) },
    ]);
    const package_ = (nested: Buffer): Buffer =>
      makeTar([
        { path: 'inner.tar', body: nested },
        { path: 'c_1.bundle.tar', body: makeBundle(tinyBundle('c', images)) },
      ]);
    const cut = await read(package_(inner.subarray(0, inner.length - 4096)));
    expect(cut.error?.code).toBe('package.truncated');
    expect(cut.bundles.map((bundle) => [bundle.id.path, bundle.content?.problem?.code ?? null])).toEqual([
      ['inner.tar/addon/a_1.bundle.tar', null],
      ['inner.tar/addon/b_1.bundle.tar', 'package.truncated'],
      ['c_1.bundle.tar', null],
    ]);
    const compressed = gzipSync(inner);
    compressed[compressed.length - 6]! ^= 1;
    const crc = await read(package_(compressed));
    expect(crc.error?.code).toBe('package.damaged');
    expect(crc.bundles.at(-1)?.content?.problem).toBeNull();
  });

  it('is refused when random bytes stand where an archive should be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 3000 }), async (noise) => {
        const bytes = Buffer.from(noise);
        const recordings = [
          await read(bytes),
          await read(Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), bytes])),
          await read(
            makeTar([{ path: 'a/x.bundle.tar', body: Buffer.concat([small.subarray(0, 512), bytes]) }]),
          ),
        ];
        for (const recording of recordings) expect(imagesOf(recording)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});
