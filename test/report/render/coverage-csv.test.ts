// A comparison as CSV can be parsed field by field, and no field is a formula.
import { describe, expect, it } from 'vitest';
import { coverageCsv } from '../../../core/report/render/coverage-csv.js';
import { parseCsv } from '../../support/csv.js';
import { cellOf, coverageOf, rowOf } from '../coverage-values.js';

const [AMD, ARM] = ['linux/amd64', 'linux/arm64'];

describe('a comparison as CSV', () => {
  it('has a row for each image and platform', () => {
    const coverage = coverageOf([
      rowOf('x/a:1', { [AMD]: cellOf('same'), [ARM]: cellOf('add', { bytes: 12, from: 'a,b.tar' }) }),
      rowOf('=x/b:1', { [AMD]: cellOf('conflict', { reason: 'older' }) }),
    ]);
    const [heads = [], ...rows] = parseCsv(coverageCsv(coverage, 'en'));
    const at = (name: string) => heads.indexOf(name);
    expect(
      rows.map((row) =>
        ['source', 'platform', 'state', 'reason', 'from', 'bytes'].map((one) => row[at(one)]),
      ),
    ).toEqual([
      ['x/a:1', AMD, 'same', '', 'target', '0'],
      ['x/a:1', ARM, 'add', '', 'a,b.tar', '12'],
      ["'=x/b:1", AMD, 'conflict', 'older', 'target', '0'],
    ]);
    expect(rows.every((row) => row.length === heads.length)).toBe(true);
  });
});
