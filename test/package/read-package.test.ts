// Packages in every form: where bundles lie, how archives nest, in which order files come, and files that are no package.
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../core/errors.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { readPackage } from '../../core/package/read-package.js';
import { imagesOf, problemsOf, record, wronglyGood, type Recording } from '../support/package-recorder.js';
import {
  bundleFiles,
  makeBundle,
  makeDockerArchive,
  makeImage,
  makeOciLayout,
  makePackage,
  makeTar,
  tinyBundle,
  type TarFile,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

async function read(bytes: Buffer, fileName = 'p.tar.gz'): Promise<Recording> {
  const path = join(scratch(), fileName);
  writeFileSync(path, bytes);
  return record(path);
}

function writeTree(root: string, files: readonly TarFile[]): string {
  for (const file of files) {
    const path = join(root, file.path);
    mkdirSync(dirname(path), { recursive: true });
    if (file.type === 'symlink') symlinkSync(file.linkpath ?? '', path);
    else writeFileSync(path, file.body ?? '');
  }
  return root;
}

/** Folder, path, names of images and files of the chart of each bundle that has no problem. */
function found(recording: Recording): unknown {
  expect(recording.error).toBeNull();
  expect(wronglyGood(recording)).toEqual([]);
  return recording.bundles.map(({ id, content }) => [
    id.folder,
    id.path,
    content?.problem?.code ?? content?.images.map((image) => image.names[0]).join(),
    content?.chart?.size ?? 0,
  ]);
}

const app = tinyBundle('app', [makeImage('ghcr.io/app/app:1.0.0', 'amd64')]);
const web = tinyBundle('web', [makeImage('ghcr.io/web/app:1.0.0', 'amd64')]);
const standard: readonly TarFile[] = [
  { path: 'charts-syncer', body: '#!/bin/sh\n' },
  { path: 'addon.yaml', body: 'source: {}\n' },
  { path: 'addon/', type: 'directory' },
  { path: 'addon/app_1.0.0.bundle.tar', body: makeBundle(app) },
  { path: 'community/web_1.0.0.bundle.tar', body: makeBundle(web) },
];
const expected = [
  ['addon', 'addon/app_1.0.0.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
  ['community', 'community/web_1.0.0.bundle.tar', 'ghcr.io/web/app:1.0.0', 3],
];

describe('a package', () => {
  it.each<[string, Buffer]>([
    ['gzip', makePackage(standard)],
    ['gzip of several members', Buffer.concat(split(makeTar(standard)).map((part) => gzipSync(part)))],
    ['gzip with zeros behind it', Buffer.concat([makePackage(standard), Buffer.alloc(3 << 20)])],
    ['a plain tar', makeTar(standard)],
    ['without end blocks', makeTar(standard, { endBlocks: 0 })],
    ['with ./ before its names', makePackage(standard.map((file) => ({ ...file, path: `./${file.path}` })))],
    ['with PAX names', makePackage(standard.map((file) => ({ ...file, style: 'pax', sizeField: 0 })))],
    ['with GNU long names', makePackage(standard.map((file) => ({ ...file, style: 'gnu' })))],
  ])('is read when it is %s', async (_, bytes) => {
    expect(found(await read(bytes))).toEqual(expected);
    expect(found(await read(bytes, 'renamed.bin'))).toEqual(expected);
  });

  it('may have an extra top folder, or bundles at its top', async () => {
    const deeper = standard.map((file) => ({ ...file, path: `addon-v1/x/${file.path}` }));
    expect(found(await read(makePackage(deeper)))).toEqual(
      expected.map(([folder, path, ...rest]) => [folder, `addon-v1/x/${path}`, ...rest]),
    );
    const flat = [{ path: 'app_1.0.0.bundle.tar', body: makeBundle(app) }];
    expect(found(await read(makePackage(flat)))).toEqual([
      ['', 'app_1.0.0.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
    ]);
  });

  it('may hold packages', async () => {
    const nested = [
      {
        path: 'modules/amamba_1_amd64.tar',
        body: makeTar([{ path: 'amamba_1.bundle.tar', body: makeBundle(app) }]),
      },
    ];
    const twice = [{ path: 'all.tar.gz', body: makePackage(standard) }];
    expect(found(await read(makePackage(nested)))).toEqual([
      ['modules', 'modules/amamba_1_amd64.tar/amamba_1.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
    ]);
    expect(found(await read(makePackage(twice)))).toEqual(
      expected.map(([folder, path, ...rest]) => [folder, `all.tar.gz/${path}`, ...rest]),
    );
  });

  it('is refused when archives nest without end', async () => {
    let bytes = makeBundle(app);
    for (let depth = 0; depth < 12; depth++) bytes = makeTar([{ path: 'inner.tar', body: bytes }]);
    expect((await read(bytes)).error?.code).toBe('package.limit');
  });

  it('holds bundles that are compressed, unpacked, in a top folder or of any name', async () => {
    const files = [
      { path: 'a/gz_1.bundle.tar', body: gzipSync(makeBundle(app)) },
      { path: 'a/dots_1.bundle.tar', body: makeTar(bundleFiles(app, './')) },
      { path: 'a/top_1.bundle.tar', body: makeTar(bundleFiles(app, 'top.bundle/')) },
      ...bundleFiles(app, 'a/open.bundle/'),
      { path: 'a/data.bin', body: makeBundle(app) },
    ];
    expect(found(await read(makePackage(files)))).toEqual([
      ['a', 'a/gz_1.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
      ['a', 'a/dots_1.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
      ['a', 'a/top_1.bundle.tar/top.bundle', 'ghcr.io/app/app:1.0.0', 3],
      ['a', 'a/open.bundle', 'ghcr.io/app/app:1.0.0', 3],
      ['a', 'a/data.bin', 'ghcr.io/app/app:1.0.0', 3],
    ]);
  });

  it('holds image archives beside bundles', async () => {
    const archive = makeDockerArchive([makeImage('x.io/a:1', 'amd64')], 'docker-save');
    const layout = makeTar(makeOciLayout([makeImage('x.io/b:1', 'arm64')]));
    const files = [
      ...standard,
      { path: 'images/a.tar', body: archive },
      { path: 'images/b.tar.gz', body: gzipSync(layout) },
    ];
    expect(found(await read(makePackage(files)))).toEqual([
      ...expected,
      ['images', 'images/a.tar', 'x.io/a:1', 0],
      ['images', 'images/b.tar.gz', 'x.io/b:1', 0],
    ]);
  });

  it('may be one bundle, one docker-archive or one layout', async () => {
    expect(found(await read(makeBundle(app), 'app_1.0.0.bundle.tar'))).toEqual([
      ['', 'app_1.0.0.bundle.tar', 'ghcr.io/app/app:1.0.0', 3],
    ]);
    expect(found(await read(gzipSync(app.images!), 'images.tgz'))).toEqual([
      ['', 'images.tgz', 'ghcr.io/app/app:1.0.0', 0],
    ]);
    expect(found(await read(makeTar(makeOciLayout([makeImage('x.io/b:1', 'arm64')])), 'b.tar'))).toEqual([
      ['', 'b.tar', 'x.io/b:1', 0],
    ]);
  });

  it('may be an unpacked folder', async () => {
    const root = writeTree(scratch(), [
      ...standard.filter((file) => file.type !== 'directory'),
      ...bundleFiles(app, 'addon/open.bundle/'),
      { path: 'addon/link.bundle.tar', type: 'symlink', linkpath: 'app_1.0.0.bundle.tar' },
    ]);
    const recording = await record(root);
    expect(found(recording)).toEqual([
      expected[0],
      ['addon', 'addon/link.bundle.tar', 'package.link-skipped', 0],
      ['addon', 'addon/open.bundle', 'ghcr.io/app/app:1.0.0', 3],
      expected[1],
    ]);
    expect(recording.bundles[2]?.head?.chart?.size).toBe(3);
    expect(recording.facts?.sha512).toBeNull();
  });

  it('skips programs and configuration silently, and charts with a note', async () => {
    const chart = makePackage([
      { path: 'app/Chart.yaml', body: 'name: app\n' },
      { path: 'app/values.yaml', body: '' },
    ]);
    const files = [
      { path: 'charts/app-1.0.0.tgz', body: chart },
      { path: 'hints.yaml', body: '' },
      { path: 'manifest.json', body: '[]' },
    ];
    const recording = await read(makePackage([...files, ...standard]));
    expect(found(recording)).toEqual(expected);
    expect(recording.facts?.notes.map((note) => [note.code, note.params['count']])).toEqual([
      ['package.charts-skipped', 1],
    ]);
    expect((await read(makePackage(files))).error?.code).toBe('package.nothing-inside');
    expect((await read(chart, 'app-1.0.0.tgz')).error?.code).toBe('package.nothing-inside');
  });

  it.each<[string, string, Buffer]>([
    ['package.wrong-file', 'p.tar.gz', Buffer.from('<html>Not found</html>')],
    ['package.wrong-file', 'p.tar.gz', gzipSync(Buffer.from('hello'))],
    ['package.wrong-file', 'p.tar', Buffer.alloc(10_240)],
    ['package.empty', 'p.tar.gz', Buffer.alloc(0)],
    ['package.truncated', 'p.tar.zst', Buffer.from('28b52ffd0000000000', 'hex')],
    [
      'package.installer',
      'offline-v0.17.0-amd64.tar',
      makeTar([{ path: 'offline/images/a.bundle.tar', body: makeBundle(app) }]),
    ],
    ['package.installer', 'renamed.tar', makeTar([{ path: './offline/dce5-installer', body: '' }])],
    ['package.installer', 'renamed.tar', makeTar([{ path: 'offline/sample/manifest.yaml', body: '' }])],
  ])('is refused with %s (%s)', async (code, fileName, bytes) => {
    expect((await read(bytes, fileName)).error).toMatchObject({ code, origin: 'package' });
  });
});

describe('openPackage', () => {
  const { signal } = new AbortController();

  it('tells what lies there', async () => {
    const root = writeTree(scratch(), [
      { path: 'a/b.tar', body: 'abc' },
      { path: 'c', body: 'de' },
    ]);
    expect(await openPackage(root, { signal })).toMatchObject({ kind: 'folder', bytes: 5 });
    const file = await openPackage(join(root, 'a/b.tar'), { signal });
    expect(file).toMatchObject({ kind: 'file', fileName: 'b.tar', bytes: 3 });
    expect(file.identity).toEqual((await openPackage(join(root, 'a/b.tar'), { signal })).identity);
  });

  it('says what is wrong with a path', async () => {
    const empty = scratch();
    await expect(openPackage(join(empty, 'x'), { signal })).rejects.toMatchObject({
      code: 'package.not-found',
      origin: 'config',
    });
    await expect(openPackage('https://registry.example', { signal })).rejects.toMatchObject({
      code: 'package.is-address',
      origin: 'config',
    });
    symlinkSync('/media/usb/p.tar.gz', join(empty, 'link.tar.gz'));
    await expect(openPackage(join(empty, 'link.tar.gz'), { signal })).rejects.toMatchObject({
      code: 'package.dangling-link',
      params: { to: '/media/usb/p.tar.gz' },
    });
    await expect(openPackage(scratch(), { signal })).rejects.toMatchObject({ code: 'package.empty' });
    if (existsSync('/dev/null')) {
      await expect(openPackage('/dev/null', { signal })).rejects.toMatchObject({
        code: 'package.not-a-file',
      });
    }
  });

  it('gives a source that notices a change before and during a pass', async () => {
    const path = join(scratch(), 'p.tar');
    writeFileSync(path, makeTar(standard));
    const source = await openPackage(path, { signal });
    const growing = readPackage(
      source,
      { bundleStart: async () => writeFileSync(path, makeTar([...standard, ...standard])) },
      { signal },
    );
    await expect(growing).rejects.toMatchObject({ code: 'package.changed' });
    await expect(readPackage(source, {}, { signal })).rejects.toMatchObject({ code: 'package.changed' });
  });
});

describe('a visitor', () => {
  it('ends the pass by throwing, even an error that looks like damage, and no bundle gets a problem for it', async () => {
    const path = join(scratch(), 'p.tar');
    writeFileSync(path, makeTar(standard));
    const { signal } = new AbortController();
    const source = await openPackage(path, { signal });
    const mine = new AppError('package.damaged', { origin: 'package' });
    const ended: string[] = [];
    const visitor = {
      blob: async () => {
        throw mine;
      },
      bundleEnd: async (id: { path: string }) => void ended.push(id.path),
    };
    await expect(readPackage(source, visitor, { signal })).rejects.toBe(mine);
    expect(ended).toEqual([]);
  });

  it('may stop in the middle of a blob', async () => {
    const path = join(scratch(), 'p.tar');
    writeFileSync(path, makeTar(standard));
    const { signal } = new AbortController();
    const proven: (string | null)[] = [];
    await readPackage(
      await openPackage(path, { signal }),
      {
        blob: async (_, { body }) => {
          for await (const piece of body) if (piece.length > 0) break;
        },
        blobProven: async (_, __, problem) => void proven.push(problem?.code ?? null),
      },
      { signal },
    );
    expect(proven).toEqual([null, null]);
  });

  it('is told of every byte of the file, and of none after a cancel', async () => {
    const path = join(scratch(), 'p.tar');
    const bytes = makePackage(standard);
    writeFileSync(path, bytes);
    const controller = new AbortController();
    const source = await openPackage(path, controller);
    const seen: number[] = [];
    await readPackage(source, { progress: (count) => void seen.push(count) }, controller);
    expect(seen.at(-1)).toBe(bytes.length);
    const started: number[] = [];
    const reading = readPackage(
      source,
      {
        bundleStart: async (bundle) => {
          started.push(bundle.ordinal);
          controller.abort(new Error('stop'));
        },
      },
      controller,
    );
    await expect(reading).rejects.toThrow('stop');
    expect(started).toEqual([0]);
  });
});

describe('problems of bundles', () => {
  it('are kept to the bundle', async () => {
    const bad = makeTar([...bundleFiles(app), { path: 'original-chart/../../evil', body: 'x' }]);
    const recording = await read(makePackage([{ path: 'addon/bad_1.bundle.tar', body: bad }, ...standard]));
    expect(problemsOf(recording)).toEqual(['package.chart-path-unsafe', null, null]);
    expect(imagesOf(recording)).toHaveLength(3);
  });
});

function split(bytes: Buffer): Buffer[] {
  const third = Math.ceil(bytes.length / 3);
  return [0, 1, 2].map((part) => bytes.subarray(part * third, (part + 1) * third));
}
