// The architecture of the programs inside an image, compared with the one that its config claims.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import type { ProgramsFinding } from '../../../core/package/programs/programs.js';
import type { TarFile } from '../../support/packages.js';
import { inArchive, link, program, shell } from '../../support/program-findings.js';
import { elf, layerOf, programImage, type ImageParts, type Machine } from '../../support/program-images.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();

async function findingOf(parts: ImageParts): Promise<ProgramsFinding> {
  const [finding] = [...(await inArchive(scratch(), [programImage(parts)])).values()];
  if (!finding) throw new Error('no image');
  return finding;
}

async function verdictOf(parts: ImageParts): Promise<string> {
  return (await findingOf(parts)).verdict;
}

describe('an image for arm64', () => {
  it.each<[string, readonly TarFile[], ImageParts['start'] | undefined, string]>([
    ['with its own program', [program('bin/app', 'arm64')], undefined, 'right'],
    ['with a position-independent one', [program('usr/local/bin/app', 'arm64', 'dyn')], undefined, 'right'],
    ['with a foreign program', [program('bin/app', 'amd64')], undefined, 'mislabelled'],
    ['with one of each', [program('bin/a', 'amd64'), program('bin/b', 'arm64')], undefined, 'right'],
    ['with 32-bit ARM only', [program('bin/app', 'arm')], undefined, 'mislabelled'],
    ['with a script only', [shell], undefined, 'unknown'],
    ['with nothing', [], undefined, 'unknown'],
    ['with a foreign program off PATH', [program('usr/share/cross/emulator', 'amd64')], undefined, 'unknown'],
    ['with a foreign library', [program('usr/lib/libfoo.so.1', 'amd64', 'dyn')], undefined, 'unknown'],
    ['with a foreign library on PATH', [program('bin/libfoo.so', 'amd64', 'dyn')], undefined, 'unknown'],
    ['with a foreign object file on PATH', [program('bin/x.o', 'amd64', 'rel')], undefined, 'unknown'],
    ['with an eBPF program on PATH', [program('bin/probe', 'bpf')], undefined, 'unknown'],
    ['with an eBPF object', [program('usr/lib/probe.o', 'bpf', 'rel')], undefined, 'unknown'],
    ['with a cut ELF header', [{ path: 'bin/x', body: elf('amd64').subarray(0, 19) }], undefined, 'unknown'],
    [
      'with a foreign loader',
      [program('lib64/ld-linux-x86-64.so.2', 'amd64', 'dyn')],
      undefined,
      'mislabelled',
    ],
    [
      'with its own loader',
      [program('lib/aarch64-linux-gnu/ld-2.31.so', 'arm64', 'dyn'), program('bin/x', 'amd64')],
      undefined,
      'right',
    ],
    ['with its own musl', [program('lib/ld-musl-aarch64.so.1', 'arm64', 'dyn')], undefined, 'right'],
    [
      'with the loader of a cross tool',
      [program('usr/x86_64-linux-gnu/lib/ld-linux-x86-64.so.2', 'amd64', 'dyn')],
      undefined,
      'unknown',
    ],
    [
      'that sets PATH',
      [program('bin/a', 'amd64'), program('tools/b', 'arm64')],
      { Env: ['PATH=/tools'] },
      'right',
    ],
    [
      'that starts a foreign program',
      [program('opt/a/a', 'amd64')],
      { Entrypoint: ['/opt/a/a'] },
      'mislabelled',
    ],
    ['that starts its own', [program('opt/a/a', 'arm64')], { Cmd: ['/opt/a/a', '-v'] }, 'right'],
    [
      'that names it relatively',
      [program('srv/a/a', 'amd64')],
      { Cmd: ['./a'], WorkingDir: '/srv/a' },
      'mislabelled',
    ],
    [
      'that starts it through an init program',
      [program('opt/a', 'amd64')],
      { Entrypoint: ['tini', '--'], Cmd: ['/opt/a'] },
      'mislabelled',
    ],
    [
      'that starts it through a shell',
      [program('opt/a', 'amd64')],
      { Cmd: ['sh', '-c', 'exec /opt/a -x'] },
      'mislabelled',
    ],
    [
      'whose start command is odd',
      [program('bin/a', 'arm64')],
      { Entrypoint: 'x', Env: 7, Cmd: [1] },
      'right',
    ],
  ])('%s', async (_, files, start, verdict) => {
    expect(await verdictOf({ layers: [files], ...(start ? { start } : {}) })).toBe(verdict);
  });

  it('has the program that it starts first as its example', async () => {
    expect(
      await findingOf({
        start: { Entrypoint: ['/opt/main'] },
        layers: [[program('bin/first', '386'), program('opt/main', 'amd64')]],
      }),
    ).toEqual({ verdict: 'mislabelled', found: 'linux/amd64', example: '/opt/main' });
  });
});

