// `report`: what earlier runs did, again.
import type { Report } from '../../core/contract.js';
import type { Command } from '../command.js';
import { reportText } from '../display/report-text.js';
import { EXIT } from '../exit-codes.js';
import { failedReportJson } from '../import-run.js';
import { readReportFile, reportOptions } from '../options/output.js';
import { writeJsonFile } from '../text-file.js';

export const reportCommand: Command = {
  meta: {
    name: 'report',
    operand: { name: '<run...>', text: 'cli.operand.runs' },
    summary: 'cli.report.summary',
    examples: ['report latest', 'report latest --report import.json'],
    groups: [reportOptions],
    failureJson: failedReportJson,
  },
  async handler(context, operands, values) {
    const file = await readReportFile(values);
    const reports: Report[] = [];
    for (const operand of operands) {
      const answer = await context.engine().report(operand, { signal: context.signal });
      if (!answer.ok) return answer;
      reports.push(answer.value);
    }
    const json = reports.length === 1 ? reports[0] : reports;
    if (file !== undefined) await writeJsonFile(file, json);
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json,
        text: () => reports.map((report) => reportText(report, context)).join('\n'),
        complaints: () => [],
      },
    };
  },
};
