// A layer that unpacks to many times its stored size, or holds very many files, must not fill the memory.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf, type Digest } from '../../../core/content/digest.js';
import { LIMITS } from '../../../core/flow/limits.js';
import { openPackage } from '../../../core/package/source/open-package.js';
import type { ProgramsFinding } from '../../../core/package/programs/programs.js';
import { readPackage } from '../../../core/package/read-package.js';
import { makeDockerArchive, makeTar, type TestLayer } from '../../support/packages.js';
import { elf, programImage } from '../../support/program-images.js';
import { peakWhile } from '../../support/peak-memory.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const MIB = 1 << 20;

async function finding(layers: readonly TestLayer[]): Promise<ProgramsFinding | undefined> {
  const path = join(scratch(), 'images.tar');
  writeFileSync(path, makeDockerArchive([programImage({ layers })]));
  let found: ProgramsFinding | undefined;
  const visitor = {
    bundleEnd: async (
      _: unknown,
      content: { readonly images: readonly { readonly programs: ProgramsFinding }[] },
    ) => {
      found = content.images[0]?.programs;
    },
  };
  await readPackage(await openPackage(path, { signal }), visitor, { programs: true, signal });
  return found;
}

/** A gzip layer with one file of so many zeros in front of a program; the layer itself is never held. */
async function swollenLayer(zeros: number): Promise<TestLayer> {
  const gzip = createGzip({ level: 9 });
  const [stored, diff] = [[] as Buffer[], createHash('sha256')];
  gzip.on('data', (piece: Buffer) => stored.push(piece));
  const write = (bytes: Buffer) => {
    diff.update(bytes);
    return new Promise((resolve) => gzip.write(bytes, resolve));
  };
  await write(makeTar([{ path: 'var/zeros', sizeField: zeros }], { endBlocks: 0 }));
  for (let at = 0; at < zeros; at += MIB) await write(Buffer.alloc(MIB));
  await write(makeTar([{ path: 'bin/app', body: elf('amd64') }]));
  gzip.end();
  await once(gzip, 'end');
  const bytes = Buffer.concat(stored);
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { tar: Buffer.alloc(0), stored: bytes, digest, diffId: `sha256:${diff.digest('hex')}` };
}

describe('a look at programs', () => {
  it('holds little of a layer that unpacks to a thousand times its size', async () => {
    const layer = await swollenLayer(400 * MIB);
    expect(layer.stored.length).toBeLessThan(MIB);
    const seen: (ProgramsFinding | undefined)[] = [];
    const peak = await peakWhile(async () => void seen.push(await finding([layer])));
    expect(seen).toMatchObject([{ verdict: 'mislabelled', example: '/bin/app' }]);
    expect(peak).toBeLessThan(100 * MIB);
  });

  it('gives up on a layer with too many files instead of holding them all', async () => {
    const program = makeTar([{ path: 'bin/app', body: elf('amd64') }], { endBlocks: 0 });
    const link = makeTar([{ path: 'l', type: 'link', linkpath: 'x' }], { endBlocks: 0 });
    const withLinks = (count: number): TestLayer => {
      const tar = Buffer.concat([program, ...Array<Buffer>(count).fill(link), Buffer.alloc(1024)]);
      const stored = gzipSync(tar);
      return { tar, stored, digest: digestOf(stored), diffId: digestOf(tar) };
    };
    expect(await finding([withLinks(LIMITS.layerFiles - 2)])).toMatchObject({ verdict: 'mislabelled' });
    expect(await finding([withLinks(LIMITS.layerFiles)])).toMatchObject({ verdict: 'unknown' });
  });
});
