// `compare`: which platforms each image has, in packages and in a target, and what an import would change. Sends nothing.
import type { CompareRequest, Coverage, Result } from '../../core/contract.js';
import { coverageHtml, toProblem } from '../../core/engine.js';
import type { Command, CommandContext, Outcome, OptionValues } from '../command.js';
import { coverageComplaints, coverageText } from '../display/coverage-text.js';
import { problemText } from '../display/text/problem-text.js';
import { exitCodeForCoverage } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { comparisonOptions, readHtmlFile } from '../options/output.js';
import { policyOptions, readPolicies } from '../options/policies.js';
import { readRun, runOptions } from '../options/run.js';
import { namesTarget, namingOptions, readKeepCharts, targetOptions } from '../options/target.js';
import { textOf } from '../options/values.js';
import { compareWhatOptions, readSelection } from '../options/what.js';
import { nodePlatforms, readTarget } from '../target-spec.js';
import { writeWholeFile } from '../text-file.js';

export const compareCommand: Command = {
  meta: {
    name: 'compare',
    operand: { name: '<package...>', text: 'cli.operand.packages' },
    summary: 'cli.compare.summary',
    examples: [
      'compare addon-amd64.tar.gz addon-arm64.tar.gz',
      'compare addon-amd64.tar.gz --store ./archbridge-store --require-platforms linux/amd64,linux/arm64',
      'compare addon-amd64.tar.gz -c clusterConfig.yaml --html compare.html',
      'compare addon-amd64.tar.gz --registry https://registry.local --image nginx:1.25',
    ],
    groups: [
      { ...targetOptions, heading: 'cli.group.compare-target' },
      namingOptions,
      credentialOptions,
      networkOptions,
      compareWhatOptions,
      policyOptions,
      runOptions,
      comparisonOptions,
    ],
    failureJson: (problem) => ({
      schema: 'archbridge.coverage/1',
      platforms: [],
      required: [],
      packages: [],
      target: null,
      images: [],
      summary: {},
      detail: null,
      problems: [problem],
    }),
  },
  async handler(context, operands, values) {
    const htmlFile = await readHtmlFile(values);
    const request = await readRequest(context, operands, values);
    const { display, signal } = context;
    const answer = await context
      .engine()
      .compare(request, { signal, onEvent: (event) => display.event(event) });
    if (!answer.ok) return answer;
    const coverage = answer.value;
    if (htmlFile !== undefined) {
      await writeWholeFile(htmlFile, coverageHtml(coverage, context.language), 'cli.comparison-not-written');
      display.note(context.say('cli.compare.written', { file: htmlFile }));
    }
    return outcomeOf(coverage, context);
  },
};

async function readRequest(
  context: CommandContext,
  operands: readonly string[],
  values: OptionValues,
): Promise<CompareRequest> {
  const policies = readPolicies(values);
  const run = readRun(values);
  const keepCharts = readKeepCharts(values);
  const image = textOf(values, 'image');
  const described = namesTarget(values) ? await readTarget(values, context) : null;
  const selection = await readSelection({ ...values, image: undefined }, described?.selection ?? {}, context);
  for (const note of described?.notes ?? [])
    context.display.note(problemText(toProblem(note, context.language), context.language));
  return {
    packages: operands,
    ...(described ? { target: described.target } : {}),
    ...(selection === undefined ? {} : { selection }),
    ...(keepCharts.length === 0 ? {} : { keepCharts }),
    ...(image === undefined ? {} : { image }),
    ...(described ? nodePlatforms(described) : {}),
    ...policies,
    ...run,
  };
}

function outcomeOf(coverage: Coverage, context: CommandContext): Result<Outcome> {
  return {
    ok: true,
    value: {
      code: exitCodeForCoverage(coverage),
      json: coverage,
      text: () => coverageText(coverage, context),
      complaints: () => coverageComplaints(coverage, context),
    },
  };
}
