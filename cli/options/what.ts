// Options that choose charts, images and platforms.
import type { Selection } from '../../core/contract.js';
import { parseChartsFile, parsePlatform } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { readTextFile } from '../text-file.js';
import { badValue, commaListOf, listOf, textOf } from './values.js';

export const whatOptions: OptionGroup = {
  heading: 'cli.group.what',
  options: [
    { flags: '--only <glob>', text: 'cli.opt.only', repeatable: true },
    { flags: '--skip <glob>', text: 'cli.opt.skip', repeatable: true },
    { flags: '--image <glob>', text: 'cli.opt.image', repeatable: true },
    { flags: '--platform <platform>', text: 'cli.opt.platform', repeatable: true },
    { flags: '--charts-file <file>', text: 'cli.opt.charts-file' },
  ],
};

/** The selection for `compare`, where `--image` names one image to show in detail and is not part of the selection. */
export const compareWhatOptions: OptionGroup = {
  ...whatOptions,
  options: whatOptions.options.map((option) =>
    option.flags.startsWith('--image ')
      ? { flags: '--image <reference>', text: 'cli.opt.compare-image' }
      : option,
  ),
};

/** The selection of the command line, completed by that of a configuration file. Undefined: everything. */
export async function readSelection(
  values: OptionValues,
  configured: Selection,
  { signal }: { readonly signal: AbortSignal },
): Promise<Selection | undefined> {
  const file = textOf(values, 'chartsFile');
  const listed = file === undefined ? [] : parseChartsFile(await readTextFile(file, { signal }), file).only;
  const only = [...listOf(values, 'only'), ...listed];
  const selection = {
    only: only.length > 0 ? only : (configured.only ?? []),
    skip: [...(configured.skip ?? []), ...listOf(values, 'skip')],
    images: listOf(values, 'image'),
    platforms: platformsOf(values, 'platform', '--platform'),
  };
  const asked = Object.entries(selection).filter(([, list]) => list.length > 0);
  return asked.length === 0 ? undefined : Object.fromEntries(asked);
}

/** Platforms `os/arch[/variant]`, separated by commas or given one by one. */
export function platformsOf(values: OptionValues, name: string, option: string): readonly string[] {
  const platforms = commaListOf(values, name);
  for (const text of platforms)
    if (parsePlatform(text) === null) badValue(option, text, 'linux/amd64, linux/arm64');
  return platforms;
}
