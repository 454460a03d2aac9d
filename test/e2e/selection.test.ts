// `--only`, `--skip`, `--image` and `--platform` on the command line: what is left out, and what happens when nothing is selected.
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandLine } from '../support/command-line.js';
import { makeBundle, makeChart, makeImage, makePackage, tinyBundle } from '../support/packages.js';

let folder: string;
let packed: string;
let archbridge: ReturnType<typeof commandLine>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-selection-'));
  archbridge = commandLine(folder);
  packed = join(folder, 'addon-offline-full-package-v1.0.0-arm64.tar.gz');
  const pot = makeBundle(tinyBundle('pot', [makeImage('ghcr.io/pot/app:1.0.0', 'arm64')]));
  const lid = makeBundle(tinyBundle('lid', [makeImage('ghcr.io/lid/app:1.0.0', 'arm64')]));
  const bare = makeBundle({ hints: '[]\n', chart: makeChart('bare'), images: null });
  await writeFile(
    packed,
    makePackage([
      { path: 'addon/pot_1.0.0.bundle.tar', body: pot },
      { path: 'addon/lid_1.0.0.bundle.tar', body: lid },
      { path: 'addon/bare_1.0.0.bundle.tar', body: bare },
    ]),
  );
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const reportSchema = z.looseObject({
  images: z.array(z.looseObject({ source: z.string(), action: z.string() })),
  charts: z.array(z.looseObject({ name: z.string(), action: z.string(), reason: z.string() })),
});

async function outcome(command: 'plan' | 'import', store: string, ...args: readonly string[]) {
  const { code, stdout } = await archbridge(
    command,
    packed,
    '--store',
    join(folder, store),
    ...args,
    '--json',
  );
  const { images, charts } = reportSchema.parse(JSON.parse(stdout));
  return {
    code,
    images: images.map(({ source, action }) => `${source} ${action}`).sort(),
    charts: charts.map(({ name, action, reason }) => `${name} ${action} ${reason}`).sort(),
  };
}

describe('a selection that selects nothing', () => {
  it.each([
    ['--only', 'nosuch'],
    ['--skip', '*'],
    ['--image', 'pot/app'],
    ['--platform', 'linux/riscv64'],
  ])('%s %s is 2 in every command, says what there is, and writes nothing', async (option, value) => {
    const store = join(folder, `nothing${option}`);
    // compare takes the name of one image after --image, not a pattern
    const commands = ['plan', 'import', ...(option === '--image' ? [] : ['compare'])];
    for (const command of commands) {
      const { code, stdout, stderr } = await archbridge(command, packed, '--store', store, option, value);
      expect([command, code]).toEqual([command, 2]);
      const said = stdout + stderr;
      expect(said).toContain(`${option} ${value}`);
      for (const text of ['addon/pot@', 'ghcr.io/lid/app:1.0.0', 'linux/arm64']) expect(said).toContain(text);
    }
    const blobs = join(store, 'oci', 'blobs', 'sha256');
    expect(existsSync(blobs) ? readdirSync(blobs) : []).toEqual([]);
    expect(existsSync(join(store, 'charts', 'index.yaml'))).toBe(false);
  });

  it('is 2 in verify', async () => {
    const store = join(folder, 'verified');
    expect((await outcome('import', 'verified')).code).toBe(0);
    const { code } = await archbridge('verify', packed, '--store', store, '--only', 'nosuch');
    expect(code).toBe(2);
  });
});

describe('a selection of images', () => {
  const expected = {
    code: 0,
    images: ['ghcr.io/pot/app:1.0.0 push'],
    charts: ['bare publish ', 'lid skip not-selected', 'pot publish '],
  };

  it('skips charts of which no image is selected, in plan and import; charts without images are published', async () => {
    const asked = ['--image', 'ghcr.io/pot/*'];
    expect(await outcome('plan', 'some', ...asked)).toEqual(expected);
    expect(await outcome('import', 'some', ...asked)).toEqual(expected);
    expect(existsSync(join(folder, 'some', 'charts', 'lid-1.0.0.tgz'))).toBe(false);
    const said = await archbridge('plan', packed, '--store', join(folder, 'other'), ...asked);
    expect(said.stdout).toContain('none of its images is selected');
  });

  it('is verified without the charts that were left out, by package and by run', async () => {
    await outcome('import', 'proven', '--image', 'ghcr.io/pot/*');
    const store = ['--store', join(folder, 'proven')];
    const byPackage = await archbridge('verify', packed, ...store, '--image', 'ghcr.io/pot/*');
    expect(byPackage.code).toBe(0);
    expect((await archbridge('verify', '--run', 'latest', ...store)).code).toBe(0);
  });

  it('sends a selected platform in one pass: the package is looked at before any layer is sent', async () => {
    const asked = ['--platform', 'linux/arm64', '--passes', '1'];
    const { code, images } = await outcome('import', 'once', ...asked);
    expect([code, images]).toEqual([0, ['ghcr.io/lid/app:1.0.0 push', 'ghcr.io/pot/app:1.0.0 push']]);
  });
});
