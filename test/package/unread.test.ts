// Parts of a package that may hold a bundle and cannot be read: each is a problem of the package or of a bundle, never left out.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { problemsOf, record, type Recording } from '../support/package-recorder.js';
import { bundleFiles, makeBundle, makeImage, makePackage, makeTar, tinyBundle } from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const app = tinyBundle('app', [makeImage('ghcr.io/app/app:1.0.0', 'amd64')]);
const web = tinyBundle('web', [makeImage('ghcr.io/web/app:1.0.0', 'amd64')]);
const good = { path: 'addon/web_1.0.0.bundle.tar', body: makeBundle(web) };
const one = makeTar([{ path: 'addon/app_1.0.0.bundle.tar', body: makeBundle(app) }]);
const other = makeTar([good]);

async function read(bytes: Buffer, fileName = 'p.tar'): Promise<Recording> {
  const path = join(scratch(), fileName);
  writeFileSync(path, bytes);
  return record(path);
}

const notesOf = ({ facts }: Recording): readonly string[] => (facts?.notes ?? []).map(({ code }) => code);

describe('data after the end mark', () => {
  it.each<[string, Buffer]>([
    ['of two joined archives', Buffer.concat([one, other])],
    ['of two joined archives with padding', Buffer.concat([one, Buffer.alloc(9216), other])],
    ['of two joined and compressed archives', gzipSync(Buffer.concat([one, other]))],
    ['of two compressed and joined archives', Buffer.concat([gzipSync(one), gzipSync(other)])],
    [
      'that is compressed',
      Buffer.concat([one, gzipSync(Buffer.from(other.map((byte, at) => byte ^ ((at * 7919) % 251))))]),
    ],
    ['behind a zeroed sector', zeroed(makeTar([...entriesOf(one), good]), one.length - 1024, 4096)],
  ])('%s is damage of the package, and the first bundle is read', async (_, bytes) => {
    const recording = await read(bytes);
    expect(recording.error?.code).toBe('package.data-after-end');
    expect(problemsOf(recording)).toEqual([null]);
  });

  it('of a bundle is a problem of the bundle', async () => {
    const joined = Buffer.concat([
      makeTar(bundleFiles({ ...app, images: null })),
      makeTar(bundleFiles(app).slice(-1)),
    ]);
    const recording = await read(makePackage([{ path: 'addon/app_1.bundle.tar', body: joined }, good]));
    expect(problemsOf(recording)).toEqual(['package.data-after-end', null]);
  });

  it('of less than one header is noted', async () => {
    const recording = await read(gzipSync(Buffer.concat([one, Buffer.alloc(511, 'x')])));
    expect([recording.error, notesOf(recording)]).toEqual([null, ['package.trailing-data']]);
  });
});

describe('an archive that may be cut', () => {
  it.each<[string, string, Buffer]>([
    ['without an end mark', 'package.maybe-cut', one.subarray(0, one.length - 1024)],
    ['without an end mark, compressed', 'package.maybe-cut', gzipSync(one.subarray(0, one.length - 1024))],
    ['with a tail of zeros', 'package.zeros-at-end', Buffer.concat([one, Buffer.alloc(10_240)])],
  ])('%s is noted for the one who knows its checksum', async (_, code, bytes) => {
    expect(notesOf(await read(bytes))).toContain(code);
  });

  it('with the padding of GNU tar is whole', async () => {
    const padded = Buffer.concat([one, Buffer.alloc(10_240 - (one.length % 10_240))]);
    expect(notesOf(await read(padded))).toEqual(['package.text-unproven']);
    expect(notesOf(await read(Buffer.concat([padded, Buffer.alloc(10_240)])))).toContain(
      'package.zeros-at-end',
    );
  });

  it('with a bundle whose end was zeroed is noted, unless a checksum proves the bytes', async () => {
    const bundle = makeBundle(app);
    const images = bundle.indexOf('images.tar');
    const half = { path: 'addon/app_1.bundle.tar', body: Buffer.from(bundle).fill(0, images) };
    expect(notesOf(await read(makeTar([half, good])))).toContain('package.zeros-at-end');
    expect(notesOf(await read(makePackage([half, good])))).toEqual([]);
  });

  it('is noted for the files of an unpacked package', async () => {
    const folder = scratch();
    const bundle = makeBundle(app);
    writeFileSync(join(folder, 'app_1.bundle.tar'), bundle.subarray(0, -1024));
    expect(notesOf(await record(folder))).toEqual(['package.maybe-cut', 'package.text-unproven']);
    writeFileSync(join(folder, 'app_1.bundle.tar'), Buffer.concat([bundle, Buffer.alloc(4096)]));
    expect(notesOf(await record(folder))).toEqual(['package.zeros-at-end', 'package.text-unproven']);
  });
});

