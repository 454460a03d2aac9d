// `runs`: the history of imports on this computer.
import type { Command } from '../command.js';
import { runsText } from '../display/runs-text.js';
import { EXIT } from '../exit-codes.js';

export const runsCommand: Command = {
  meta: {
    name: 'runs',
    summary: 'cli.runs.summary',
    examples: ['runs', 'runs --json'],
    groups: [],
    failureJson: (problem) => ({ schema: 'archbridge.runs/1', runs: [], problems: [problem] }),
  },
  async handler(context) {
    const answer = await context.engine().runs({}, { signal: context.signal });
    if (!answer.ok) return answer;
    const runs = answer.value.toSorted((a, b) =>
      a.started < b.started ? 1 : a.started > b.started ? -1 : 0,
    );
    return {
      ok: true,
      value: {
        code: EXIT.done,
        json: { schema: 'archbridge.runs/1', runs, problems: [] },
        text: () => runsText(runs, context),
        complaints: () => [],
      },
    };
  },
};
