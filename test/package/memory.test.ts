// Memory stays flat while a package is read, also when the receiver is slow.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGzip } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { openPackage } from '../../core/package/source/open-package.js';
import { readPackage } from '../../core/package/read-package.js';
import { makeTar } from '../support/packages.js';
import { peakWhile } from '../support/peak-memory.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const MIB = 1 << 20;
const LAYER = 300 * MIB;
const { signal } = new AbortController();

/** A package of one bundle with one layer of 300 MiB, generated piece by piece: three tar archives in each other. */
async function* largePackage(): AsyncGenerator<Buffer> {
  const layer = header(`${'0'.repeat(64)}.tar.gz`, LAYER);
  const archive = header('images.tar', LAYER + 512);
  const bundle = header('addon/big_1.bundle.tar', LAYER + 1024 + 512);
  yield Buffer.concat([bundle, header('hints.yaml', 0), archive, layer]);
  const piece = Buffer.alloc(MIB, 7);
  piece.write('\x1f\x8b', 'latin1');
  for (let at = 0; at < LAYER; at += MIB) yield piece;
  yield Buffer.alloc(1024);
}

function header(path: string, size: number): Buffer {
  return makeTar([{ path, sizeField: size }], { endBlocks: 0 });
}

describe('a pass over a layer of 300 MiB', () => {
  it.each(['plain', 'gzip'])(
    'holds a few pieces of a %s package, also when the receiver is slow',
    async (form) => {
      const path = join(scratch(), 'big.tar');
      if (form === 'gzip') await pipeline(largePackage, createGzip({ level: 1 }), createWriteStream(path));
      else await pipeline(largePackage, createWriteStream(path));
      const source = await openPackage(path, { signal });
      let taken = 0;
      const peak = await peakWhile(async () => {
        await readPackage(
          source,
          {
            blob: async (_, { body }) => {
              for await (const piece of body) {
                taken += piece.length;
                if (taken % (16 * MIB) < MIB) await sleep(5);
              }
            },
          },
          { signal },
        );
      });
      expect(taken).toBe(LAYER);
      // garbage that is not collected yet counts, so the bound is loose; buffering would need 300 MiB
      expect(peak).toBeLessThan(150 * MIB);
    },
  );

  it('reads no further than its receiver asks', async () => {
    const path = join(scratch(), 'big.tar');
    await pipeline(largePackage, createWriteStream(path));
    let read = 0;
    let seen = 0;
    const source = await openPackage(path, { signal });
    const visitor = {
      progress: (bytes: number) => {
        read = bytes;
      },
      blob: async (_: unknown, { body }: { readonly body: AsyncIterable<Buffer> }) => {
        for await (const piece of body) {
          seen += piece.length;
          if (seen < 20 * MIB) continue;
          await sleep(50);
          expect(read - seen).toBeLessThan(3 * MIB);
          break;
        }
      },
    };
    await readPackage(source, visitor, { signal });
    expect(seen).toBeLessThan(22 * MIB);
  });
});