describe('text that no checksum proves', () => {
  it('is noted for a plain tar with charts, and only there', async () => {
    expect(notesOf(await read(one))).toEqual(['package.text-unproven']);
    expect(notesOf(await read(gzipSync(one)))).toEqual([]);
    expect(
      notesOf(await read(makeTar([{ path: 'a/gz.bundle.tar', body: gzipSync(makeBundle(app)) }]))),
    ).toEqual([]);
    expect(notesOf(await read(app.images!))).toEqual([]);
  });
});

describe('a path that is absolute or climbs', () => {
  it.each([
    '/addon/app_1.bundle.tar',
    '../app_1.bundle.tar',
    'a/../../app_1.bundle.tar',
    'C:\\app_1.bundle.tar',
  ])('%s of a bundle is a problem of it', async (path) => {
    const recording = await read(makePackage([{ path, body: makeBundle(app) }, good]));
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual(['package.path-unsafe', null]);
  });

  it.each(['/data.bin', '../data.bin'])('%s of a file that is an archive is one, too', async (path) => {
    for (const body of [makeBundle(app), gzipSync(makeBundle(app))]) {
      expect(problemsOf(await read(makePackage([{ path, body }, good])))).toEqual([
        'package.path-unsafe',
        null,
      ]);
    }
  });

  it('of the parts of a bundle or image archive is a problem of it', async () => {
    const [hints, ...rest] = bundleFiles(app, 'addon/app.bundle/');
    const climbing = rest.map((file) =>
      file.path.endsWith('images.tar') ? { ...file, path: `/${file.path}` } : file,
    );
    expect(problemsOf(await read(makePackage([hints!, ...climbing, good])))).toEqual([
      'package.path-unsafe',
      null,
    ]);
    const layer = { path: `/${'a1'.repeat(32)}.tar.gz`, body: 'x' };
    expect(problemsOf(await read(makePackage([layer, good])))).toEqual(['package.path-unsafe', null]);
  });

  it('of any other file is left out', async () => {
    const files = [{ path: '/etc/motd', body: 'hello' }, { path: '../hints.yaml', body: '' }, good];
    expect(problemsOf(await read(makePackage(files)))).toEqual([null]);
  });
});

