// The table for spreadsheets can be parsed field by field, and no field is a formula.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Report } from '../../../core/contract.js';
import { renderReport } from '../../../core/report/render/render-report.js';
import { chartOf, imageOf, problemOf, reportOf, tagOf } from '../../cli/values.js';
import { parseCsv } from '../../support/csv.js';
import { proofOf, provenChart, provenImage } from '../proofs.js';

function rowsOf(reports: readonly Report[]): readonly Readonly<Record<string, string>>[] {
  const [heads = [], ...records] = parseCsv(renderReport(reports, { format: 'csv', language: 'en' }));
  return records.map((record) => {
    expect(record).toHaveLength(heads.length);
    return Object.fromEntries(record.map((field, at) => [heads[at] ?? '', field]));
  });
}

describe('a report as CSV', () => {
  const image = imageOf({
    action: 'promote',
    before: tagOf(['linux/arm64']),
    after: tagOf(['linux/amd64', 'linux/arm64']),
  });
  const failed = imageOf({
    target: 'q/b:1',
    action: 'failed',
    problem: problemOf('registry'),
    after: 'unreadable',
  });
  const chart = chartOf({
    action: 'replace',
    digest: `sha256:${'11'.repeat(32)}`,
    before: `sha256:${'22'.repeat(32)}`,
  });
  const report = reportOf({ images: [image, failed], charts: [chart] });

  it('has a row for each image and each chart', () => {
    const rows = rowsOf([report]);
    expect(rows.map(({ row, action }) => `${row ?? ''} ${action ?? ''}`)).toEqual([
      'image promote',
      'image failed',
      'chart replace',
    ]);
    expect(rows[0]).toEqual({
      row: 'image',
      run: 'run-1',
      kind: 'import',
      result: 'done',
      started: '2024-05-01T10:00:00.000Z',
      ended: '2024-05-01T10:03:05.000Z',
      user: 'admin',
      computer: 'laptop',
      location: '/srv/store',
      source: image.source,
      target: image.target,
      platform: 'linux/amd64',
      version: 'v0.11.0',
      action: 'promote',
      reason: 'absent',
      digest: image.digest,
      config: image.config,
      before: tagOf([]).digest,
      before_platforms: 'linux/arm64',
      after: tagOf([]).digest,
      after_platforms: 'linux/amd64 linux/arm64',
      read_back: '',
      package: 'addon-amd64.tar.gz',
      package_sha512: '',
      problem_code: '',
      problem: '',
      hint: '',
      os_version: '',
    });
    expect(rows[1]).toMatchObject({
      after: 'unreadable',
      after_platforms: '',
      problem_code: 'registry.something',
      problem: 'registry.something happened',
      hint: 'do something',
    });
    expect(rows[2]).toMatchObject({
      source: 'addon/nginx',
      version: '10.2.0+738',
      digest: chart.digest,
      before: chart.before,
    });
  });

  it('tells what was read back, and the SHA-512 of the package', () => {
    const proof = proofOf({
      ok: false,
      images: [provenImage({}), provenImage({ target: 'q/b:1', ok: false })],
      charts: [provenChart({})],
    });
    const packages = report.packages.map((one) => ({ ...one, sha512: 'ab12' }));
    const rows = rowsOf([{ ...report, proof, packages }]);
    expect(rows.map((row) => row['read_back'])).toEqual(['right', 'wrong', 'right']);
    expect(rows[0]?.['package_sha512']).toBe('ab12');
  });

  it('puts several runs one below the other', () => {
    expect(rowsOf([report, { ...report, run: 'run-2' }]).map(({ run }) => run)).toEqual([
      ...['run-1', 'run-1', 'run-1'],
      ...['run-2', 'run-2', 'run-2'],
    ]);
  });

  it('can be parsed for any name, and no field begins a formula', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\r', '\n', '\t', ' ', 'a', '中', ';'),
        }),
        (source) => {
          const text = renderReport([reportOf({ images: [imageOf({ source })] })], {
            format: 'csv',
            language: 'en',
          });
          const [heads = [], record = []] = parseCsv(text);
          expect(record).toHaveLength(heads.length);
          for (const field of record) expect(field).not.toMatch(/^[=+\-@\t\r]/);
          const field = record[heads.indexOf('source')] ?? '';
          // a carriage return would let a terminal write over the line
          const shown = source.replaceAll('\r', '\ufffd');
          expect(field === shown || field === `'${shown}`).toBe(true);
        },
      ),
    );
  });

  it('begins with a byte order mark in Chinese alone, and is otherwise the same table', () => {
    const [english, chinese] = (['en', 'zh-CN'] as const).map((language) =>
      renderReport([reportOf({ images: [imageOf({})] })], { format: 'csv', language }),
    );
    expect(chinese).toBe(`\ufeff${english ?? ''}`);
  });

  it('has no control characters but line ends inside quotes', () => {
    const text = renderReport([reportOf({ images: [imageOf({ source: 'a\u0000\u001b[2Jb' })] })], {
      format: 'csv',
      language: 'en',
    });
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/);
  });
});
