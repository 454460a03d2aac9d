// `verify`: does the target serve what packages or a run brought? Writes nothing.
import type { VerifyRequest } from '../../core/contract.js';
import { toProblem } from '../../core/engine.js';
import type { Command, CommandContext, OptionValues } from '../command.js';
import { problemText } from '../display/text/problem-text.js';
import { proofComplaints, proofText } from '../display/proof-text.js';
import { exitCodeForProof } from '../exit-codes.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { readProof, readPullAs, verifyOptions } from '../options/proof.js';
import { namingOptions, readKeepCharts, targetOptions } from '../options/target.js';
import { readSelection, whatOptions } from '../options/what.js';
import { nodePlatforms, readTarget } from '../target-spec.js';

export const verifyCommand: Command = {
  meta: {
    name: 'verify',
    operand: { name: '[package...]', text: 'cli.operand.verify' },
    summary: 'cli.verify.summary',
    examples: [
      'verify addon-amd64.tar.gz addon-arm64.tar.gz --registry https://registry.local',
      'verify --run latest -c clusterConfig.yaml --full',
      'verify --run latest --registry https://registry.local --pull-as anonymous',
    ],
    groups: [
      verifyOptions,
      targetOptions,
      namingOptions,
      credentialOptions,
      networkOptions,
      { ...whatOptions, heading: 'cli.group.verify-what' },
    ],
    failureJson: (problem) => ({
      schema: 'archbridge.proof/1',
      ok: false,
      images: [],
      charts: [],
      problems: [problem],
      notes: [],
    }),
  },
  async handler(context, operands, values) {
    const request = await readRequest(context, operands, values);
    const { display, signal } = context;
    const answer = await context
      .engine()
      .verify(request, { signal, onEvent: (event) => display.event(event) });
    if (!answer.ok) return answer;
    const proof = answer.value;
    return {
      ok: true,
      value: {
        code: exitCodeForProof(proof),
        json: proof,
        text: () => proofText(proof, context),
        complaints: () => proofComplaints(proof, context),
      },
    };
  },
};

async function readRequest(
  context: CommandContext,
  operands: readonly string[],
  values: OptionValues,
): Promise<VerifyRequest> {
  const proof = readProof(values);
  const keepCharts = readKeepCharts(values);
  const described = await readTarget(values, context);
  const { target, packages, selection: chosen, notes } = described;
  const selection = await readSelection(values, chosen, context);
  const pullAs = await readPullAs(values, target, context.env, context);
  for (const note of notes)
    context.display.note(problemText(toProblem(note, context.language), context.language));
  // Where nothing else is named, the packages of the cluster configuration are verified.
  const asked = operands.length > 0 || proof.run !== undefined ? operands : packages;
  return {
    ...(asked.length === 0 ? {} : { packages: asked }),
    target,
    ...(selection === undefined ? {} : { selection }),
    ...(keepCharts.length === 0 ? {} : { keepCharts }),
    ...(pullAs === undefined ? {} : { pullAs }),
    ...nodePlatforms(described),
    ...proof,
  };
}