describe('architectures', () => {
  it.each<[string, Machine, string, string]>([
    ['amd64', 'amd64', 'right', 'linux/amd64'],
    ['amd64', '386', 'right', 'linux/386'],
    ['386', 'amd64', 'mislabelled', 'linux/amd64'],
    ['amd64', 'arm64', 'mislabelled', 'linux/arm64'],
    ['arm', 'arm', 'right', 'linux/arm'],
    ['ppc64le', 'ppc64le', 'right', 'linux/ppc64le'],
    ['ppc64le', 'ppc64', 'mislabelled', 'linux/ppc64'],
    ['s390x', 's390x', 'right', 'linux/s390x'],
    ['riscv64', 'riscv64', 'right', 'linux/riscv64'],
    ['loong64', 'loong64', 'right', 'linux/loong64'],
    ['mips64le', 'mips64le', 'right', 'linux/mips64le'],
    ['aarch64', 'arm64', 'right', 'linux/arm64'],
    ['x86_64', 'amd64', 'right', 'linux/amd64'],
  ])('%s with a program for %s', async (architecture, machine, verdict, found) => {
    const layers = [[program('bin/app', machine)]];
    expect(await findingOf({ architecture, layers })).toEqual({ verdict, found, example: '/bin/app' });
  });

  it('are found for an image whose config claims none', async () => {
    expect(await findingOf({ architecture: undefined, layers: [[program('bin/app', 'arm64')]] })).toEqual({
      verdict: 'unknown',
      found: 'linux/arm64',
      example: '/bin/app',
    });
  });

  it('prefers a program of the same architecture to one that also runs there', async () => {
    const layers = [[program('bin/old', '386'), program('bin/new', 'amd64')]];
    expect(await findingOf({ architecture: 'amd64', layers })).toMatchObject({ found: 'linux/amd64' });
  });
});

describe('links', () => {
  const opt = program('opt/jdk/bin/java', 'amd64');
  it.each<[string, readonly (readonly TarFile[])[], string]>([
    ['into PATH', [[opt, link('usr/bin/java', '/opt/jdk/bin/java')]], 'mislabelled'],
    ['relative', [[opt, link('usr/bin/java', '../../opt/jdk/bin/java')]], 'mislabelled'],
    [
      'one after the other',
      [
        [
          opt,
          link('usr/bin/java', '/etc/alternatives/java'),
          link('etc/alternatives/java', '/opt/jdk/bin/java'),
        ],
      ],
      'mislabelled',
    ],
    ['hard', [[opt, link('usr/bin/java', 'opt/jdk/bin/java', 'link')]], 'mislabelled'],
    [
      'of folders',
      [[link('opt/current', 'jdk'), opt, link('bin/java', '/opt/current/bin/java')]],
      'mislabelled',
    ],
    ['from a later layer', [[opt], [link('usr/bin/java', '/opt/jdk/bin/java')]], 'mislabelled'],
    ['of PATH itself', [[link('bin', 'tools'), program('tools/app', 'amd64')]], 'mislabelled'],
    ['in a circle', [[link('bin/a', 'b'), link('bin/b', 'a')]], 'unknown'],
    ['out of the image', [[link('bin/a', '../../../../../x')]], 'unknown'],
    ['to a library', [[program('usr/lib/l.so', 'amd64', 'dyn'), link('bin/l', '/usr/lib/l.so')]], 'unknown'],
  ])('%s', async (_, layers, verdict) => {
    expect(await verdictOf({ layers })).toBe(verdict);
  });
});

