// An image whose programs do not fit its config, from the package to the exit code: found, named, left out, and imported with an
// option.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandLine } from '../support/command-line.js';
import { makeBundle, makePackage, tinyBundle, type TestImage } from '../support/packages.js';
import { elf, programImage, type Machine } from '../support/program-images.js';

let folder: string;
let archbridge: ReturnType<typeof commandLine>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-mislabelled-'));
  archbridge = commandLine(folder);
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

const imageRow = z.looseObject({
  source: z.string(),
  platform: z.string(),
  action: z.string(),
  reason: z.string(),
  after: z.looseObject({ platforms: z.array(z.string()) }).nullable(),
  problem: z.looseObject({ code: z.string(), origin: z.string() }).nullable(),
});
const reportSchema = z.looseObject({
  result: z.string(),
  weakened: z.array(z.string()),
  images: z.array(imageRow),
  charts: z.array(z.looseObject({ name: z.string(), action: z.string() })),
  problems: z.array(z.looseObject({ code: z.string() })),
});

async function imported(store: string, ...args: readonly string[]) {
  const ended = await archbridge('import', ...args, '--store', join(folder, store), '--json');
  const report = reportSchema.parse(JSON.parse(ended.stdout));
  return {
    ...ended,
    report,
    actions: report.images.map(({ source, platform, action }) => `${source} ${platform} ${action}`),
    charts: Object.fromEntries(report.charts.map(({ name, action }) => [name, action])),
  };
}

function image(name: string, architecture: string | undefined, machine: Machine): TestImage {
  return programImage({
    name: `ghcr.io/${name}/app:1.0.0`,
    architecture,
    layers: [[{ path: 'bin/app', body: elf(machine) }]],
  });
}

/** A package of one bundle for each image, each with the chart that names it. */
async function packed(fileName: string, images: Readonly<Record<string, TestImage>>): Promise<string> {
  const files = Object.entries(images).map(([name, one]) => ({
    path: `addon/${name}_1.0.0.bundle.tar`,
    body: makeBundle(tinyBundle(name, [one])),
  }));
  const path = join(folder, fileName);
  await writeFile(path, makePackage(files));
  return path;
}

const NAMED =
  'ghcr.io/app/app:1.0.0 says that it is for linux/arm64, but its programs are for linux/amd64 (/bin/app)';
const arm64 = () =>
  packed('addon-offline-full-package-v1.0.0-arm64.tar.gz', {
    app: image('app', 'arm64', 'amd64'),
    web: image('web', 'arm64', 'arm64'),
  });
const amd64 = () =>
  packed('addon-offline-full-package-v1.0.0-amd64.tar.gz', {
    app: image('app', 'amd64', 'amd64'),
    web: image('web', 'amd64', 'amd64'),
  });

