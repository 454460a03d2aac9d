// Reports of real runs: the result of the proof is in them, every digest is there, and each form can be read back.
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderReport } from '../../core/engine.js';
import type { Report } from '../../core/contract.js';
import { tagsOf } from '../../core/report/tag-facts.js';
import { verdictOf } from '../../core/report/verdict.js';
import { parseCsv } from '../support/csv.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';
import { parseStrictHtml } from '../support/strict-html.js';

let bench: Bench;
const reports: Report[] = [];
beforeAll(async () => {
  bench = await openBench();
  const target = { store: join(bench.directory, 'store') };
  for (const name of ['v0.9.0-amd64', 'v0.9.0-arm64', 'v0.11.0-amd64'] as const)
    reports.push(
      await bench.import({ packages: [packagePath(name)], target, allowMislabelled: true, verify: true }),
    );
}, 60_000);
afterAll(() => bench.close());

describe('the report of an import with --verify', () => {
  it('says that every tag was read back and that no tag lost a platform', () => {
    // two packages leave images that have one platform only
    expect(reports.map((report) => verdictOf(report).key)).toEqual([
      'report.verdict.proven',
      'report.verdict.gaps',
      'report.verdict.gaps',
    ]);
    for (const report of reports) {
      expect(tagsOf(report).filter((tag) => tag.proof === null || tag.lost.length > 0)).toEqual([]);
      expect(report.by).toEqual({ user: userInfo().username, host: hostname(), version: '0.0.0' });
      expect(report.weakened).toEqual(['--allow-mislabelled']);
    }
  });

  it('names the former archive of each chart that was replaced', () => {
    const replaced = reports.flatMap(({ charts }) => charts).filter(({ action }) => action === 'replace');
    expect(replaced.length).toBeGreaterThan(0);
    for (const { before, digest } of replaced) {
      expect(before).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(before).not.toBe(digest);
    }
  });

  it.each(['en', 'zh-CN'] as const)('as HTML holds every digest: %s', (language) => {
    const { text } = parseStrictHtml(renderReport(reports, { format: 'html', language }));
    for (const { images, charts, packages } of reports) {
      for (const { digest, config, after } of images) {
        expect(text).toContain(digest);
        expect(text).toContain(config);
        if (after !== null && after !== 'unreadable') expect(text).toContain(after.digest);
      }
      for (const { before } of charts) if (before !== null) expect(text).toContain(before);
      for (const { sha512 } of packages) expect(text).toContain(sha512 ?? '?');
    }
  });

  it('as CSV has a row for each image and chart, each marked as read back', () => {
    const [heads = [], ...rows] = parseCsv(renderReport(reports, { format: 'csv', language: 'en' }));
    const expected = reports.reduce((sum, { images, charts }) => sum + images.length + charts.length, 0);
    expect(rows).toHaveLength(expected);
    expect(new Set(rows.map((row) => row[heads.indexOf('read_back')]))).toEqual(new Set(['right']));
    expect(
      rows.every(
        (row) => row[0] !== 'image' || /^[0-9a-f]{128}$/.test(row[heads.indexOf('package_sha512')] ?? ''),
      ),
    ).toBe(true);
  });
});
