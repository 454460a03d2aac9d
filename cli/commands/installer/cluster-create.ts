// `cluster-create -j13`: the installer's command; Archbridge carries out its add-on step only.
import { checkInstallerManifest, toProblem } from '../../../core/engine.js';
import type { Command, OptionGroup } from '../../command.js';
import { problemText } from '../../display/text/problem-text.js';
import { failedReportJson, importGroups, prepareImport, runImport } from '../../import-run.js';
import { installerOptions, noteUnused } from '../../options/installer.js';
import { requireAddonStepOnly } from '../../options/steps.js';
import { textOf } from '../../options/values.js';
import { readTextFile } from '../../text-file.js';
import { requireOption } from './import-addon.js';

const ownOptions: OptionGroup = {
  heading: 'cli.group.installer',
  options: [
    { flags: '-j, --jobs <steps>', text: 'cli.opt.jobs' },
    { flags: '-m, --manifest <file>', text: 'cli.opt.manifest' },
    ...installerOptions,
  ],
};

export const clusterCreateCommand: Command = {
  meta: {
    name: 'cluster-create',
    summary: 'cli.cluster-create.summary',
    examples: ['cluster-create -c clusterConfig.yaml -m manifest.yaml -j13'],
    groups: [ownOptions, ...importGroups],
    failureJson: failedReportJson,
  },
  async handler(context, _operands, values) {
    requireAddonStepOnly(requireOption(textOf(values, 'jobs'), '-j'));
    const config = requireOption(textOf(values, 'config'), '-c');
    const manifest = requireOption(textOf(values, 'manifest'), '-m');
    for (const note of checkInstallerManifest(await readTextFile(manifest, context), manifest)) {
      context.display.note(problemText(toProblem(note, context.language), context.language));
    }
    noteUnused(context, values);
    const prepared = await prepareImport(context, values, (configured) => {
      requireOption(configured[0], `addonPackage.path (${config})`);
      return configured;
    });
    return runImport(context, prepared);
  },
};
