// `import`: brings packages into a target. A first import, an upgrade and a second architecture are the same operation.
import type { Command } from '../command.js';
import { failedReportJson, importGroups, prepareImport, runImport } from '../import-run.js';

export const importCommand: Command = {
  meta: {
    name: 'import',
    operand: { name: '<package...>', text: 'cli.operand.packages' },
    summary: 'cli.import.summary',
    examples: [
      'import addon-amd64.tar.gz addon-arm64.tar.gz --store ./store',
      'import addon-arm64.tar.gz --registry https://registry.local --charts http://charts.local:8081',
      'import addon-amd64.tar.gz -c clusterConfig.yaml --only addon/nginx --json',
    ],
    groups: importGroups,
    failureJson: failedReportJson,
  },
  async handler(context, operands, values) {
    return runImport(context, await prepareImport(context, values, () => operands));
  },
};
