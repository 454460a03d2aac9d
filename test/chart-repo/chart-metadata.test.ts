// Reading Chart.yaml from complete and damaged archives.
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readChartArchive } from '../../core/chart-repo/chart-metadata.js';
import { chartArchive, tarOf } from '../support/chart-archive.js';

const options = { signal: new AbortController().signal };

describe('readChartArchive', () => {
  it('gives name, version and all fields', async () => {
    const archive = chartArchive({
      name: 'quayside',
      version: '10.2.0+738',
      fields: { appVersion: '1.10', custom: [1] },
    });
    const read = await readChartArchive(archive, options);
    expect(read).toMatchObject({
      ok: true,
      metadata: {
        name: 'quayside',
        version: '10.2.0+738',
        fields: { apiVersion: 'v2', appVersion: '1.10', custom: [1] },
        created: '1980-01-01T00:00:00Z',
      },
    });
  });

  it('takes its time from the archive', async () => {
    const archive = chartArchive({ name: 'a', version: '1.0.0', time: new Date('2023-07-02T08:00:00Z') });
    const read = await readChartArchive(archive, options);
    expect(read.ok && read.metadata.created).toBe('2023-07-02T08:00:00Z');
  });

  it('reads a version that is a number, and a BOM', async () => {
    const tar = tarOf([['pilotboat/Chart.yaml', Buffer.from('\uFEFFname: pilotboat\nversion: 90\n')]]);
    expect(await readChartArchive(gzipSync(tar), options)).toMatchObject({
      ok: true,
      metadata: { version: '90' },
    });
  });

  it('does not take a subchart for the chart', async () => {
    const tar = tarOf([['a/charts/b/Chart.yaml', Buffer.from('name: b\nversion: 1.0.0\n')]]);
    expect(await readChartArchive(gzipSync(tar), options)).toEqual({ ok: false, reason: 'no Chart.yaml' });
  });

  it('refuses every cut of an archive, and every flipped bit that changes its content', async () => {
    const archive = chartArchive({ name: 'a', version: '1.0.0', files: { 'big.txt': 'xyz'.repeat(300) } });
    for (let length = 0; length < archive.length; length += 7) {
      expect((await readChartArchive(archive.subarray(0, length), options)).ok).toBe(false);
    }
    // The first ten bytes are the gzip header, of which only magic and method matter.
    for (let at = 12; at < archive.length; at += 11) {
      const flipped = Buffer.from(archive);
      flipped[at] = (flipped[at] ?? 0) ^ 4;
      expect((await readChartArchive(flipped, options)).ok).toBe(false);
    }
  });

  it('refuses a tar that is cut inside a whole gzip', async () => {
    const tar = tarOf([
      ['a/Chart.yaml', Buffer.from('name: a\nversion: 1.0.0\n')],
      ['a/values.yaml', Buffer.alloc(2000, 'x')],
    ]);
    expect((await readChartArchive(gzipSync(tar.subarray(0, 2000)), options)).ok).toBe(false);
  });

  it.each(['', 'just text', '[]', 'name: a', 'name: a\nversion: ""', 'name: {}\nversion: 1.0.0', 'a: [b'])(
    'refuses a Chart.yaml of %j',
    async (text) => {
      const archive = gzipSync(tarOf([['a/Chart.yaml', Buffer.from(text)]]));
      expect((await readChartArchive(archive, options)).ok).toBe(false);
    },
  );
});
