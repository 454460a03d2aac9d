// `plan`: what an import would do to every tag and chart, and what it needs. Sends nothing.
import type { Problem } from '../../core/contract.js';
import type { Command } from '../command.js';
import { prepareImport } from '../import-run.js';
import { credentialOptions } from '../options/credentials.js';
import { networkOptions } from '../options/network.js';
import { planFileOptions, readPlanFile } from '../options/output.js';
import { policyOptions } from '../options/policies.js';
import { runOptions } from '../options/run.js';
import { namingOptions, targetOptions } from '../options/target.js';
import { whatOptions } from '../options/what.js';
import { runPlan } from '../plan-run.js';

export const planCommand: Command = {
  meta: {
    name: 'plan',
    operand: { name: '<package...>', text: 'cli.operand.packages' },
    summary: 'cli.plan.summary',
    examples: [
      'plan addon-amd64.tar.gz addon-arm64.tar.gz --store ./store',
      'plan addon-arm64.tar.gz --registry https://registry.local --out plan.json',
      'plan addon-amd64.tar.gz -c clusterConfig.yaml --json',
    ],
    groups: [
      targetOptions,
      namingOptions,
      credentialOptions,
      networkOptions,
      whatOptions,
      policyOptions,
      runOptions,
      planFileOptions,
    ],
    failureJson: failedPlanJson,
  },
  async handler(context, operands, values) {
    const file = await readPlanFile(values);
    const { request } = await prepareImport(context, values, () => operands);
    return runPlan(context, request, file);
  },
};

function failedPlanJson(problem: Problem): unknown {
  return {
    schema: 'archbridge.plan/1',
    made: null,
    packages: [],
    target: null,
    images: [],
    charts: [],
    needs: { bytesToSend: 0, bytesPresent: 0, bytesShared: 0, chartBytes: 0, projects: [], space: [] },
    coverage: {},
    weakened: [],
    problems: [problem],
  };
}
