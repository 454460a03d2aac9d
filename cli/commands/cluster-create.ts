// `cluster-create -j13`: the installer's command, of which only the add-on step is done here.
import { checkInstallerManifest, toProblem } from '../../core/engine.js';
import type { Command, OptionGroup } from '../command.js';
import { problemText } from '../display/problem-text.js';
import { failedReportJson, importGroups, prepareImport, runImport } from '../import-run.js';
import { requireAddonStepOnly } from '../options/steps.js';
import { textOf } from '../options/values.js';
import { readTextFile } from '../text-file.js';
import { requireOption } from './import-addon.js';

const ownOptions: OptionGroup = {
  heading: 'cli.group.installer',
  options: [
    { flags: '-j, --jobs <steps>', text: 'cli.opt.jobs' },
    { flags: '-m, --manifest <file>', text: 'cli.opt.manifest' },
    { flags: '-d, --debug', text: 'cli.opt.debug' },
    { flags: '-p, --offline-path [path]', text: 'cli.opt.no-meaning' },
    { flags: '-z, --minimal', text: 'cli.opt.no-meaning' },
    { flags: '-u, --upgrade', text: 'cli.opt.no-meaning' },
    { flags: '--serial', text: 'cli.opt.no-meaning' },
    { flags: '--multi-arch', text: 'cli.opt.no-meaning' },
  ],
};

const WITHOUT_MEANING: readonly (readonly [name: string, option: string])[] = [
  ['offlinePath', '-p'],
  ['minimal', '-z'],
  ['upgrade', '-u'],
  ['serial', '--serial'],
  ['multiArch', '--multi-arch'],
];

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
    const unused = WITHOUT_MEANING.filter(([name]) => values[name] !== undefined).map(([, option]) => option);
    if (unused.length > 0)
      context.display.note(context.say('cli.note.no-meaning', { options: unused.join(' ') }));
    const prepared = await prepareImport(context, values, (configured) => {
      requireOption(configured[0], `addonPackage.path (${config})`);
      return configured;
    });
    return runImport(context, prepared);
  },
};