describe('a mislabelled image', () => {
  it('is found by inspect, from the package and from the cache, and not with --no-programs', async () => {
    const path = await arm64();
    for (const read of ['Read          just now', 'Read          before']) {
      const { code, stdout } = await archbridge('inspect', path);
      expect(code).toBe(0);
      expect(stdout).toContain(read);
      expect(stdout).toContain('WRONG 1, as claimed 1');
      expect(stdout).toContain('MISLABELLED: its programs are for linux/amd64');
      expect(stdout).toContain(NAMED);
    }
    const { stdout } = await archbridge('inspect', path, '--no-programs', '--reread');
    expect(stdout).not.toContain('MISLABELLED');
  });

  it('is left out and named, its chart is blocked, the rest is imported: 6', async () => {
    const { code, stderr, report, actions, charts } = await imported('alone', await arm64());
    expect(code).toBe(6);
    expect(report.result).toBe('partial');
    expect(actions).toEqual([
      'ghcr.io/app/app:1.0.0 linux/arm64 blocked',
      'ghcr.io/web/app:1.0.0 linux/arm64 push',
    ]);
    expect(report.images[0]).toMatchObject({
      reason: 'mislabelled',
      after: null,
      problem: { code: 'plan.image-mislabelled', origin: 'package' },
    });
    expect(charts).toEqual({ app: 'blocked', web: 'publish' });
    expect(stderr).toContain(NAMED);
    expect(stderr).toContain('--allow-mislabelled');
    const index = await readFile(join(folder, 'alone/oci/index.json'), 'utf8');
    expect(index).not.toContain('ghcr.io/app/app');
    expect(index).toContain('ghcr.io/web/app');
  });

  it('alone in a package is no damage of the package: 6', async () => {
    const path = await packed('lonely.tar.gz', { app: image('app', 'arm64', 'amd64') });
    const { code, report } = await imported('lonely', path);
    expect([code, report.result]).toEqual([6, 'failed']);
  });

  it('leaves tag and chart to the other architecture, in any order', async () => {
    const [first, second] = [await arm64(), await amd64()];
    const expected = [
      'ghcr.io/app/app:1.0.0',
      ['linux/amd64'],
      'ghcr.io/web/app:1.0.0',
      ['linux/amd64', 'linux/arm64'],
    ];
    const served = ({ report }: Awaited<ReturnType<typeof imported>>) =>
      report.images
        .filter(({ action }) => action !== 'blocked')
        .flatMap(({ source, after }) => [source, [...(after?.platforms ?? [])].sort()]);

    await imported('arm-first', first);
    const then = await imported('arm-first', second);
    expect(then.code).toBe(0);
    expect(then.charts).toEqual({ app: 'publish', web: 'skip' });
    expect(served(then)).toEqual(expected);

    const before = await imported('amd-first', second);
    expect(before.charts).toEqual({ app: 'publish', web: 'publish' });
    const after = await imported('amd-first', first);
    expect(after.code).toBe(6);
    expect(after.charts).toEqual({ app: 'skip', web: 'skip' });
    expect(after.report.images[0]?.after?.platforms).toEqual(['linux/amd64']);

    const together = await imported('together', first, second);
    expect(together.code).toBe(6);
    expect(together.charts).toEqual({ app: 'publish', web: 'publish' });
    expect(together.actions).toContain('ghcr.io/app/app:1.0.0 linux/arm64 blocked');
    expect(together.actions).toContain('ghcr.io/app/app:1.0.0 linux/amd64 push');
  });

  it('is imported with the option, and still named: 0', async () => {
    const { code, stderr, report, actions, charts } = await imported(
      'allowed',
      await arm64(),
      '--allow-mislabelled',
    );
    expect(code).toBe(0);
    expect(actions[0]).toBe('ghcr.io/app/app:1.0.0 linux/arm64 push');
    expect(charts).toEqual({ app: 'publish', web: 'publish' });
    expect(report.weakened).toEqual(['--allow-mislabelled']);
    expect(report.problems.map((problem) => problem.code)).toEqual(['run.mislabelled-let-in']);
    expect(stderr).toContain('ghcr.io/app/app:1.0.0 was taken as linux/arm64, as asked');
    // It stays where it is when the next import does not have the option.
    const next = await imported('allowed', await arm64());
    expect(next.code).toBe(6);
    expect(next.report.images[0]).toMatchObject({ action: 'blocked', after: { platforms: ['linux/arm64'] } });
  });

  it('that names no architecture is left out, and imported with the option', async () => {
    const path = await packed('nameless.tar.gz', { app: image('app', undefined, 'arm64') });
    const { code, report } = await imported('nameless', path);
    expect(code).toBe(6);
    expect(report.images).toMatchObject([
      { action: 'blocked', reason: 'no-platform', problem: { code: 'plan.image-without-platform' } },
    ]);
    const allowed = await imported('nameless', path, '--allow-mislabelled');
    expect(allowed.code).toBe(0);
    expect(allowed.report.images).toMatchObject([{ action: 'push', problem: null }]);
  });
});
