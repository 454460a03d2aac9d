// The comparison on small packages and a target in memory: each state of a cell, and what is read how often.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import type { CoverageImage } from '../../../core/contract.js';
import { AppError } from '../../../core/errors.js';
import { elf } from '../../support/program-images.js';
import { makeBundle, makeLayer, makePackage, makeTar } from '../../support/packages.js';
import { AMD64, ARM64, bundleOf, cell, ComparisonDesk, image, manifestOf } from '../comparison-desk.js';

const WEB = 'ghcr.io/web/app:1.0.0';
const DB = 'ghcr.io/db/app:1.0.0';
const BOTH = ['linux/amd64', 'linux/arm64'];

let desk: ComparisonDesk;
beforeEach(async () => {
  desk = await ComparisonDesk.open();
});
afterEach(async () => {
  await desk.close();
});

describe('a cell', () => {
  it('is add, same, replace and keep, with what the tag will serve and where it comes from', async () => {
    const [amd64, arm64] = [image(WEB, 'amd64'), image(WEB, 'arm64')];
    const older = image(DB, 'amd64', { created: '2023-01-01T00:00:00Z', build: '0' });
    const newer = image(DB, 'amd64');
    const rare = image(DB, 's390x');
    desk.serve('web/app', '1.0.0', amd64);
    desk.serve('db/app', '1.0.0', older, rare);
    const packages = [
      await desk.package(AMD64, { web: [amd64], db: [newer] }),
      await desk.package(ARM64, { web: [arm64] }),
    ];
    const coverage = await desk.compare(packages);
    expect(coverage.platforms).toEqual([...BOTH, 'linux/s390x']);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('same');
    expect(cell(coverage, WEB, 'linux/arm64')).toBe('add');
    expect(cell(coverage, DB, 'linux/amd64')).toBe('replace newer');
    expect(cell(coverage, DB, 'linux/arm64')).toBe('not-used');
    expect(cell(coverage, DB, 'linux/s390x')).toBe('keep');
    const [db, web] = coverage.images;
    expect(web).toMatchObject({
      ...{ source: WEB, target: 'memory.test/web/app:1.0.0', charts: ['addon/web@1.0.0'], problem: null },
      ...{ before: ['linux/amd64'], after: BOTH },
    });
    expect(web?.cells['linux/arm64']).toMatchObject({
      ...{ digest: manifestOf(arm64).digest, from: ARM64, version: '1.0.0', created: '2023-07-02T08:00:00Z' },
    });
    expect(web?.cells['linux/amd64']).toMatchObject({ digest: manifestOf(amd64).digest, from: 'target' });
    expect(db?.cells['linux/amd64']).toMatchObject({ digest: manifestOf(newer).digest, from: AMD64 });
    expect(db?.cells['linux/s390x']).toMatchObject({
      digest: manifestOf(rare).digest,
      from: 'target',
      version: '',
    });
    const bytes = [arm64, newer].map((one) => one.config.length + (one.layers[0]?.stored.length ?? 0));
    expect([web?.bytesToSend, db?.bytesToSend]).toEqual(bytes);
    expect(web?.cells['linux/arm64']?.bytes).toBe(bytes[0]);
  });

  it('is conflict where the target is newer, keep where that was asked for, and both keep their platform', async () => {
    const held = image(WEB, 'amd64', { created: '2024-01-01T00:00:00Z', build: 'own' });
    desk.serve('web/app', '1.0.0', held);
    const packages = [await desk.package(AMD64, { web: [image(WEB, 'amd64')] })];
    for (const [onChange, expected] of [
      ['newer', 'conflict older'],
      ['stop', 'conflict policy-stop'],
      ['keep', 'keep policy-keep'],
    ] as const) {
      const coverage = await desk.compare(packages, { onChange });
      expect(cell(coverage, WEB, 'linux/amd64')).toBe(expected);
      expect(coverage.images[0]?.cells['linux/amd64']).toMatchObject({
        digest: manifestOf(held).digest,
        from: 'target',
      });
      expect(coverage.summary['linux/amd64']).toEqual({ present: 1, now: 1, stale: 0, total: 1 });
    }
    const replaced = await desk.compare(packages, { onChange: 'replace' });
    expect(cell(replaced, WEB, 'linux/amd64')).toBe('replace policy-replace');
  });

  it('is conflict where two packages of one version differ, whether the target holds an image or not', async () => {
    const packages = [
      await desk.package('addon-offline-full-package-v1.0.0-amd64.tar.gz', {
        web: [image(WEB, 'amd64', { build: 'a' })],
      }),
      await desk.package('gpu-addon-offline-package-v1.0.0-amd64.tar.gz', {
        web: [image(WEB, 'amd64', { build: 'b' })],
      }),
    ];
    const alone = await desk.compare(packages, {}, { alone: true });
    expect(cell(alone, WEB, 'linux/amd64')).toBe('conflict two-contents');
    expect(alone.images[0]?.cells['linux/amd64']).toMatchObject({ digest: null, from: AMD64 });
    expect(alone.summary['linux/amd64']).toEqual({ present: 0, now: 0, stale: 0, total: 1 });
    const held = image(WEB, 'amd64', { build: 'c' });
    desk.serve('web/app', '1.0.0', held);
    const coverage = await desk.compare(packages);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('conflict two-contents');
    expect(coverage.images[0]?.cells['linux/amd64']?.digest).toBe(manifestOf(held).digest);
    expect(coverage.summary['linux/amd64']).toEqual({ present: 1, now: 1, stale: 0, total: 1 });
  });

  it('is mislabelled where programs and config disagree, unless such images are let in', async () => {
    const program = makeTar([{ path: 'bin/app', body: elf('amd64') }]);
    const layer = {
      ...makeLayer('x', 'plain'),
      tar: program,
      stored: program,
      digest: digestOf(program),
      diffId: digestOf(program),
    };
    const wrong = image(WEB, 'arm64', { layers: [layer], runtime: { Entrypoint: ['/bin/app'] } });
    const packages = [await desk.package(ARM64, { web: [wrong] })];
    const coverage = await desk.compare(packages);
    expect(cell(coverage, WEB, 'linux/arm64')).toBe('mislabelled mislabelled');
    expect(coverage.images[0]?.problem?.code).toBe('plan.image-mislabelled');
    expect(coverage.images[0]?.after).toEqual([]);
    expect(coverage.summary['linux/arm64']?.present).toBe(0);
    expect(cell(await desk.compare(packages, { allowMislabelled: true }), WEB, 'linux/arm64')).toBe('add');
  });

  it('is unreadable on every platform of a tag that cannot be read; the others are not affected', async () => {
    desk.serve('web/app', '1.0.0', image(WEB, 'amd64'));
    desk.target.before = (request) => {
      if (request === 'GET web/app:1.0.0')
        throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
    };
    const packages = [await desk.package(AMD64, { web: [image(WEB, 'amd64')], db: [image(DB, 'amd64')] })];
    const coverage = await desk.compare(packages, { requirePlatforms: BOTH });
    for (const platform of BOTH) expect(cell(coverage, WEB, platform)).toBe('unreadable unreadable');
    expect(cell(coverage, DB, 'linux/amd64')).toBe('add');
    const row = coverage.images.find(({ source }) => source === WEB);
    expect(row).toMatchObject({
      before: [],
      after: [],
      bytesToSend: 0,
      problem: { code: 'plan.tag-unreadable' },
    });
    expect(coverage.summary['linux/amd64']).toEqual({ present: 1, now: 0, stale: 0, total: 2 });
  });

  it('is incomplete where a manifest or blob that the tag names is gone, and does not count', async () => {
    const [amd64, arm64] = [image(WEB, 'amd64'), image(WEB, 'arm64')];
    desk.serve('web/app', '1.0.0', amd64, arm64);
    desk.target.manifests.delete(`web/app@${manifestOf(arm64).digest}`);
    desk.target.blobs.delete(`web/app@${String(amd64.layers[0]?.digest)}`);
    const coverage = await desk.compare([await desk.package(AMD64, { web: [amd64] })]);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('add incomplete');
    expect(cell(coverage, WEB, 'linux/arm64')).toBe('keep incomplete');
    expect(coverage.images[0]?.bytesToSend).toBe(amd64.layers[0]?.stored.length);
    expect(coverage.summary).toEqual({
      'linux/amd64': { present: 1, now: 0, stale: 0, total: 1 },
      'linux/arm64': { present: 0, now: 0, stale: 0, total: 1 },
    });
  });
});

