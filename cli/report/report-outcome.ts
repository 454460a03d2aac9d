// From the report of a run to what its command prints, shared by `import`, `undo` and `prune`.
import type { Report } from '../../core/contract.js';
import type { CommandContext, Outcome } from '../command.js';
import { itemComplaints, reportText } from '../display/report-text.js';
import { problemText } from '../display/text/problem-text.js';
import { EXIT } from '../exit-codes.js';
import { problemsOfWriting, type ReportFile } from './report-file.js';

/** @param code of the run itself. Where its report cannot be written to `file`, the run still counts as done, and the code is 6. */
export async function reportOutcome(
  report: Report,
  code: number,
  file: ReportFile | undefined,
  context: CommandContext,
): Promise<Outcome> {
  const unwritten = await problemsOfWriting(file, report, context.language);
  return {
    code: code === EXIT.done && unwritten.length > 0 ? EXIT.partly : code,
    json: report,
    text: () => reportText(report, context, unwritten),
    complaints: () => [
      ...[...report.problems, ...unwritten].map((problem) => problemText(problem, context.language)),
      ...itemComplaints(report, context),
    ],
  };
}
