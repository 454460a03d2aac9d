// `check`: can the target be reached, what is it, and does it accept the credentials. Sends nothing.
import { toProblem } from '../../core/engine.js';
import type { Command } from '../command.js';
import { checkText } from '../display/check-text.js';
import { problemText } from '../display/text/problem-text.js';
import { exitCodeForProblems } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { readTarget } from '../target-spec.js';

export const checkCommand: Command = {
  meta: {
    name: 'check',
    summary: 'cli.check.summary',
    examples: [
      'check --registry https://registry.local --charts http://charts.local:8081',
      'check -c clusterConfig.yaml --json',
    ],
    groups: [targetOptions, namingOptions, credentialOptions, networkOptions],
    failureJson: (problem) => ({
      schema: 'archbridge.check/1',
      ok: false,
      registry: null,
      charts: [],
      problems: [problem],
    }),
  },
  async handler(context, _operands, values) {
    const { target, notes } = await readTarget(values, context);
    for (const note of notes)
      context.display.note(problemText(toProblem(note, context.language), context.language));
    const answer = await context.engine().check(target, { signal: context.signal });
    if (!answer.ok) return answer;
    const found = answer.value;
    return {
      ok: true,
      value: {
        code: exitCodeForProblems(found.problems),
        json: found,
        text: () => checkText(found, context),
        complaints: () => found.problems.map((problem) => problemText(problem, context.language)),
      },
    };
  },
};
