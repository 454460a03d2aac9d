// `prune`: superseded versions of charts and the tags that only they name; without --yes only a list.
import type { PruneRequest, Result } from '../../core/contract.js';
import { toProblem } from '../../core/engine.js';
import type { Command, CommandContext, OptionGroup, Outcome } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { prunePlanText, pruneComplaints } from '../display/prune-text.js';
import { exitCodeForPrunePlan, exitCodeForUndo } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { readReportFile, reportOptions } from '../options/output.js';
import { patienceOption, readPatience } from '../options/run.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { countOf, flagOf, given, listOf } from '../options/values.js';
import type { ReportFile } from '../report/report-file.js';
import { reportOutcome } from '../report/report-outcome.js';
import { readTarget } from '../target-spec.js';

const pruneOptions: OptionGroup = {
  heading: 'cli.group.prune',
  options: [
    { flags: '--keep <n>', text: 'cli.opt.keep-versions' },
    { flags: '--skip <glob>', text: 'cli.opt.prune-skip', repeatable: true },
    { flags: '--yes', text: 'cli.opt.prune-yes' },
    patienceOption,
  ],
};

export const pruneCommand: Command = {
  meta: {
    name: 'prune',
    summary: 'cli.prune.summary',
    examples: [
      'prune --store ./archbridge-store',
      'prune --registry https://registry.local --charts http://charts.local:8081 --keep 2',
      'prune --target site-1 --skip addon/cert-manager --yes --report prune.html',
    ],
    groups: [pruneOptions, targetOptions, namingOptions, credentialOptions, networkOptions, reportOptions],
    failureJson: (problem) => ({
      ...{ schema: 'archbridge.prune-plan/1', target: null, keep: null },
      ...{ charts: [], tags: [], problems: [problem] },
    }),
  },
  async handler(context, _operands, values) {
    const reportFile = await readReportFile(values, context);
    const skip = listOf(values, 'skip');
    const options = {
      keep: countOf(values, 'keep', '--keep', 1000),
      skip: skip.length === 0 ? undefined : skip,
      patience: readPatience(values),
    };
    const { target, notes } = await readTarget(values, context);
    for (const note of notes)
      context.display.note(problemText(toProblem(note, context.language), context.language));
    const request = given<PruneRequest>({ target, ...options });
    return flagOf(values, 'yes') ? carryOut(context, request, reportFile) : list(context, request);
  },
};

async function list(context: CommandContext, request: PruneRequest): Promise<Result<Outcome>> {
  const { display, signal, language } = context;
  const answer = await context
    .engine()
    .planPrune(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const plan = answer.value;
  return {
    ok: true,
    value: {
      code: exitCodeForPrunePlan(plan),
      json: plan,
      text: () => prunePlanText(plan, context),
      complaints: () => pruneComplaints(plan).map((problem) => problemText(problem, language)),
    },
  };
}

/** Removes. When the report cannot be written to its file, the prune still counts as done. */
async function carryOut(
  context: CommandContext,
  request: PruneRequest,
  reportFile: ReportFile | undefined,
): Promise<Result<Outcome>> {
  const { display, signal } = context;
  const answer = await context.engine().prune(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const report = answer.value;
  return { ok: true, value: await reportOutcome(report, exitCodeForUndo(report), reportFile, context) };
}
