// The chart folder: helm reads it, cut files count as absent, charts of other programs are kept.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { digestOf } from '../../core/content/digest.js';
import { describe, expect, it } from 'vitest';
import { openFolderCharts } from '../../core/chart-repo/folder.js';
import { parseChartIndex } from '../../core/chart-repo/index-yaml.js';
import { publishedChart } from '../support/chart-archive.js';
import { requireProgram } from '../support/programs.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const run = promisify(execFile);
const indexOf = (dir: string) => parseChartIndex(readFileSync(join(dir, 'index.yaml'), 'utf8'), dir);

describe('a folder of charts', () => {
  it('is made at the first write and holds nothing but the repository afterwards', async () => {
    const dir = join(scratch(), 'a', 'charts');
    const charts = await openFolderCharts(dir, options);
    expect(await charts.getChart('quayside', '10.2.0+738', options)).toBeNull();
    await charts.flush(options);
    expect(existsSync(dir)).toBe(false);
    const chart = publishedChart({ name: 'quayside', version: '10.2.0+738' }, Buffer.from('signed'));
    await charts.putChart(chart, options);
    expect(await charts.getChart('quayside', '10.2.0+738', options)).toEqual(chart);
    await charts.close();
    await charts.close();
    const file = 'quayside-10.2.0+738.tgz';
    expect(readdirSync(dir).sort()).toEqual(['index.yaml', file, `${file}.prov`]);
    expect(indexOf(dir).get('quayside')).toEqual([
      {
        name: 'quayside',
        version: '10.2.0+738',
        created: '1980-01-01T00:00:00Z',
        digest: createHash('sha256').update(chart.archive).digest('hex'),
        urls: [file],
      },
    ]);
  });

  it('replaces a chart, and deletes the signature of the old one', async () => {
    const dir = scratch();
    const charts = await openFolderCharts(dir, options);
    await charts.putChart(publishedChart({ name: 'a', version: '1.0.0' }, Buffer.from('signed')), options);
    await charts.flush(options);
    const other = publishedChart({ name: 'a', version: '1.0.0', files: { 'x.txt': 'x' } });
    await charts.putChart(other, options);
    await charts.close();
    const reader = await openFolderCharts(dir, options);
    expect(await reader.getChart('a', '1.0.0', options)).toEqual(other);
    expect(indexOf(dir).get('a')).toHaveLength(1);
  });

  it('counts a cut file as absent, and replaces it', async () => {
    const dir = scratch();
    const chart = publishedChart({ name: 'a', version: '1.0.0' });
    const charts = await openFolderCharts(dir, options);
    await charts.putChart(chart, options);
    await charts.flush(options);
    truncateSync(join(dir, 'a-1.0.0.tgz'), 60);
    expect(await charts.getChart('a', '1.0.0', options)).toBeNull();
    await charts.putChart(chart, options);
    await charts.close();
    expect(await (await openFolderCharts(dir, options)).getChart('a', '1.0.0', options)).toEqual(chart);
  });

  it('shows a whole chart that somebody put in place of another, and mends its entry', async () => {
    const dir = scratch();
    const charts = await openFolderCharts(dir, options);
    await charts.putChart(publishedChart({ name: 'a', version: '1.0.0' }), options);
    await charts.flush(options);
    const stranger = publishedChart({ name: 'a', version: '1.0.0', files: { 'x.txt': 'x' } });
    writeFileSync(join(dir, 'a-1.0.0.tgz'), stranger.archive);
    expect(await charts.getChart('a', '1.0.0', options)).toEqual(stranger);
    await charts.flush(options);
    await charts.close();
    expect(
      indexOf(dir)
        .get('a')
        ?.map((entry) => entry.digest),
    ).toEqual([digestOf(stranger.archive).slice(7)]);
  });

  it('lists a whole chart that a crash or a person left without an entry', async () => {
    const dir = scratch();
    const chart = publishedChart({ name: 'a', version: '1.0.0' });
    writeFileSync(join(dir, 'a-1.0.0.tgz'), chart.archive);
    const charts = await openFolderCharts(dir, options);
    expect(await charts.getChart('a', '1.0.0', options)).toEqual(chart);
    expect(existsSync(join(dir, 'index.yaml'))).toBe(false);
    await charts.flush(options);
    expect(indexOf(dir).get('a')).toHaveLength(1);
    await charts.close();
  });

  it('keeps entries that other programs add meanwhile', async () => {
    const dir = scratch();
    const charts = await openFolderCharts(dir, options);
    await charts.putChart(publishedChart({ name: 'a', version: '1.0.0' }), options);
    writeFileSync(
      join(dir, 'index.yaml'),
      'apiVersion: v1\nentries:\n  b:\n  - {name: b, version: 1.0.0, urls: [b.tgz]}\n',
    );
    await charts.close();
    expect([...indexOf(dir).keys()]).toEqual(['a', 'b']);
  });

  it('has the charts of all writers in one process', async () => {
    const dir = scratch();
    const write = async (name: string): Promise<void> => {
      const charts = await openFolderCharts(dir, options);
      for (let i = 0; i < 8; i++) {
        await charts.putChart(publishedChart({ name, version: `1.0.${i}` }), options);
        if (i % 3 === 0) await charts.flush(options);
      }
      await charts.close();
    };
    await Promise.all(['a', 'b', 'c'].map(write));
    for (const name of ['a', 'b', 'c']) expect(indexOf(dir).get(name)).toHaveLength(8);
    expect(readdirSync(dir)).toHaveLength(25);
  });

  it.each([
    ['../up', '1.0.0'],
    ['a', '../../1'],
    ['a/b', '1'],
    ['a\\b', '1'],
    ['', '1'],
    ['a', ''],
    ['a', 'x\0'],
    ['a'.repeat(260), '1'],
  ])('refuses the name %j with version %j', async (name, version) => {
    const charts = await openFolderCharts(scratch(), options);
    const code = 'chart-repo.illegal-name';
    await expect(charts.getChart(name, version, options)).rejects.toMatchObject({ code });
    const chart = { name, version, archive: Buffer.alloc(0), provenance: null };
    await expect(charts.putChart(chart, options)).rejects.toMatchObject({ code });
  });

  it('refuses an archive that is another chart', async () => {
    const charts = await openFolderCharts(scratch(), options);
    const { archive } = publishedChart({ name: 'b', version: '2.0.0' });
    const put = charts.putChart({ name: 'a', version: '1.0.0', archive, provenance: null }, options);
    await expect(put).rejects.toMatchObject({
      code: 'chart-repo.not-a-chart',
      params: { detail: 'b 2.0.0' },
    });
  });

  it('is not a file', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(openFolderCharts(file, options)).rejects.toMatchObject({ code: 'disk.not-a-folder' });
  });
});