describe('a platform that neither packages nor target have', () => {
  it('is missing where it is required, with a reason where none of the packages could have brought it', async () => {
    const amd64 = await desk.package(AMD64, { web: [image(WEB, 'amd64')] });
    expect(cell(await desk.compare([amd64]), WEB, 'linux/arm64')).toBe('none');
    const required = { requirePlatforms: ['linux/arm64/v8', 'linux/amd64'] };
    const alone = await desk.compare([amd64], required);
    expect(alone.required).toEqual(BOTH);
    expect(cell(alone, WEB, 'linux/arm64')).toBe('missing only-package-of-family');
    const gpu = await desk.package('gpu-addon-offline-package-v1.0.0-arm64.tar.gz', {
      db: [image(DB, 'arm64')],
    });
    const families = await desk.compare([amd64, gpu], required);
    expect(cell(families, WEB, 'linux/arm64')).toBe('missing only-package-of-family');
    const arm64 = await desk.package(ARM64, { db: [image(DB, 'arm64')] });
    const whole = await desk.compare([amd64, arm64], required);
    expect(cell(whole, WEB, 'linux/arm64')).toBe('missing');
    expect(cell(whole, DB, 'linux/amd64')).toBe('missing');
    expect(whole.summary['linux/arm64']).toEqual({ present: 1, now: 0, stale: 0, total: 2 });
  });

  it('is missing where a chart of the package needs it and the package lacks it', async () => {
    const bundle = makeBundle(bundleOf('web', [image(DB, 'amd64')], WEB));
    const path = await desk.file(AMD64, makePackage([{ path: 'addon/web_1.0.0.bundle.tar', body: bundle }]));
    const coverage = await desk.compare([path]);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('missing lacking');
    expect(coverage.images.find(({ source }) => source === WEB)?.charts).toEqual(['addon/web@1.0.0']);
    desk.serve('web/app', '1.0.0', image(WEB, 'amd64'));
    expect(cell(await desk.compare([path]), WEB, 'linux/amd64')).toBe('keep');
  });

  it('is missing where the image is damaged, which its row tells', async () => {
    const layer = { ...makeLayer('x'), stored: makeLayer('y').stored };
    const path = await desk.package(AMD64, { web: [image(WEB, 'amd64', { layers: [layer] })] });
    const coverage = await desk.compare([path]);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('missing damaged');
    expect(coverage.images[0]?.problem?.origin).toBe('package');
    expect(coverage.summary['linux/amd64']?.present).toBe(0);
  });

  it('is missing where the package is not the one that its checksum is for, unless it is taken all the same', async () => {
    const path = await desk.package(AMD64, { web: [image(WEB, 'amd64')] });
    const more = { sha512: 'ab'.repeat(64) };
    const coverage = await desk.compare([path], {}, more);
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('missing damaged');
    expect(coverage.problems.map(({ code }) => code)).toEqual(['package.checksum-mismatch']);
    expect(coverage.packages[0]?.sha512).toMatch(/^[0-9a-f]{128}$/);
    expect(cell(await desk.compare([path], { acceptUnproven: true }, more), WEB, 'linux/amd64')).toBe('add');
  });
});

