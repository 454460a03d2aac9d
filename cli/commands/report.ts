// `report`: shows the reports of earlier runs again, and checks the signature of a report file.
import type { Report, Result } from '../../core/contract.js';
import { AppError, joinReports, toProblem } from '../../core/engine.js';
import type { Command, CommandContext, OptionGroup, Outcome, OptionValues } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { reportText } from '../display/report-text.js';
import { EXIT, exitCodeForProblem } from '../exit-codes.js';
import { failedReportJson } from '../import-run.js';
import { readReportFile, reportOptions } from '../options/output.js';
import { flagOf, textOf } from '../options/values.js';
import { checkReportFile, writeReportFile } from '../report/report-file.js';
import { runsOfShards } from './shard-runs.js';
import { readTextFile } from '../text-file.js';

const checkOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [
    { flags: '--check <file>', text: 'cli.opt.check' },
    { flags: '--key <file>', text: 'cli.opt.key' },
  ],
};

const joinOptions: OptionGroup = {
  heading: 'cli.group.output',
  options: [{ flags: '--join', text: 'cli.opt.join' }],
};

export const reportCommand: Command = {
  meta: {
    name: 'report',
    operand: { name: '[run...]', text: 'cli.operand.runs' },
    summary: 'cli.report.summary',
    examples: [
      'report latest',
      'report latest --report import.html',
      'report --join --report all-shards.html',
      'report 20240501 20240502 --report may.csv --sign-key sign.pem',
      'report --check import.html --key sign.pub.pem',
    ],
    groups: [reportOptions, joinOptions, checkOptions],
    failureJson: failedReportJson,
  },
  async handler(context, operands, values) {
    const checked = textOf(values, 'check');
    if (checked !== undefined) return checkSigned(checked, context, operands, values);
    if (textOf(values, 'key') !== undefined) throw usage('cli.option-needs', '--key', '--check');
    const isJoined = flagOf(values, 'join');
    if (operands.length === 0 && !isJoined) throw missing('run');
    const file = await readReportFile(values, context);
    const reports: Report[] = [];
    for (const operand of operands.length > 0 ? operands : await shardsOf(context)) {
      const answer = await context.engine().report(operand, { signal: context.signal });
      if (!answer.ok) return answer;
      reports.push(answer.value);
    }
    const shown = isJoined ? [joinReports(reports)] : reports;
    if (file !== undefined) await writeReportFile(file, shown, context.language);
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: shown.length === 1 ? shown[0] : shown,
        text: () => shown.map((report) => reportText(report, context)).join('\n'),
        complaints: () => [],
      },
    };
  },
};

/** The runs of the shards of the import that began last. */
async function shardsOf(context: CommandContext): Promise<readonly string[]> {
  const answer = await context.engine().runs({}, { signal: context.signal });
  if (!answer.ok) throw new AppError('cli.shards-missing', { origin: 'config', params: { missing: '-' } });
  return runsOfShards(answer.value);
}

async function checkSigned(
  file: string,
  { say, language, signal }: CommandContext,
  operands: readonly string[],
  values: OptionValues,
): Promise<Result<Outcome>> {
  if (operands.length > 0) throw usage('cli.options-exclude', '--check', 'RUN');
  for (const [name, option] of [['report', '--report'] as const, ['signKey', '--sign-key'] as const])
    if (textOf(values, name) !== undefined) throw usage('cli.options-exclude', '--check', option);
  const keyFile = textOf(values, 'key');
  const key =
    keyFile === undefined ? undefined : { path: keyFile, pem: await readTextFile(keyFile, { signal }) };
  const found = { schema: 'archbridge.signature/1', file, pinned: key !== undefined };
  try {
    const { fingerprint } = await checkReportFile(file, key, { signal });
    const lines = [
      say('cli.signature.right', { file }),
      say('cli.signature.key', { fingerprint }),
      say(key === undefined ? 'cli.signature.compare' : 'cli.signature.pinned'),
    ];
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: { ...found, ok: true, key: fingerprint, problems: [] },
        text: () => `${lines.join('\n')}\n`,
        complaints: () => [],
      },
    };
  } catch (error) {
    const problem = toProblem(error);
    const code = exitCodeForProblem(problem);
    if (code !== EXIT.policy) throw error;
    return {
      ok: true,
      value: {
        code,
        json: { ...found, ok: false, key: null, problems: [problem] },
        text: () => `${problemText(problem, language)}\n`,
        complaints: () => [problemText(problem, language)],
      },
    };
  }
}

function usage(code: 'cli.option-needs' | 'cli.options-exclude', option: string, other: string): AppError {
  return new AppError(code, { origin: 'config', params: { option, other } });
}

function missing(name: string): AppError {
  return new AppError('cli.operand-missing', { origin: 'config', params: { name } });
}
