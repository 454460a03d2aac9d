// A split package is read as the whole, whichever part is named, and a part that is not there is named.
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openPackage } from '../../../core/package/source/open-package.js';
import { packageStamp } from '../../../core/package/source/package-stamp.js';
import { partPaths } from '../../../core/package/source/split-parts.js';
import { problemsOf, record } from '../../support/package-recorder.js';
import { makeBundle, makeImage, makePackage, makeTar, tinyBundle } from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const bundle = (name: string) => ({
  path: `addon/${name}_1.0.0.bundle.tar`,
  body: makeBundle(tinyBundle(name, [makeImage(`x.io/${name}:1`, 'amd64')])),
});
const bytes = makePackage([bundle('a'), bundle('b')]);

/** Writes the bytes in as many parts as there are names, into a new folder. */
function split(names: readonly string[], whole = bytes, folder = scratch()): string {
  const size = Math.ceil(whole.length / names.length);
  names.forEach((name, at) => writeFileSync(join(folder, name), whole.subarray(at * size, (at + 1) * size)));
  return folder;
}

const dashed = ['p.tar.gz.part-00', 'p.tar.gz.part-01', 'p.tar.gz.part-02'];

describe('a split package', () => {
  it.each([
    [dashed],
    [['p.tar.gz.001', 'p.tar.gz.002', 'p.tar.gz.003']],
    [['p.tar.gz.aa', 'p.tar.gz.ab', 'p.tar.gz.ac']],
    [['p.tar.gz.part1', 'p.tar.gz.part2']],
    [['p.tar.gz.1', 'p.tar.gz.2']],
    [['p.part1.tar.gz', 'p.part2.tar.gz']],
    [['p.tar.gz.part-00']],
  ])('%j is one', async (names) => {
    const folder = split(names);
    for (const name of names) {
      const recording = await record(join(folder, name), { sha512: true });
      expect(recording.error).toBeNull();
      expect(problemsOf(recording)).toEqual([null, null]);
      expect(recording.facts).toMatchObject({
        bytesRead: bytes.length,
        sha512: createHash('sha512').update(bytes).digest('hex'),
      });
      const source = await openPackage(join(folder, name), { signal });
      expect(source).toMatchObject({
        fileName: 'p.tar.gz',
        bytes: bytes.length,
        path: join(folder, names[0]!),
      });
      expect(await partPaths(join(folder, name), { signal })).toEqual(names.map((one) => join(folder, one)));
    }
  });

  it('names the part that is missing', async () => {
    for (const [missing, named] of [
      [0, 1],
      [1, 0],
      [1, 2],
    ] as const) {
      const folder = split(dashed);
      rmSync(join(folder, dashed[missing]!));
      await expect(openPackage(join(folder, dashed[named]!), { signal })).rejects.toMatchObject({
        code: 'package.part-missing',
        params: { file: 'p.tar.gz', part: dashed[missing] },
      });
    }
    const folder = split(dashed);
    rmSync(join(folder, dashed[2]!));
    expect((await record(join(folder, dashed[0]!))).error).toMatchObject({
      code: 'package.parts-end-early',
      params: { file: 'p.tar.gz', last: dashed[1], next: dashed[2] },
    });
  });

  it('names an empty part', async () => {
    const folder = split(dashed);
    writeFileSync(join(folder, dashed[1]!), '');
    await expect(openPackage(join(folder, dashed[0]!), { signal })).rejects.toMatchObject({
      code: 'package.empty',
      params: { file: dashed[1] },
    });
  });

  it('has another stamp when any part changes', async () => {
    const folder = split(dashed);
    const source = await openPackage(join(folder, dashed[0]!), { signal });
    const stamps = [await packageStamp(source, { signal })];
    for (const name of dashed) {
      appendFileSync(join(folder, name), 'x');
      stamps.push(await packageStamp(source, { signal }));
      expect((await record(join(folder, name))).error).not.toBeNull();
    }
    expect(new Set(stamps).size).toBe(4);
  });

  it('is one in an unpacked folder, too', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'modules'));
    split(dashed, bytes, join(folder, 'modules'));
    const recording = await record(folder);
    expect(recording.error).toBeNull();
    expect(recording.bundles.map(({ id }) => id.path)).toEqual([
      'modules/p.tar.gz/addon/a_1.0.0.bundle.tar',
      'modules/p.tar.gz/addon/b_1.0.0.bundle.tar',
    ]);
    rmSync(join(folder, 'modules', dashed[1]!));
    expect((await record(folder)).error).toMatchObject({
      code: 'package.part-missing',
      params: { part: `modules/${dashed[1]!}` },
    });
  });
});

it('two downloads of one name are two packages', async () => {
  const folder = scratch();
  const second = gzipSync(makeTar([bundle('c')]));
  for (const [first, next] of [
    ['p.tar.gz.1', 'p.tar.gz.2'],
    ['q.part1.tar.gz', 'q.part2.tar.gz'],
  ] as const) {
    writeFileSync(join(folder, first), bytes);
    writeFileSync(join(folder, next), second);
    expect(problemsOf(await record(join(folder, first)))).toEqual([null, null]);
    expect(problemsOf(await record(join(folder, next)))).toEqual([null]);
  }
});