describe('layers', () => {
  const foreign = [program('bin/app', 'amd64')];
  it.each<[string, readonly (readonly TarFile[])[], string]>([
    ['a file that was deleted', [foreign, [{ path: 'bin/.wh.app' }]], 'unknown'],
    ['a folder that was deleted', [foreign, [{ path: '.wh.bin' }]], 'unknown'],
    ['a folder that was emptied', [foreign, [{ path: 'bin/.wh..wh..opq' }, shell]], 'unknown'],
    ['a root that was emptied', [foreign, [{ path: '.wh..wh..opq' }]], 'unknown'],
    ['a deletion that comes first', [[{ path: 'bin/.wh.app' }], foreign], 'mislabelled'],
    ['a program that became another', [foreign, [program('bin/app', 'arm64')]], 'right'],
    ['a program that became a script', [foreign, [{ path: 'bin/app', body: '#!/bin/sh\n' }]], 'unknown'],
    ['a folder that became a link', [foreign, [link('bin', 'usr/bin')]], 'unknown'],
    ['a match far up', [foreign, [], [], [program('bin/x', 'arm64')]], 'right'],
  ])('%s', async (_, layers, verdict) => {
    expect(await verdictOf({ layers })).toBe(verdict);
  });

  it('that are uncompressed are read', async () => {
    expect(await verdictOf({ layers: [layerOf(foreign, 'plain')] })).toBe('mislabelled');
  });

  it('that are compressed with zstd are read', async () => {
    expect(await verdictOf({ layers: [layerOf(foreign, 'zstd')] })).toBe('mislabelled');
    expect(await verdictOf({ layers: [foreign, layerOf([shell], 'zstd')] })).toBe('mislabelled');
    expect(await verdictOf({ layers: [layerOf([program('bin/a', 'arm64')], 'zstd')] })).toBe('right');
  });

  it.each([
    ['no archive', gzipSync(randomBytes(2000))],
    ['zstd that was cut', layerOf([shell], 'zstd').stored.subarray(0, 40)],
    ['zstd that is broken', Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), Buffer.alloc(600, 255)])],
  ])('that are %s count as not read', async (_, stored) => {
    const junk = { ...layerOf([]), stored, digest: digestOf(stored) };
    expect(await verdictOf({ layers: [foreign, junk] })).toBe('unknown');
  });
});

describe('in any order and any layers', () => {
  const file = fc.record({
    folder: fc.constantFrom('bin', 'usr/bin', 'opt', 'usr/share'),
    name: fc.constantFrom('a', 'b', 'c'),
    machine: fc.constantFrom<Machine>('amd64', 'arm64', 'arm', 'riscv64'),
  });
  const layers = fc.array(fc.array(file, { maxLength: 4 }), { minLength: 1, maxLength: 4 });

  it('an image is mislabelled exactly when programs on PATH are there and none of them fits', async () => {
    await fc.assert(
      fc.asyncProperty(layers, fc.constantFrom('amd64', 'arm64'), async (drawn, architecture) => {
        const last = new Map<string, Machine>();
        for (const layer of drawn)
          for (const { folder, name, machine } of layer) last.set(`${folder}/${name}`, machine);
        const onPath = [...last]
          .filter(([path]) => /^(usr\/)?bin\//.test(path))
          .map(([, machine]) => machine);
        const tars = drawn.map((layer) =>
          layer.map(({ folder, name, machine }) => program(`${folder}/${name}`, machine)),
        );
        const expected =
          onPath.length === 0
            ? 'unknown'
            : onPath.some((machine) => machine === architecture)
              ? 'right'
              : 'mislabelled';
        expect(await verdictOf({ architecture, layers: tars })).toBe(expected);
      }),
      { numRuns: 60 },
    );
  });
});
