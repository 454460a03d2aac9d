// Looking at programs in whole packages: those of the original tool, every form of archive, and where reading stops early.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { ProgramsFinding } from '../../../core/package/programs/programs.js';
import { LayoutBuilder, makeTar, named, type ArchiveStyle } from '../../support/packages.js';
import { findings, inArchive, program, shell } from '../../support/program-findings.js';
import { layerOf, programImage } from '../../support/program-images.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();

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

  it('have the verdict unknown when programs are not to be looked at', async () => {
    const found = await findings(
      'test/fixtures/packages/addon-offline-full-package-v0.9.0-arm64.tar.gz',
      false,
    );
    expect(new Set([...found.values()].map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });
});

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
    expect(verdicts(await inArchive(scratch(), [foreign, own], style))).toEqual(expected);
    expect(verdicts(await inArchive(scratch(), [own, foreign], style))).toEqual(expected);
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

  it('at the first program that fits, and an image that shares the unread part is not called mislabelled', async () => {
    const base = layerOf([program('bin/busybox', 'arm64'), padding, program('bin/other', 'amd64')]);
    const first = programImage({ name: 'ghcr.io/a/first:1', layers: [base, [program('bin/late', 'amd64')]] });
    // claims amd64 and shares the layer that was not read to its end
    const second = programImage({ name: 'ghcr.io/a/second:1', architecture: 'amd64', layers: [base] });
    const found = await inArchive(scratch(), [first, second]);
    expect(found.get('ghcr.io/a/first:1')).toMatchObject({ verdict: 'right', example: '/bin/busybox' });
    expect(found.get('ghcr.io/a/second:1')).toMatchObject({ verdict: 'unknown' });
  });

  it('and starts again with the next config', async () => {
    const base = layerOf([program('bin/busybox', 'arm64')]);
    const right = programImage({ name: 'ghcr.io/a/right:1', layers: [base, [shell]] });
    const wrong = programImage({ name: 'ghcr.io/a/wrong:1', layers: [[program('bin/app', 'amd64')]] });
    for (const images of [
      [right, wrong],
      [wrong, right],
    ]) {
      const found = await inArchive(scratch(), images);
      expect([...found.values()].map(({ verdict }) => verdict).sort()).toEqual(['mislabelled', 'right']);
    }
  });
});
