// What must hold after a fault: nothing torn, a report that is true, and in the end the same content as without the fault.
import { expect } from 'vitest';
import type { Report } from '../../core/contract.js';
import type { FaultSite, Holdings } from './fault-site.js';

export function expectRecovered(expected: Holdings, outcome: Awaited<ReturnType<FaultSite['meet']>>): void {
  const { met, first, between, last, held } = outcome;
  expect(met).toBeGreaterThan(0);
  if (first) expectTrue(first, between);
  expectTrue(last, held);
  expect(last.result).toBe('done');
  expect(held).toEqual(expected);
}

/** What the report says of each tag and chart is so. */
function expectTrue(report: Report, held: Holdings): void {
  const rows = [...report.images, ...report.charts];
  const problems = [...report.problems, ...rows.flatMap(({ problem }) => problem ?? [])];
  expect(problems.filter(({ code }) => code === 'app.defect')).toEqual([]);
  for (const row of rows) {
    const isFailed = row.action === 'failed' || row.action === 'blocked';
    expect([row, isFailed]).toEqual([row, row.problem !== null]);
  }
  for (const { target, action, after } of report.images) {
    if (action === 'failed' || action === 'blocked') continue;
    const digest = after === null || after === 'unreadable' ? after : after.digest;
    expect([target, held[target.slice(target.indexOf('/') + 1)]?.[0]]).toEqual([target, digest]);
  }
  for (const { repo, name, version, action } of report.charts) {
    if (action !== 'failed' && action !== 'blocked')
      expect(held).toHaveProperty([`${repo}/${name}:${version}`]);
  }
}
