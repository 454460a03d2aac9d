// What `import`, `import-addon` and `cluster-create` share: from options to a request, and from the report to the output.
import type { ImportRequest, Plan, Problem, Result } from '../core/contract.js';
import { AppError, NO_TOTALS, toProblem } from '../core/engine.js';
import type { CommandContext, Outcome, OptionGroup, OptionValues } from './command.js';
import { problemText } from './display/text/problem-text.js';
import { exitCodeForReport, type Asked } from './exit-codes.js';
import { credentialOptions } from './options/credentials.js';
import { networkOptions } from './options/network.js';
import { readReportFile, receiptOptions, reportOptions } from './options/output.js';
import { policyOptions, readPolicies } from './options/policies.js';
import { proveOptions } from './options/proof.js';
import { carryOutOptions, readPlan, readRun, runOptions } from './options/run.js';
import { namingOptions, readKeepCharts, targetOptions } from './options/target.js';
import { flagOf } from './options/values.js';
import { readSelection, whatOptions } from './options/what.js';
import type { ReportFile } from './report/report-file.js';
import { reportOutcome } from './report/report-outcome.js';
import { runPlan } from './plan-run.js';
import { nodePlatforms, readTarget } from './target-spec.js';

export const importGroups: readonly OptionGroup[] = [
  targetOptions,
  namingOptions,
  credentialOptions,
  networkOptions,
  whatOptions,
  policyOptions,
  runOptions,
  carryOutOptions,
  reportOptions,
  receiptOptions,
  proveOptions,
];

export interface PreparedImport {
  readonly request: ImportRequest;
  readonly reportFile: ReportFile | undefined;
  /** True for `--dry-run`: only the plan is made. */
  readonly dryRun: boolean;
}

/**
 * Reads every option and every file that they name. `packages` gets the packages that the cluster configuration names and returns
 * those to import. Throws AppErrors of origin `config`.
 */
export async function prepareImport(
  context: CommandContext,
  values: OptionValues,
  packages: (configured: readonly string[]) => readonly string[],
): Promise<PreparedImport> {
  const dryRun = readDryRun(values);
  const policies = readPolicies(values);
  const run = readRun(values);
  const keepCharts = readKeepCharts(values);
  const plan = await readPlan(values, context);
  if (plan) requireNothingBeside(values);
  const reportFile = await readReportFile(values, context);
  const described = await readTarget(values, context);
  const { target, packages: configured, selection: chosen, notes } = described;
  const selection = await readSelection(values, chosen, context);
  for (const note of notes)
    context.display.note(problemText(toProblem(note, context.language), context.language));
  const request: ImportRequest = {
    packages: packages(configured),
    target,
    ...(selection === undefined ? {} : { selection }),
    ...(keepCharts.length === 0 ? {} : { keepCharts }),
    ...(plan ? {} : nodePlatforms(described)),
    ...policies,
    ...run,
    ...(flagOf(values, 'receipt') ? { receipt: true } : {}),
    ...(flagOf(values, 'verify') ? { verify: true } : {}),
    ...(plan ? { plan } : {}),
  };
  return { request, reportFile, dryRun };
}

/** True for `--dry-run`. It cannot be combined with `--report` (there is no run to report) or `--plan` (a plan is carried out). */
function readDryRun(values: OptionValues): boolean {
  if (!flagOf(values, 'dryRun')) return false;
  for (const option of ['plan', 'report']) if (values[option] !== undefined) exclude('--dry-run', option);
  return true;
}

/** Options whose values are part of a plan. */
const DECIDED = [
  'only',
  'skip',
  'image',
  'platform',
  'chartsFile',
  'shard',
  'keepChart',
  'onChange',
  'onChartChange',
  'createProjects',
  'allowMislabelled',
  'acceptUnproven',
  'requirePlatforms',
];

/** Refuses these options beside `--plan`, because they would have no effect. */
function requireNothingBeside(values: OptionValues): void {
  for (const option of DECIDED) if (values[option] !== undefined) exclude('--plan', option);
}

function exclude(option: string, name: string): never {
  const other = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new AppError('cli.options-exclude', { origin: 'config', params: { option, other } });
}

/** Runs the import, or makes its plan. When the report cannot be written to its file, the import still counts as done. */
export async function runImport(
  context: CommandContext,
  { request, reportFile, dryRun }: PreparedImport,
): Promise<Result<Outcome>> {
  if (dryRun) return runPlan(context, request);
  const { display, signal } = context;
  const answer = await context.engine().import(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const report = answer.value;
  const code = exitCodeForReport(report, askedOf(request));
  return { ok: true, value: await reportOutcome(report, code, reportFile, context) };
}

/** What decides the exit code of this import. */
export function askedOf(request: ImportRequest): Asked {
  const policies: Partial<Plan['request']> = request.plan?.request ?? request;
  return {
    stopOnImageConflict: policies.onChange === 'stop',
    stopOnChartConflict: policies.onChartChange === 'stop',
    requirePlatforms: policies.requirePlatforms ?? [],
    verify: request.verify ?? false,
  };
}

/** The value of `import --json` when no run began: the report's schema, empty. */
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
