// `import`: brings packages into a target. A first import, an upgrade and a second architecture are the same operation.
import type { Command } from '../command.js';
import { failedReportJson, importGroups, prepareImport, runImport } from '../import-run.js';
import { severalTargetOptions, targetOptions } from '../options/target.js';
import { namedTargets, prepareSeveral, runSeveral } from '../several-run.js';

export const importCommand: Command = {
  meta: {
    name: 'import',
    operand: { name: '<package...>', text: 'cli.operand.packages' },
    summary: 'cli.import.summary',
    examples: [
      'import addon-amd64.tar.gz addon-arm64.tar.gz --store ./store',
      'import addon-arm64.tar.gz --registry https://registry.local --charts http://charts.local:8081',
      'import addon-amd64.tar.gz -c clusterConfig.yaml --only addon/nginx --json',
      'import addon-amd64.tar.gz --target site-1 --target site-2 --report sites.html',
    ],
    groups: importGroups.map((group) => (group === targetOptions ? severalTargetOptions : group)),
    failureJson: failedReportJson,
  },
  async handler(context, operands, values) {
    if (namedTargets(values).length > 1)
      return runSeveral(context, await prepareSeveral(context, values, operands));
    return runImport(context, await prepareImport(context, values, () => operands));
  },
};
