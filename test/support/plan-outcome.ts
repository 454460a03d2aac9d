// Puts a plan beside the report of the import that followed it, row by row.
import { expect } from 'vitest';
import type { Plan, Report } from '../../core/contract.js';

type Side = Pick<Plan, 'images' | 'charts'> | Pick<Report, 'images' | 'charts'>;

function imageRows(side: Side): readonly string[] {
  return side.images
    .map(({ target, platform, digest, config, source, sources, action, reason, package: from, ...row }) => {
      // what is damaged is known before anything is tried in a plan, and fails when it is tried in an import
      const became = action === 'failed' && row.problem?.origin === 'package' ? 'blocked' : action;
      const { before, after, version } = row;
      const facts = { source, sources, config, became, reason, from, version, before, after };
      return `${target} ${platform} ${digest} ${JSON.stringify(facts)}`;
    })
    .sort();
}

function chartRows(side: Side): readonly string[] {
  return side.charts
    .map(({ url, repo, name, version, action }) => `${url} ${repo}/${name}@${version} ${action}`)
    .sort();
}

/** Row by row, digest by digest, byte by byte. */
export function expectPlanned(plan: Plan, report: Report): void {
  expect(imageRows(report)).toEqual(imageRows(plan));
  expect(chartRows(report)).toEqual(chartRows(plan));
  expect(report.totals.bytesSent).toBe(plan.needs.bytesToSend);
  expect(report.totals.chartBytesSent).toBe(plan.needs.chartBytes);
  expect(
    Object.fromEntries(
      Object.entries(plan.coverage).map(([key, { after, total }]) => [key, { present: after, total }]),
    ),
  ).toEqual(report.coverage);
}
