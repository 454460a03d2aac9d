// `undo`: tags and charts get back what they held before earlier runs.
import type { Result, UndoRequest } from '../../core/contract.js';
import { toProblem } from '../../core/engine.js';
import { confirmed } from '../confirm.js';
import type { Command, CommandContext, OptionGroup, Outcome } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { changesNothing, planComplaints, undoPlanText } from '../display/undo-text.js';
import { EXIT, exitCodeForUndo, exitCodeForUndoPlan } from '../exit-codes.js';
import { failedReportJson } from '../import-run.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { readReportFile, reportOptions } from '../options/output.js';
import { patienceOption, readPatience } from '../options/run.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { flagOf, listOf } from '../options/values.js';
import type { ReportFile } from '../report/report-file.js';
import { reportOutcome } from '../report/report-outcome.js';
import { readTarget } from '../target-spec.js';

const undoOptions: OptionGroup = {
  heading: 'cli.group.undo',
  options: [
    { flags: '--only <glob>', text: 'cli.opt.undo-only', repeatable: true },
    { flags: '--force', text: 'cli.opt.force' },
    { flags: '--dry-run', text: 'cli.opt.undo-dry-run' },
    { flags: '--yes', text: 'cli.opt.yes' },
    patienceOption,
  ],
};

export const undoCommand: Command = {
  meta: {
    name: 'undo',
    operand: { name: '<run...>', text: 'cli.operand.runs' },
    summary: 'cli.undo.summary',
    examples: [
      'undo latest --store ./store',
      'undo latest --registry https://registry.local --charts http://charts.local:8081 --dry-run',
      'undo 20240501T1000 20240502T0930 -c clusterConfig.yaml --only addon/nginx --yes',
    ],
    groups: [undoOptions, targetOptions, namingOptions, credentialOptions, networkOptions, reportOptions],
    failureJson: failedReportJson,
  },
  async handler(context, operands, values) {
    const reportFile = await readReportFile(values, context);
    const { target, notes } = await readTarget(values, context);
    for (const note of notes)
      context.display.note(problemText(toProblem(note, context.language), context.language));
    const only = listOf(values, 'only');
    const patience = readPatience(values);
    const request: UndoRequest = {
      runs: operands,
      target,
      ...(only.length === 0 ? {} : { only }),
      ...(flagOf(values, 'force') ? { force: true } : {}),
      ...(patience === undefined ? {} : { patience }),
    };
    if (flagOf(values, 'dryRun')) return preview(context, request, true);
    if (context.mayAsk && !flagOf(values, 'yes')) {
      // The display is closed before the question, because it draws every second and would overwrite what the person types.
      const shown = await preview(context, request, false);
      if (!shown.ok || shown.value.isNothing) return shown;
      context.display.note(shown.value.text().trimEnd());
      if (!(await confirmed(context))) return { ok: true, value: declined(context, shown.value) };
    }
    return carryOut(context, request, reportFile);
  },
};

type Preview = Outcome & { readonly isNothing: boolean };

async function preview(
  context: CommandContext,
  request: UndoRequest,
  isShown: boolean,
): Promise<Result<Preview>> {
  const { display, signal, language } = context;
  const answer = await context
    .engine()
    .planUndo(request, { signal, ...(isShown ? { onEvent: (event) => display.event(event) } : {}) });
  if (!answer.ok) return answer;
  const plan = answer.value;
  return {
    ok: true,
    value: {
      isNothing: changesNothing(plan),
      code: exitCodeForUndoPlan(plan),
      json: plan,
      text: () => undoPlanText(plan, context),
      complaints: () => planComplaints(plan).map((problem) => problemText(problem, language)),
    },
  };
}

/** The person answered no. Nothing was done, and the exit code is that of a cancelled command. */
function declined({ say }: CommandContext, { json }: Outcome): Outcome {
  return {
    code: EXIT.cancelled,
    json,
    text: () => `${say('cli.undo.declined')}\n`,
    complaints: () => [],
  };
}

/** Runs the undo. When the report cannot be written to its file, the undo still counts as done. */
async function carryOut(
  context: CommandContext,
  request: UndoRequest,
  reportFile: ReportFile | undefined,
): Promise<Result<Outcome>> {
  const { display, signal } = context;
  const answer = await context.engine().undo(request, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const report = answer.value;
  return { ok: true, value: await reportOutcome(report, exitCodeForUndo(report), reportFile, context) };
}