describe('helm', () => {
  it('reads charts of every kind of version, from the file and through a file server', async () => {
    const dir = scratch();
    const helm = requireProgram('helm');
    const charts = await openFolderCharts(dir, options);
    const versions = ['10.2.0+738', '10.4.1+802', '90', 'v0.14.6', '2.3+1', '1.0.0-rc3'];
    const strange = { appVersion: 1.5, unknown: { to: 'helm' }, annotations: { n: 'yes' } };
    for (const version of versions) {
      await charts.putChart(publishedChart({ name: 'quayside', version, fields: strange }), options);
    }
    await charts.close();
    const show = await run(helm, ['show', 'chart', join(dir, 'quayside-10.4.1+802.tgz')]);
    expect(show.stdout).toContain('version: 10.4.1+802');

    const server = createServer((request, response) => {
      const path = join(dir, decodeURIComponent(request.url ?? ''));
      if (!existsSync(path)) response.writeHead(404).end();
      else response.end(readFileSync(path));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as AddressInfo;
      const home = scratch();
      const env = {
        HOME: home,
        PATH: process.env['PATH'] ?? '',
        HELM_CACHE_HOME: home,
        HELM_CONFIG_HOME: home,
      };
      for (const version of versions) {
        const out = scratch();
        const args = [
          'pull',
          'quayside',
          '--repo',
          `http://127.0.0.1:${port}`,
          '--version',
          version,
          '-d',
          out,
        ];
        await run(helm, args, { env });
        const [file = ''] = readdirSync(out);
        expect(readFileSync(join(out, file))).toEqual(readFileSync(join(dir, `quayside-${version}.tgz`)));
      }
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('makes the same index', async () => {
    const dir = scratch();
    const charts = await openFolderCharts(dir, options);
    const fields = {
      keywords: ['a'],
      maintainers: [{ name: 'x', email: 'x@y' }],
      deprecated: true,
      type: 'application',
    };
    for (const version of ['1.0.0', '1.2.0', '1.10.0']) {
      await charts.putChart(publishedChart({ name: 'a', version, fields }), options);
    }
    await charts.close();
    const ours = readFileSync(join(dir, 'index.yaml'), 'utf8');
    mkdirSync(join(dir, 'helm'));
    await run(requireProgram('helm'), ['repo', 'index', dir]);
    const theirs = readFileSync(join(dir, 'index.yaml'), 'utf8');
    const withoutTimes = (text: string): string => text.replace(/^( *(?:created|generated): ).*$/gm, '$1');
    expect(withoutTimes(ours)).toBe(withoutTimes(theirs));
  });
});
