// `runs`: the history of imports and undos, on this computer and, with a target, in its receipts.
import type { Problem, Result, RunsRequest } from '../../core/contract.js';
import { SavedTargets, toProblem } from '../../core/engine.js';
import type { Command, CommandContext, OptionGroup, Outcome } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { itemComplaints, reportText } from '../display/report-text.js';
import { runsText } from '../display/runs-text.js';
import { EXIT, exitCodeForReport, exitCodeForUndo } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { namesTarget, namingOptions, targetOptions } from '../options/target.js';
import { given, textOf } from '../options/values.js';
import { readTarget } from '../target-spec.js';

const historyOptions: OptionGroup = {
  heading: 'cli.group.history',
  options: [
    { flags: '--since <date>', text: 'cli.opt.since' },
    { flags: '--target <name>', text: 'cli.opt.location' },
    { flags: '--follow <run>', text: 'cli.opt.follow' },
  ],
};

/** `--target` chooses among the runs here. */
const receiptOptions: OptionGroup = {
  heading: 'cli.group.receipts',
  options: targetOptions.options.filter(({ text }) => text !== 'cli.opt.target'),
};

/** Shows a run until it has ended. */
async function follow(context: CommandContext, run: string): Promise<Result<Outcome>> {
  const { display, signal } = context;
  const answer = await context.engine().follow(run, { signal, onEvent: (event) => display.event(event) });
  if (!answer.ok) return answer;
  const report = answer.value;
  return {
    ok: true,
    value: {
      code: report.kind === 'import' ? exitCodeForReport(report) : exitCodeForUndo(report),
      json: report,
      text: () => reportText(report, context),
      complaints: () => [
        ...report.problems.map((problem) => problemText(problem, context.language)),
        ...itemComplaints(report, context),
      ],
    },
  };
}

/** Where the images of a saved target go; else the text itself, a part of a location. */
async function locationOf(name: string, context: CommandContext): Promise<string> {
  const targets = await new SavedTargets(context.stateDir).list(context);
  const spec = targets.find(({ label }) => label === name)?.spec;
  return spec?.registry ?? spec?.store ?? name;
}

export const runsCommand: Command = {
  meta: {
    name: 'runs',
    summary: 'cli.runs.summary',
    examples: [
      'runs',
      'runs --since 2024-05-01 --target registry.local --json',
      'runs --registry https://registry.local',
      'runs --follow latest',
    ],
    groups: [historyOptions, receiptOptions, namingOptions, credentialOptions, networkOptions],
    failureJson: (problem) => ({ schema: 'archbridge.runs/1', runs: [], problems: [problem] }),
  },
  async handler(context, _operands, values) {
    const followed = textOf(values, 'follow');
    if (followed !== undefined) return follow(context, followed);
    // The history is on this computer: a target's name only chooses among the runs, and its registry is not asked for receipts.
    const named = textOf(values, 'target');
    const place = { ...values, target: undefined };
    const described = namesTarget(place) ? await readTarget(place, context) : null;
    const notes = (described?.notes ?? []).map((note) => toProblem(note, context.language));
    for (const note of notes) context.display.note(problemText(note, context.language));
    const request = given<RunsRequest>({
      target: described?.target,
      since: textOf(values, 'since'),
      location: named === undefined ? undefined : await locationOf(named, context),
    });
    const problems: Problem[] = [];
    const answer = await context.engine().runs(request, {
      signal: context.signal,
      onEvent: (event) => {
        context.display.event(event);
        if (event.type === 'problem') problems.push(event.problem);
      },
    });
    if (!answer.ok) return answer;
    const runs = answer.value.toSorted((a, b) =>
      a.started < b.started ? 1 : a.started > b.started ? -1 : 0,
    );
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: { schema: 'archbridge.runs/1', runs, problems },
        text: () => runsText(runs, context),
        complaints: () => problems.map((problem) => problemText(problem, context.language)),
      },
    };
  },
};
