// Architecture truth: what the programs inside an image say, against what its config claims.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openPackage } from '../../core/package/open-package.js';
import type { ProgramsFinding } from '../../core/package/programs.js';
import { readPackage } from '../../core/package/read-package.js';
import {
  LayoutBuilder,
  makeDockerArchive,
  makeTar,
  named,
  type ArchiveStyle,
  type TarFile,
  type TestImage,
} from '../support/packages.js';
import { elf, layerOf, programImage, type ImageParts, type Machine } from '../support/program-images.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();

/** Name of each image and what was found in it. */
async function findings(path: string, programs = true): Promise<ReadonlyMap<string, ProgramsFinding>> {
  const found = new Map<string, ProgramsFinding>();
  const source = await openPackage(path, { signal });
  await readPackage(
    source,
    {
      bundleEnd: async (_, { images, problem }) => {
        expect(problem).toBeNull();
        for (const image of images) for (const name of image.names) found.set(name, image.programs);
      },
    },
    { programs, signal },
  );
  return found;
}

async function inArchive(images: readonly TestImage[], style: ArchiveStyle = 'ggcr') {
  const path = join(scratch(), 'images.tar');
  writeFileSync(path, makeDockerArchive(images, style));
  return findings(path);
}

async function findingOf(parts: ImageParts, style: ArchiveStyle = 'ggcr'): Promise<ProgramsFinding> {
  const [finding] = [...(await inArchive([programImage(parts)], style)).values()];
  if (!finding) throw new Error('no image');
  return finding;
}

async function verdictOf(parts: ImageParts): Promise<string> {
  return (await findingOf(parts)).verdict;
}

const program = (path: string, machine: Machine, type: 'exec' | 'dyn' | 'rel' = 'exec'): TarFile => ({
  path,
  body: elf(machine, type),
});
const link = (path: string, linkpath: string, type: 'symlink' | 'link' = 'symlink'): TarFile => ({
  path,
  type,
  linkpath,
});
const shell: TarFile = { path: 'bin/run', body: '#!/bin/sh\nexec true\n' };

