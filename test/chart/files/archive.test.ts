// Chart archives: the same files give the same bytes, and hostile archives are refused.
import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { Header, Pax, type HeaderData } from 'tar';
import { describe, expect, it } from 'vitest';
import { packChart, unpackChart } from '../../../core/chart/files/archive.js';
import type { ChartFiles } from '../../../core/chart/types.js';

function entry(fields: HeaderData, body = ''): Buffer {
  const block = Buffer.alloc(512);
  new Header({ type: 'File', mode: 0o644, mtime: new Date(0), size: body.length, ...fields }).encode(block);
  return Buffer.concat([block, Buffer.from(body), Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function archive(...entries: Buffer[]): Buffer {
  return gzipSync(Buffer.concat([...entries, Buffer.alloc(1024)]));
}

function texts(files: ChartFiles): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, bytes.toString()]));
}

describe('packing', () => {
  const files = new Map([
    ['values.yaml', Buffer.from('a: 1\n')],
    ['templates/x.yaml', Buffer.from('x')],
    ['Chart.yaml', Buffer.from('name: c\nversion: 1.0.0\n')],
  ]);

  it('gives these exact bytes under every version of Node', () => {
    const digest = createHash('sha256').update(packChart('c', files)).digest('hex');
    expect(digest).toBe('97204ffd7e0f3313ef79e2031f47c9fa5878b42b61c8b26ed285fa43330d1cea');
  });

  it('does not depend on the order of the files, Chart.yaml comes first', () => {
    const reversed = new Map([...files].reverse());
    expect(packChart('c', reversed).equals(packChart('c', files))).toBe(true);
    expect(gunzipSync(packChart('c', files)).toString('latin1', 0, 12)).toBe('c/Chart.yaml');
    expect([...unpackChart(packChart('c', files)).keys()]).toEqual([
      'Chart.yaml',
      'templates/x.yaml',
      'values.yaml',
    ]);
  });

  it('carries no time, owner or name in gzip and tar', () => {
    const packed = packChart('c', files);
    expect(packed.subarray(4, 8)).toEqual(Buffer.alloc(4));
    expect(packed[3]).toBe(0);
    expect(packed[9]).toBe(3);
    const header = new Header(gunzipSync(packed), 0);
    expect(header).toMatchObject({ mode: 0o644, uid: 0, gid: 0, mtime: new Date('1980-01-01T00:00:00Z') });
  });

  it('is undone by unpacking', () => {
    const segment = fc.stringMatching(/^[A-Za-z0-9_中文 -]{1,40}$/).filter((text) => text.trim() === text);
    const path = fc.array(segment, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('/'));
    const bytes = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(path, bytes), { minLength: 1, selector: ([name]) => name }),
        (list) => {
          const all = new Map(list);
          const packed = packChart('name', all);
          const back = unpackChart(packed);
          expect(new Set(back.keys())).toEqual(new Set(all.keys()));
          for (const [name, content] of all) expect(back.get(name)?.equals(content)).toBe(true);
          expect(packChart('name', back).equals(packed)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('unpacking', () => {
  it('removes the top folder, whatever its name is, and a leading `./`', () => {
    const tgz = archive(
      entry({ path: './c', type: 'Directory' }),
      entry({ path: './c/Chart.yaml' }, 'x'),
      entry({ path: 'c/./a//b' }, 'y'),
    );
    expect(texts(unpackChart(tgz))).toEqual({ 'Chart.yaml': 'x', 'a/b': 'y' });
  });

  it('reads long names', () => {
    const path = `c/${'long-'.repeat(60)}name`;
    const tgz = archive(new Pax({ path }).encode(), entry({ path: 'c/short' }, 'z'));
    expect(texts(unpackChart(tgz))).toEqual({ [path.slice(2)]: 'z' });
  });

  it.each([
    ['chart.archive-unsafe', archive(entry({ path: 'c/../../x' }, 'x'))],
    ['chart.archive-unsafe', archive(entry({ path: 'c\\..\\x' }, 'x'))],
    ['chart.archive-unsafe', archive(entry({ path: '/c/x' }, 'x'))],
    ['chart.archive-unsafe', archive(entry({ path: 'C:/x/y' }, 'x'))],
    ['chart.archive-unsafe', archive(entry({ path: 'Chart.yaml' }, 'x'))],
    ['chart.archive-unsafe', archive(entry({ path: 'c/l', type: 'SymbolicLink', linkpath: '/etc/passwd' }))],
    ['chart.archive-unsafe', archive(entry({ path: 'c/l', type: 'Link', linkpath: 'c/x' }))],
    ['chart.archive-unreadable', Buffer.from('no gzip')],
    ['chart.archive-unreadable', archive()],
    ['chart.archive-unreadable', gzipSync(Buffer.from('no tar'.repeat(200)))],
    ['chart.archive-unreadable', archive(entry({ path: 'c/x' }, 'x')).subarray(0, 40)],
    ['chart.archive-unreadable', gzipSync(entry({ path: 'c/x', size: 5000 }, 'x'))],
    ['chart.too-large', gzipSync(Buffer.alloc(101 * 1024 * 1024))],
  ])('refuses what is not a chart: %s', (code, tgz) => {
    try {
      unpackChart(tgz);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code, origin: 'package' });
    }
  });
});