describe('a bundle that is compressed in a way that is not read', () => {
  const xz = Buffer.concat([Buffer.from('fd377a585a000004', 'hex'), Buffer.alloc(600, 7)]);
  const bzip2 = Buffer.concat([Buffer.from('BZh91AY&SY'), Buffer.alloc(600, 7)]);
  const lz4 = Buffer.concat([Buffer.from('04224d18', 'hex'), Buffer.alloc(600, 7)]);
  const zip = Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(600, 7)]);
  it.each<[string, Buffer, string]>([
    ['addon/app_1.0.0.bundle.tar.xz', xz, 'package.unsupported-compression'],
    ['addon/app_1.0.0.bundle.tar', xz, 'package.unsupported-compression'],
    ['addon/app_1.0.0.bundle.txz', xz, 'package.unsupported-compression'],
    ['addon/app_1.0.0.bundle.zip', zip, 'package.unsupported-compression'],
    ['modules/amamba_1_amd64.tar.bz2', bzip2, 'package.unsupported-compression'],
    ['modules/amamba_1_amd64.tar.lz4', lz4, 'package.unsupported-compression'],
    ['modules/amamba-1.0.0.xz', xz, 'package.unsupported-compression'],
    ['modules/amamba', bzip2, 'package.unsupported-compression'],
    ['modules/amamba_1_amd64.tar', Buffer.alloc(2048), 'package.damaged'],
    ['modules/amamba_1_amd64.tar.gz', Buffer.from('not what it says'), 'package.damaged'],
    ['modules/amamba_1_amd64.tar', gzipSync(Buffer.from('no tar')), 'package.damaged'],
  ])('%s is a problem', async (path, body, code) => {
    const recording = await read(makePackage([{ path, body }, good]));
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual([code, null]);
  });

  it('as images.tar is a problem of its bundle', async () => {
    for (const name of ['images.tar', 'images.tar.xz']) {
      const files = [...bundleFiles({ ...app, images: null }), { path: name, body: xz }];
      const recording = await read(
        makePackage([{ path: 'addon/app_1.bundle.tar', body: makeTar(files) }, good]),
      );
      expect(problemsOf(recording)).toEqual(['package.unsupported-compression', null]);
    }
  });

  it('is noted where the name tells another kind of file, and left out where it is no archive', async () => {
    const files = [
      { path: 'notes.json.xz', body: xz },
      { path: 'manual.zip', body: zip },
      { path: 'charts/app-1.0.0.tgz', body: 'no gzip' },
      { path: 'p.tar.sha512', body: 'x' },
    ];
    const recording = await read(makePackage([...files, good]));
    expect(problemsOf(recording)).toEqual([null]);
    expect(notesOf(recording)).toEqual(['package.skipped', 'package.skipped', 'package.skipped']);
  });

  it('of the whole package is named', async () => {
    for (const body of [xz, bzip2, lz4, zip]) {
      expect((await read(body)).error?.code).toBe('package.unsupported-compression');
    }
  });
});

describe('a package that is compressed twice', () => {
  it('is read, and so is a bundle in it', async () => {
    expect(problemsOf(await read(gzipSync(gzipSync(other)), 'p.tar.gz'))).toEqual([null]);
    const bundle = { path: 'addon/app_1.0.0.bundle.tar', body: gzipSync(gzipSync(makeBundle(app))) };
    expect(problemsOf(await read(makeTar([bundle, good])))).toEqual([null, null]);
  });

  it('is refused when it is compressed without end, or grows too much', async () => {
    let bytes = other;
    for (let times = 0; times < 4; times++) bytes = gzipSync(bytes);
    expect((await read(bytes)).error?.code).toBe('package.limit');
    const inner = gzipSync(Buffer.concat([other, Buffer.alloc(40 << 20)]), { level: 0 });
    expect((await read(gzipSync(inner, { level: 9 }))).error?.code).toBe('package.limit');
  });

  it('is refused when the inner stream is damaged or cut', async () => {
    const inner = gzipSync(other);
    expect((await read(gzipSync(inner.subarray(0, inner.length - 9)))).error?.code).toBe('package.truncated');
    inner[inner.length - 6]! ^= 1;
    expect((await read(gzipSync(inner))).error?.code).toBe('package.damaged');
  });
});

function entriesOf(tar: Buffer): { readonly path: string; readonly body: Buffer }[] {
  return [{ path: 'addon/app_1.0.0.bundle.tar', body: tar.subarray(512, tar.length - 1024) }];
}

function zeroed(bytes: Buffer, from: number, count: number): Buffer {
  return Buffer.from(bytes).fill(0, from, from + count);
}
