// `import` with several `--target`: one run for each saved target, from one reading of each package.
import type { ImportRequest, Problem, Report, Result, RunEvent } from '../core/contract.js';
import { AppError } from '../core/engine.js';
import type { CommandContext, Outcome, OptionValues } from './command.js';
import { eventLine } from './display/progress/event-lines.js';
import { itemComplaints, reportText } from './display/report-text.js';
import { problemText } from './display/text/problem-text.js';
import { EXIT, exitCodeForProblem, exitCodeForReport, worstExitCode } from './exit-codes.js';
import { askedOf, failedReportJson, prepareImport } from './import-run.js';
import { listOf } from './options/values.js';
import { problemsOfWriting, type ReportFile } from './report/report-file.js';

export interface PreparedSeveral {
  readonly names: readonly string[];
  readonly requests: readonly ImportRequest[];
  readonly reportFile: ReportFile | undefined;
}

/** The saved targets that the command line names, each once. */
export function namedTargets(values: OptionValues): readonly string[] {
  return [...new Set(listOf(values, 'target'))];
}

/** Options that belong to one target, by their names on the command line. */
const FOR_ONE: Readonly<Record<string, string>> = {
  plan: '--plan',
  dryRun: '--dry-run',
  passwordStdin: '--password-stdin',
};

/** Reads the options once for each target. Throws AppErrors of origin `config`, `cli.options-exclude` for options of one target. */
export async function prepareSeveral(
  context: CommandContext,
  values: OptionValues,
  packages: readonly string[],
): Promise<PreparedSeveral> {
  for (const [name, option] of Object.entries(FOR_ONE)) {
    if (values[name] === undefined) continue;
    const params = { option, other: '--target A --target B' };
    throw new AppError('cli.options-exclude', { origin: 'config', params });
  }
  const names = namedTargets(values);
  const requests: ImportRequest[] = [];
  let reportFile: ReportFile | undefined;
  for (const target of names) {
    const prepared = await prepareImport(context, { ...values, target }, () => packages);
    requests.push(prepared.request);
    reportFile = prepared.reportFile;
  }
  return { names, requests, reportFile };
}

/** Runs the imports. The exit code is the first of theirs in the order that applies to several causes. */
export async function runSeveral(
  context: CommandContext,
  { names, requests, reportFile }: PreparedSeveral,
): Promise<Result<Outcome>> {
  const { display, signal, say, language, style } = context;
  const told = new Map<number, string>();
  const onEvent = (at: number, event: RunEvent): void => {
    const line = eventLine(event, say, language);
    if (line === null || line === told.get(at)) return;
    told.set(at, line);
    display.note(`${names[at] ?? ''}: ${line}`);
  };
  const answer = await context.engine().importSeveral(requests, { signal, onEvent });
  if (!answer.ok) return answer;
  const ended = answer.value.map((one, at) => endedOf(one, requests[at], names[at] ?? ''));
  const reports = ended.flatMap(({ report }) => report ?? []);
  const unwritten = await problemsOfWriting(reportFile, reports, language);
  const code = worstExitCode(ended.map((one) => one.code));
  return {
    ok: true,
    value: {
      code: code === EXIT.done && unwritten.length > 0 ? EXIT.partly : code,
      json: {
        schema: 'archbridge.reports/1',
        reports: ended.map(({ name, json }) => ({ savedTarget: name, report: json })),
      },
      text: () =>
        ended
          .map(({ name, report, problems }) => {
            const text = report
              ? reportText(report, context)
              : `${problems.map((problem) => problemText(problem, language)).join('\n')}\n`;
            return `${style.bold(name)}\n${text}`;
          })
          .join('\n') + unwritten.map((problem) => `${problemText(problem, language)}\n`).join(''),
      complaints: () =>
        ended.flatMap(({ name, report, problems }) => [
          ...problems.map((problem) => `${name}: ${problemText(problem, language)}`),
          ...(report ? itemComplaints(report, context) : []),
        ]),
    },
  };
}

interface Ended {
  readonly name: string;
  readonly code: ReturnType<typeof exitCodeForReport>;
  /** Null when the run did not begin. */
  readonly report: Report | null;
  readonly json: unknown;
  readonly problems: readonly Problem[];
}

function endedOf(answer: Result<Report>, request: ImportRequest | undefined, name: string): Ended {
  if (answer.ok) {
    const report = answer.value;
    const code = exitCodeForReport(report, request ? askedOf(request) : {});
    return { name, code, report, json: report, problems: report.problems };
  }
  const { problem } = answer;
  const code = exitCodeForProblem(problem);
  return { name, code, report: null, json: failedReportJson(problem), problems: [problem] };
}
