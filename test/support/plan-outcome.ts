// Compares a plan with the report of the import that followed it, row by row.
import { expect } from 'vitest';
import type { Plan, Report } from '../../core/contract.js';

type Side = Pick<Plan, 'images' | 'charts'> | Pick<Report, 'images' | 'charts'>;

/** A row that the plan foresees as impossible must have failed in the report, for the same reason. */
function becomes({ action, problem }: Side['images'][number] | Side['charts'][number]): string {
  return action === 'failed' || action === 'blocked' ? `nothing: ${problem?.code ?? ''}` : action;
}

function imageRows(side: Side): readonly string[] {
  return side.images
    .map((row) => {
      const { target, platform, digest, config, source, sources, reason, package: from, version } = row;
      const { before, after } = row;
      const facts = { source, sources, config, action: becomes(row), reason, from, version, before, after };
      return `${target} ${platform} ${digest} ${JSON.stringify(facts)}`;
    })
    .sort();
}

function chartRows(side: Side): readonly string[] {
  return side.charts.map((row) => `${row.url} ${row.repo}/${row.name}@${row.version} ${becomes(row)}`).sort();
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