describe('packages alone', () => {
  it('are compared with each other: no target, nothing to send, nothing today', async () => {
    const packages = [
      await desk.package(AMD64, { web: [image(WEB, 'amd64')] }),
      await desk.package(ARM64, { web: [image(WEB, 'arm64')] }),
    ];
    const coverage = await desk.compare(packages, {}, { alone: true });
    expect(desk.target.log).toEqual([]);
    expect(coverage.target).toBeNull();
    expect(coverage.images).toMatchObject([
      { source: WEB, target: '', before: [], after: BOTH, bytesToSend: 0 },
    ]);
    expect(BOTH.map((platform) => cell(coverage, WEB, platform))).toEqual(['add', 'add']);
  });

  it('of different versions: the later one wins its platform, the other one is stale', async () => {
    const packages = [
      await desk.package('addon-offline-full-package-v1.0.0-amd64.tar.gz', { web: [image(WEB, 'amd64')] }),
      await desk.package('addon-offline-full-package-v1.0.0-arm64.tar.gz', { web: [image(WEB, 'arm64')] }),
      await desk.package('addon-offline-full-package-v1.1.0-amd64.tar.gz', {
        web: [image(WEB, 'amd64', { build: '2' })],
      }),
    ];
    const coverage = await desk.compare(packages, {}, { alone: true });
    expect(cell(coverage, WEB, 'linux/amd64')).toBe('add');
    expect(coverage.images[0]?.cells['linux/amd64']?.version).toBe('1.1.0');
    expect(cell(coverage, WEB, 'linux/arm64')).toBe('stale add');
    expect(coverage.summary['linux/arm64']?.stale).toBe(1);
  });
});

