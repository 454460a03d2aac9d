// `import-addon`: the installer's command for an import, with the installer's configuration.
import { AppError } from '../../../core/engine.js';
import type { Command, OptionGroup } from '../../command.js';
import { failedReportJson, importGroups, prepareImport, runImport } from '../../import-run.js';
import { installerOptions, noteUnused } from '../../options/installer.js';
import { listOf, textOf } from '../../options/values.js';

const ownOptions: OptionGroup = {
  heading: 'cli.group.installer',
  options: [
    { flags: '--addon-path <package>', text: 'cli.opt.addon-path', repeatable: true },
    ...installerOptions,
  ],
};

export const importAddonCommand: Command = {
  meta: {
    name: 'import-addon',
    summary: 'cli.import-addon.summary',
    examples: [
      'import-addon -c clusterConfig.yaml --addon-path=addon-amd64.tar.gz',
      'import-addon -c clusterConfig.yaml --addon-path=addon-amd64.tar.gz --addon-path=addon-arm64.tar.gz',
    ],
    groups: [ownOptions, ...importGroups],
    failureJson: failedReportJson,
  },
  async handler(context, _operands, values) {
    requireOption(textOf(values, 'config'), '-c');
    noteUnused(context, values);
    const paths = listOf(values, 'addonPath');
    const prepared = await prepareImport(context, values, (configured) => {
      const packages = paths.length > 0 ? paths : configured;
      requireOption(packages[0], '--addon-path');
      return packages;
    });
    return runImport(context, prepared);
  },
};

/** The AppError `cli.option-required` where the option is missing without which the command cannot work. */
export function requireOption(value: string | undefined, option: string): string {
  if (value !== undefined) return value;
  throw new AppError('cli.option-required', { origin: 'config', params: { option } });
}
