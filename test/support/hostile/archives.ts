// Tar and gzip files that were built to exhaust or to deceive: headers, names, links, sizes, compressions.
import { gzipSync } from 'node:zlib';
import { makeTar, paxRecords, type TarFile } from '../packages.js';
import { badBundle, besideGood, type Hostile } from './package-parts.js';

/** A tar header whose fields can be anything; the checksum is right. */
function header(path: string, flag: string, fields: Readonly<Record<number, string | Buffer>> = {}): Buffer {
  const block = makeTar([{ path }], { endBlocks: 0 });
  block.write(flag, 156, 'latin1');
  for (const [at, bytes] of Object.entries(fields)) Buffer.from(bytes).copy(block, Number(at));
  block.write('        ', 148);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

const SIZE = 124;
const base256 = (bytes: readonly number[]): Buffer => Buffer.from([0x80, ...bytes]);
const raw = (name: string, bytes: (size: number) => Buffer): Hostile => ({
  name: `archive: ${name}`,
  build: (size) => besideGood(bytes(size)),
});
const files = (name: string, make: (size: number) => readonly TarFile[]): Hostile => ({
  name: `archive: ${name}`,
  build: (size) => badBundle(make(size)),
});
const block = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
const pax = (records: Buffer): Buffer =>
  Buffer.concat([
    header('PaxHeaders/x', 'x', { [SIZE]: `${records.length.toString(8).padStart(11, '0')}\0` }),
    block(records),
  ]);

export const HOSTILE_ARCHIVES: readonly Hostile[] = [
  {
    ...files('entries', (size) => Array.from({ length: 50_000 * size }, (_, at) => ({ path: `f${at}` }))),
    mayEndPackage: true,
  },
  files('folders in folders', (size) => [{ path: `${'a/'.repeat(2_000 * size)}manifest.json`, body: '[]' }]),
  files('an image archive in each folder of a path', (size) =>
    Array.from({ length: 100 * size }, (_, at) => ({
      path: `${'a/'.repeat(at)}${'0'.repeat(64)}.json`,
      body: '{}',
    })),
  ),
  files('bundles in each folder of a path', () =>
    Array.from({ length: 100 }, (_, at) => ({
      path: `${'a/'.repeat(at)}original-chart/values.yaml`,
      body: Buffer.alloc(2 << 20, 32),
    })),
  ),
  files('JSON that may be a config', (size) =>
    Array.from({ length: 20_000 * size }, (_, at) => ({ path: `c${at}.json`, body: '{}' })),
  ),
  files('hints of megabytes', () => [{ path: 'hints.yaml', body: Buffer.alloc(20 << 20, 45) }]),
  files('names with escapes', () => [
    { path: '\u001b]8;;http://x\u0007/original-chart/Chart.yaml', body: 'a' },
    { path: 'a\u202e\u2028\u0085/images.tar', body: 'x' },
  ]),
  files('names that lead out', () => [
    { path: '../../original-chart/Chart.yaml', body: 'a' },
    { path: '/etc/manifest.json', body: '[]' },
    { path: 'C:\\x\\images.tar', body: 'x' },
    { path: 'original-chart/../../x', body: 'x' },
  ]),
  files('links that lead out', () => [
    { path: 'original-chart/Chart.yaml', type: 'symlink', linkpath: '/etc/passwd' },
    { path: 'original-chart/values.yaml', type: 'link', linkpath: '../../../etc/passwd' },
    { path: 'images.tar', type: 'symlink', linkpath: '/dev/zero' },
  ]),
  files('chart files that differ in case alone', () => [
    { path: 'original-chart/Chart.yaml', body: 'name: bad\nversion: 1.0.0\n' },
    { path: 'original-chart/chart.yaml', body: 'name: worse\nversion: 1.0.0\n' },
    { path: 'original-chart/Chart.yaml', body: 'name: worst\nversion: 1.0.0\n' },
  ]),
  files('links of a chart', (size) => [
    { path: 'original-chart/Chart.yaml', body: 'name: bad\nversion: 1.0.0\n' },
    ...Array.from({ length: 10_000 * size }, (_, at) => ({
      path: `original-chart/l${at}`,
      type: 'symlink' as const,
      linkpath: `l${at + 1}`,
    })),
  ]),
  raw('PAX records', (size) =>
    Buffer.concat([
      pax(paxRecords(Object.fromEntries(Array.from({ length: 20_000 * size }, (_, at) => [`k${at}`, 'v'])))),
      header('x', '0'),
    ]),
  ),
  raw('PAX headers in a row', (size) =>
    Buffer.concat(Array.from({ length: 30_000 * size }, () => pax(paxRecords({ path: 'x' })))),
  ),
  raw('a PAX record with a wrong length', () =>
    Buffer.concat([pax(Buffer.from('999999999 path=x\n')), header('x', '0')]),
  ),
  raw('PAX sizes that are none', () =>
    Buffer.concat(
      ['-1', '1e308', 'NaN', '99999999999999999999'].map((size) =>
        Buffer.concat([pax(paxRecords({ size })), header('x', '0')]),
      ),
    ),
  ),
  raw('a header of a gigabyte', () => header('x', 'L', { [SIZE]: '10000000000\0' })),
  raw('long names in a row', (size) =>
    Buffer.concat(
      Array.from({ length: 30_000 * size }, () =>
        Buffer.concat([
          header('././@LongLink', 'L', { [SIZE]: '00000000004\0' }),
          block(Buffer.from('abc\0')),
        ]),
      ),
    ),
  ),
  raw('a name of a megabyte', () =>
    Buffer.concat([
      header('././@LongLink', 'L', { [SIZE]: '00003000000\0' }),
      block(Buffer.alloc(0o3000000, 97)),
      header('x', '0'),
    ]),
  ),
  raw('a negative base-256 size', () =>
    header('x', '0', { [SIZE]: Buffer.from([0xff, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0]) }),
  ),
  raw('a base-256 size past all numbers', () =>
    header('x', '0', { [SIZE]: base256([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]) }),
  ),
  raw('a size of an exabyte', () =>
    header('x', '0', { [SIZE]: base256([0, 0, 0, 0, 15, 255, 255, 255, 255, 255, 255]) }),
  ),
  raw('sparse headers', () =>
    Buffer.concat([header('x', 'S', { [386]: '00000000000\0' }), header('y', 'M')]),
  ),
  raw('unknown kinds', (size) =>
    Buffer.concat(
      Array.from({ length: 5_000 * size }, (_, at) => header(`x${at}`, String.fromCharCode(65 + (at % 26)))),
    ),
  ),
  raw('empty blocks between entries', (size) =>
    Buffer.concat(
      Array.from({ length: 2_000 * size }, (_, at) => (at % 2 ? Buffer.alloc(512) : header(`x${at}`, '0'))),
    ),
  ),
  raw('data behind the end mark', () => Buffer.concat([makeTar([{ path: 'x' }]), Buffer.alloc(1 << 20, 7)])),
  { ...raw('zeros', (size) => Buffer.alloc((300 << 20) * size)), mayEndPackage: true },
  raw('gzip of zeros', (size) => gzipSync(Buffer.alloc((300 << 20) * size))),
  raw('gzip in gzip in gzip in gzip', () => gzipSync(gzipSync(gzipSync(gzipSync(makeTar([{ path: 'x' }])))))),
  raw('gzip of a tar of zeros in gzip', (size) =>
    gzipSync(gzipSync(makeTar([{ path: 'x.tar', body: Buffer.alloc((200 << 20) * size) }]))),
  ),
  raw('gzip members', (size) =>
    Buffer.concat([
      ...Array.from({ length: 50_000 * size }, () => gzipSync('')),
      gzipSync(makeTar([{ path: 'x' }])),
    ]),
  ),
  raw('archives in archives', () => {
    let inner = makeTar([{ path: 'x' }]);
    for (let level = 0; level < 30; level++) inner = makeTar([{ path: 'a.tar', body: inner }]);
    return inner;
  }),
  raw('thousands of archives side by side', (size) =>
    makeTar(
      Array.from({ length: 3_000 * size }, (_, at) => ({
        path: `b${at}.bundle.tar`,
        body: makeTar([{ path: 'x' }]),
      })),
    ),
  ),
  raw('thousands of packed files', (size) =>
    makeTar(
      Array.from({ length: 5_000 * size }, (_, at) => ({
        path: `b${at}.xz`,
        body: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]),
      })),
    ),
  ),
  raw('links in place of bundles', (size) =>
    makeTar(
      Array.from({ length: 5_000 * size }, (_, at) => ({
        path: `b${at}.bundle.tar`,
        type: 'symlink',
        linkpath: '/etc/passwd',
      })),
    ),
  ),
  raw('a cut in the middle', () =>
    makeTar([{ path: 'original-chart/Chart.yaml', body: 'name: bad\nversion: 1.0.0\n' }]).subarray(0, 700),
  ),
];