describe('the packages that the original tool wrote', () => {
  const sources = z.record(z.string(), z.looseObject({ programs: z.string() }));
  /** Not in the package under their own name: saved by digest, or written without the registry. */
  const spelled: Readonly<Record<string, string>> = {
    'docker.io/sluiceworks/gatebox:v0.14.6': 'sluiceworks/gatebox:v0.14.6',
  };

  it.each(['v0.9.0-amd64', 'v0.9.0-arm64', 'v0.11.0-amd64', 'v0.11.0-arm64'])('%s', async (name) => {
    const [version = '', arch = ''] = name.split('-');
    const found = await findings(`test/fixtures/packages/addon-offline-full-package-${name}.tar.gz`);
    const known = sources.parse(
      JSON.parse(readFileSync(`test/fixtures/golden/source/${version}-images.json`, 'utf8')),
    );
    let compared = 0;
    for (const [source, { programs }] of Object.entries(known)) {
      const finding = found.get(source) ?? found.get(spelled[source] ?? '');
      if (!finding) continue;
      compared += 1;
      const folder = source.replace(/^.*\//, '').replace(/:.*$/, '');
      const path = programs === 'outside PATH' ? `/opt/${folder}/${folder}` : programs;
      const isNone = programs === 'none' || programs === 'a script only';
      // an image without an index has the same programs in each package
      const own = source === 'ghcr.io/winch/tools:0.1.0' ? 'amd64' : arch;
      const isTwister = source.startsWith('docker.io/ropewalk/twister') && arch === 'arm64';
      expect({ source, ...finding }).toEqual(
        isNone
          ? { source, verdict: 'unknown', found: null, example: null }
          : isTwister
            ? { source, verdict: 'mislabelled', found: 'linux/amd64', example: '/bin/app' }
            : { source, verdict: 'right', found: `linux/${own}`, example: path },
      );
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('nobody is told of programs when they are not to be looked at', async () => {
    const found = await findings(
      'test/fixtures/packages/addon-offline-full-package-v0.9.0-arm64.tar.gz',
      false,
    );
    expect(new Set([...found.values()].map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });
});

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

  it('is shown with the program that is started first', async () => {
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

  it('of an image that claims none are told all the same', async () => {
    expect(await findingOf({ architecture: undefined, layers: [[program('bin/app', 'arm64')]] })).toEqual({
      verdict: 'unknown',
      found: 'linux/arm64',
      example: '/bin/app',
    });
  });

  it('prefers the very architecture to one that runs, too', async () => {
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
    ['out of the image', [[link('bin/a', '../../../../x')]], 'unknown'],
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

  it('that are uncompressed are read, too', async () => {
    expect(await verdictOf({ layers: [layerOf(foreign, 'plain')] })).toBe('mislabelled');
  });

  it('that are compressed with zstd are not looked at: nothing is called mislabelled for what else was seen', async () => {
    expect(await verdictOf({ layers: [foreign, layerOf([shell], 'zstd')] })).toBe('unknown');
    expect(await verdictOf({ layers: [[program('bin/a', 'arm64')], layerOf([shell], 'zstd')] })).toBe(
      'right',
    );
  });

  it('that are no archive are as good as not seen', async () => {
    const junk = { ...layerOf([]), stored: gzipSync(randomBytes(2000)) };
    const layer = { ...junk, digest: layerOf([]).digest };
    expect(await verdictOf({ layers: [foreign, { ...layer, ...digested(junk.stored) }] })).toBe('unknown');
  });
});

function digested(stored: Buffer) {
  const layer = layerOf([]);
  const image = programImage({ layers: [{ ...layer, stored }] });
  return {
    stored,
    digest: new LayoutBuilder().put('x', stored).digest,
    diffId: image.layers[0]?.diffId ?? layer.diffId,
  };
}

describe('every form of archive', () => {
  const foreign = programImage({
    name: 'ghcr.io/a/foreign:1',
    layers: [[shell], [program('bin/app', 'amd64')]],
  });
  const own = programImage({ name: 'ghcr.io/a/own:1', layers: [[program('bin/app', 'arm64')], [shell]] });
  const expected = new Map([
    ['ghcr.io/a/foreign:1', 'mislabelled'],
    ['ghcr.io/a/own:1', 'right'],
  ]);
  const verdicts = (found: ReadonlyMap<string, ProgramsFinding>) =>
    new Map([...found].sort().map(([name, { verdict }]) => [name, verdict] as const));

  it.each<ArchiveStyle>(['ggcr', 'docker-save', 'skopeo'])('docker-archive as of %s', async (style) => {
    expect(verdicts(await inArchive([foreign, own], style))).toEqual(expected);
    expect(verdicts(await inArchive([own, foreign], style))).toEqual(expected);
  });

  it.each(['first', 'last'] as const)('OCI layout, index %s', async (at) => {
    const layout = new LayoutBuilder();
    const top = [foreign, own].map((image) => named(layout.image(image), image.names?.[0] ?? ''));
    const path = join(scratch(), 'layout.tar');
    writeFileSync(path, makeTar(layout.files(top, at)));
    expect(verdicts(await findings(path))).toEqual(expected);
  });
});

describe('reading stops early', () => {
  const padding = { path: 'usr/share/noise', body: randomBytes(5 << 20) };

  it('at the first program that fits, and a shared layer that was cut so is no reason to call another image wrong', async () => {
    const base = layerOf([program('bin/busybox', 'arm64'), padding, program('bin/other', 'amd64')]);
    const first = programImage({ name: 'ghcr.io/a/first:1', layers: [base, [program('bin/late', 'amd64')]] });
    // claims amd64 and shares the layer that was not read to its end
    const second = programImage({ name: 'ghcr.io/a/second:1', architecture: 'amd64', layers: [base] });
    const found = await inArchive([first, second]);
    expect(found.get('ghcr.io/a/first:1')).toMatchObject({ verdict: 'right', example: '/bin/busybox' });
    expect(found.get('ghcr.io/a/second:1')).toMatchObject({ verdict: 'unknown' });
  });

  it('and begins anew with the next config', async () => {
    const base = layerOf([program('bin/busybox', 'arm64')]);
    const right = programImage({ name: 'ghcr.io/a/right:1', layers: [base, [shell]] });
    const wrong = programImage({ name: 'ghcr.io/a/wrong:1', layers: [[program('bin/app', 'amd64')]] });
    for (const images of [
      [right, wrong],
      [wrong, right],
    ]) {
      const found = await inArchive(images);
      expect([...found.values()].map(({ verdict }) => verdict).sort()).toEqual(['mislabelled', 'right']);
    }
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
