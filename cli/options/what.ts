// Options that choose charts, images and platforms.
import type { Selection, Shard } from '../../core/contract.js';
import { AppError, parseChartsFile, parsePlatform } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import type { Environment } from '../io.js';
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
    { flags: '--shard <i/n>', text: 'cli.opt.shard' },
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
  { signal, env }: { readonly signal: AbortSignal; readonly env: Environment },
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
  const shard = readShard(values, env);
  const asked = Object.entries(selection).filter(([, list]) => list.length > 0);
  if (asked.length === 0 && !shard) return undefined;
  return { ...Object.fromEntries(asked), ...(shard ? { shard } : {}) };
}

/** The number of a pod in an Indexed Job of Kubernetes, from 0 on. */
const JOB_INDEX = 'JOB_COMPLETION_INDEX';

/** `I/N` of `--shard`; `auto/N` takes I from the Job that this is a pod of. Undefined without the option. */
function readShard(values: OptionValues, env: Environment): Shard | undefined {
  const text = textOf(values, 'shard');
  if (text === undefined) return undefined;
  const [, part = '', count = ''] = /^(auto|\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const job = env[JOB_INDEX] ?? '';
  if (part === 'auto' && !/^\d{1,5}$/.test(job)) {
    const params = { option: '--shard auto/N', other: JOB_INDEX };
    throw new AppError('cli.option-needs', { origin: 'config', params });
  }
  const index = part === 'auto' ? Number(job) + 1 : Number(part);
  if (index >= 1 && index <= Number(count)) return { index, count: Number(count) };
  return badValue('--shard', part === 'auto' ? `${text} (${JOB_INDEX}=${job})` : text, '1/4, 4/4, auto/4');
}

/** Platforms `os/arch[/variant]`, separated by commas or given one by one. */
export function platformsOf(values: OptionValues, name: string, option: string): readonly string[] {
  const platforms = commaListOf(values, name);
  for (const text of platforms)
    if (parsePlatform(text) === null) badValue(option, text, 'linux/amd64, linux/arm64');
  return platforms;
}
