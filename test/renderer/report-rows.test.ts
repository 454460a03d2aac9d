// The report's rows: one for each tag, what is left to do, and the target that undo needs.
import { describe, expect, it } from 'vitest';
import type { Problem, Report, ReportImage } from '../../core/contract.js';
import {
  commonHost,
  incompleteRows,
  isUndone,
  platformsOf,
  reportRows,
  targetOf,
  toDos,
} from '../../renderer/stores/report-rows.js';
import { remember } from '../../renderer/stores/target/target-spec.js';

const problem: Problem = {
  code: 'plan.image-mislabelled',
  params: {},
  message: 'm',
  hint: 'h',
  origin: 'package',
  retryable: false,
};
const tag = (platforms: readonly string[]) => ({ digest: 'sha256:d', mediaType: '', platforms });
const image = (
  target: string,
  platform: string,
  action: ReportImage['action'],
  fields: Partial<ReportImage> = {},
): ReportImage => ({
  source: target,
  sources: [],
  target,
  platform,
  digest: '',
  config: '',
  action,
  reason: '',
  package: '',
  version: '',
  before: null,
  after: null,
  problem: null,
  ...fields,
});
const report = (fields: Partial<Report>): Report => ({
  schema: 'archbridge.report/1',
  run: 'r1',
  kind: 'import',
  undoes: [],
  by: { user: '', host: '', version: '' },
  result: 'done',
  started: '',
  ended: '',
  packages: [],
  target: { kind: 'registry', location: 'https://reg.test', charts: ['oci://reg.test/{repo}'] },
  images: [],
  charts: [],
  coverage: {},
  totals: {
    bytesRead: 0,
    bytesSent: 0,
    chartBytesSent: 0,
    bytesMounted: 0,
    bytesSkipped: 0,
    seconds: 0,
    passes: 0,
    retries: 0,
    peakMemoryBytes: 0,
  },
  weakened: [],
  proof: null,
  receipt: null,
  problems: [],
  ...fields,
});

describe('rows of a report', () => {
  const after = tag(['linux/amd64', 'linux/arm/v7']);
  const made = report({
    images: [
      image('r/a:1', 'linux/amd64', 'add', { before: tag(['linux/arm/v7']), after }),
      image('r/a:1', 'linux/arm64', 'blocked', { after, problem }),
      image('r/b:1', 'linux/amd64', 'skip', { after }),
    ],
  });

  it('hold what was done for each platform, and what the tag kept', () => {
    const [a, b] = reportRows(made);
    expect(a?.cells).toEqual({ 'linux/amd64': 'add', 'linux/arm64': 'blocked', 'linux/arm/v7': 'kept' });
    expect(b?.cells).toEqual({ 'linux/amd64': 'skip', 'linux/arm/v7': 'kept' });
    expect(platformsOf(made)).toEqual(['linux/amd64', 'linux/arm64', 'linux/arm/v7']);
    expect(incompleteRows(made, reportRows(made)).map(({ target }) => target)).toEqual(['r/a:1']);
    expect(toDos(made)).toEqual([{ what: 'r/a:1 linux/arm64', problem, reason: '', lacks: '' }]);
    const conflict = image('r/c:1', 'linux/amd64', 'conflict', { reason: 'older' });
    expect(toDos(report({ images: [conflict] }))).toEqual([
      { what: 'r/c:1 linux/amd64', problem: null, reason: 'older', lacks: '' },
    ]);
  });
});

it('the host that all tags begin with is told once', () => {
  const rows = (...targets: readonly string[]) => targets.map((target) => ({ target }));
  expect(commonHost(rows('r.test:5000/a:1', 'r.test:5000/b/c:1'))).toBe('r.test:5000/');
  expect(commonHost(rows('r.test/a:1', 'other.test/a:1'))).toBe('');
  expect(commonHost(rows('library/a:1', 'library/b:1'))).toBe('');
  expect(commonHost([])).toBe('');
});

describe('the target of a report', () => {
  it('is the remembered one of that location, otherwise built from the report', () => {
    const known = remember({ registry: 'reg.test', charts: [{ url: 'http://charts.test' }] }, 'u');
    expect(targetOf(report({}), [known])).toEqual(known.spec);
    expect(targetOf(report({}), [])).toEqual({
      registry: 'https://reg.test',
      charts: [{ url: 'oci://reg.test/{repo}' }],
    });
    const store = report({ target: { kind: 'folder', location: '/srv/s', charts: ['/srv/s/charts'] } });
    expect(targetOf(store, [known])).toEqual({ store: '/srv/s' });
  });
});

describe('an undone run', () => {
  it('is one that a later run names', () => {
    expect(isUndone('r1', [{ undoes: ['r1'] }, { undoes: [] }])).toBe(true);
    expect(isUndone('r2', [{ undoes: ['r1'] }])).toBe(false);
  });
});