describe('what is chosen', () => {
  it('by chart: the others do not appear', async () => {
    const path = await desk.package(AMD64, { web: [image(WEB, 'amd64')], db: [image(DB, 'amd64')] });
    const coverage = await desk.compare([path], { selection: { only: ['web'] } });
    expect(coverage.images.map(({ source }) => source)).toEqual([WEB]);
    expect(desk.target.log.filter((line) => line.includes('db/app'))).toEqual([]);
  });

  it('by platform: its column alone; the other platforms still tell whether it is stale', async () => {
    desk.serve('web/app', '1.0.0', image(WEB, 'amd64', { build: '2' }), image(WEB, 'arm64'));
    const packages = [
      await desk.package(AMD64, { web: [image(WEB, 'amd64')], db: [image(DB, 'amd64')] }),
      await desk.package(ARM64, { web: [image(WEB, 'arm64')] }),
    ];
    const later = manifestOf(image(WEB, 'amd64', { build: '2' })).digest;
    const history = {
      versionsOf: (_: unknown, { digest }: { digest: string }) => (digest === later ? ['2.0.0'] : []),
    };
    const coverage = await desk.compare(packages, { selection: { platforms: ['linux/arm64'] } }, { history });
    expect(coverage.images.map(({ source }) => source)).toEqual([WEB]);
    expect(coverage.platforms).toEqual(['linux/arm64']);
    expect(Object.keys(coverage.images[0]?.cells ?? {})).toEqual(['linux/arm64']);
    expect(cell(coverage, WEB, 'linux/arm64')).toBe('stale same');
  });

  it('an image of several charts stands once, with all of them', async () => {
    const shared = image(WEB, 'amd64');
    const coverage = await desk.compare([await desk.package(AMD64, { web: [shared], shop: [shared] })]);
    expect(coverage.images.map(({ charts }) => charts)).toEqual([['addon/shop@1.0.0', 'addon/web@1.0.0']]);
    expect(coverage.summary['linux/amd64']?.total).toBe(1);
  });
});

describe('reading', () => {
  it('asks for each manifest and each config once, sends nothing, and tells how far it is', async () => {
    const [amd64, arm64] = [image(WEB, 'amd64'), image(WEB, 'arm64', { build: '2' })];
    desk.serve('web/app', '1.0.0', amd64, image(WEB, 'arm64'), image(WEB, 's390x'));
    desk.serve('db/app', '1.0.0', image(DB, 'amd64'));
    const packages = [
      await desk.package(AMD64, { web: [amd64], db: [image(DB, 'amd64')] }),
      await desk.package(ARM64, { web: [arm64] }),
    ];
    await desk.compare(packages);
    const reads = desk.target.log.filter((line) => line.startsWith('GET'));
    expect(reads.length).toBeGreaterThan(6);
    expect(new Set(reads).size).toBe(reads.length);
    expect(desk.target.log.filter((line) => !/^(?:GET|HEAD) /.test(line))).toEqual([]);
    const surveyed = desk.events.flatMap((event) =>
      event.type === 'surveyed' ? [[event.done, event.total]] : [],
    );
    expect(surveyed).toEqual([
      [1, 2],
      [2, 2],
    ]);
  });

  it('tells all rows before the first tag is read, and each row once its tag was read', async () => {
    desk.serve('web/app', '1.0.0', image(WEB, 'amd64'), image(WEB, 's390x'));
    const path = await desk.package(AMD64, { web: [image(WEB, 'amd64')], db: [image(DB, 'amd64')] });
    const readBefore: number[] = [];
    const rows = (): readonly CoverageImage[] =>
      desk.events.flatMap((event) => (event.type === 'compared' ? event.images : []));
    desk.target.before = () => {
      if (rows().length > 0) readBefore.push(rows().length);
    };
    const coverage = await desk.compare([path], { rowsAsEvents: true });
    expect(readBefore[0]).toBe(2);
    const told = rows();
    expect(told.slice(0, 2).map(({ source, charts, cells }) => [source, charts, cells])).toEqual(
      expect.arrayContaining([
        [WEB, ['addon/web@1.0.0'], {}],
        [DB, ['addon/db@1.0.0'], {}],
      ]),
    );
    const latest = new Map(told.map((row) => [row.target, row]));
    for (const { bytesToSend: _, ...image } of coverage.images)
      expect(latest.get(image.target)).toMatchObject({ ...image, cells: latest.get(image.target)?.cells });
    expect(cell({ ...coverage, images: [...latest.values()] }, DB, 'linux/amd64')).toBe('add');
    expect(cell({ ...coverage, images: [...latest.values()] }, WEB, 'linux/s390x')).toBe('keep');
    const platforms = desk.events.flatMap((event) => (event.type === 'compared' ? [event.platforms] : []));
    expect(platforms[0]).toEqual(['linux/amd64']);
    expect(platforms.at(-1)).toEqual(['linux/amd64', 'linux/s390x']);
    desk.events.length = 0;
    await desk.compare([path]);
    expect(rows()).toEqual([]);
  });

  it.each(['registry.unreachable', 'registry.stayed-away', 'registry.asks-to-wait'] as const)(
    'ends where the whole target does not answer (%s)',
    async (code) => {
      desk.target.before = () => {
        throw new AppError(code, { origin: 'registry', retryable: true });
      };
      const path = await desk.package(AMD64, { web: [image(WEB, 'amd64')] });
      await expect(desk.compare([path])).rejects.toMatchObject({ code });
    },
  );
});
