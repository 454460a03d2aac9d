// What `import` and its two old forms share: from options to a request, and from the report to what is said about it.
import type { ImportRequest, Problem, Result } from '../core/contract.js';
import { NO_TOTALS, toProblem } from '../core/engine.js';
import type { CommandContext, Outcome, OptionGroup, OptionValues } from './command.js';
import { itemComplaints, reportText } from './display/report-text.js';
import { problemText } from './display/problem-text.js';
import { EXIT, exitCodeForReport, type Asked } from './exit-codes.js';
import { credentialOptions } from './options/credentials.js';
import { networkOptions } from './options/network.js';
import { readReportFile, receiptOptions, reportOptions } from './options/output.js';
import { policyOptions, readPolicies } from './options/policies.js';
import { proveOptions } from './options/proof.js';
import { readRun, runOptions } from './options/run.js';
import { namingOptions, readKeepCharts, targetOptions } from './options/target.js';
import { flagOf } from './options/values.js';
import { readSelection, whatOptions } from './options/what.js';
import { problemsOfWriting, type ReportFile } from './report-file.js';
import { readTarget } from './target-spec.js';

export const importGroups: readonly OptionGroup[] = [
  targetOptions,
  namingOptions,
  credentialOptions,
  networkOptions,
  whatOptions,
  policyOptions,
  runOptions,
  reportOptions,
  receiptOptions,
  proveOptions,
];

export interface PreparedImport {
  readonly request: ImportRequest;
  readonly reportFile: ReportFile | undefined;
}

/**
 * Reads every option and every file that they name. `packages` gets those that the cluster configuration names and answers which
 * ones to import. Throws AppErrors of origin `config`.
 */
export async function prepareImport(
  context: CommandContext,
  values: OptionValues,
  packages: (configured: readonly string[]) => readonly string[],
): Promise<PreparedImport> {
  const policies = readPolicies(values);
  const run = readRun(values);
  const keepCharts = readKeepCharts(values);
  const reportFile = await readReportFile(values, context);
  const { target, packages: configured, selection: chosen, notes } = await readTarget(values, context);
  const selection = await readSelection(values, chosen, context);
  for (const note of notes)
    context.display.note(problemText(toProblem(note, context.language), context.language));
  const request: ImportRequest = {
    packages: packages(configured),
    target,
    ...(selection === undefined ? {} : { selection }),
    ...(keepCharts.length === 0 ? {} : { keepCharts }),
    ...policies,
    ...run,
    ...(flagOf(values, 'receipt') ? { receipt: true } : {}),
    ...(flagOf(values, 'verify') ? { verify: true } : {}),
  };
  return { request, reportFile };
}

/** Runs the import; a report that could not be written to its file takes nothing away from what was imported. */
export async function runImport(
  context: CommandContext,
  { request, reportFile }: PreparedImport,
): Promise<Result<Outcome>> {
  const { display, signal } = context;
  const answer = await context.engine().import(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const report = answer.value;
  const asked: Asked = {
    stopOnImageConflict: request.onChange === 'stop',
    stopOnChartConflict: request.onChartChange === 'stop',
    requirePlatforms: request.requirePlatforms ?? [],
    verify: request.verify ?? false,
  };
  const code = exitCodeForReport(report, asked);
  const unwritten = await problemsOfWriting(reportFile, report, context.language);
  return {
    ok: true,
    value: {
      code: code === EXIT.done && unwritten.length > 0 ? EXIT.partly : code,
      json: report,
      text: () => reportText(report, context, unwritten),
      complaints: () => [
        ...[...report.problems, ...unwritten].map((problem) => problemText(problem, context.language)),
        ...itemComplaints(report, context),
      ],
    },
  };
}

/** `import --json` without a run: the report's schema, empty. */
export function failedReportJson(problem: Problem): unknown {
  return {
    schema: 'archbridge.report/1',
    run: null,
    result: 'failed',
    packages: [],
    target: null,
    images: [],
    charts: [],
    coverage: {},
    totals: NO_TOTALS,
    weakened: [],
    problems: [problem],
  };
}
