// Options of the platform installer that its two commands share; most of them have no meaning for the add-on import.
import type { CommandContext, OptionSpec, OptionValues } from '../command.js';

export const installerOptions: readonly OptionSpec[] = [
  { flags: '-d, --debug', text: 'cli.opt.debug' },
  { flags: '-p, --offline-path [path]', text: 'cli.opt.no-meaning' },
  { flags: '-z, --minimal', text: 'cli.opt.no-meaning' },
  { flags: '-u, --upgrade', text: 'cli.opt.no-meaning' },
  { flags: '--serial', text: 'cli.opt.no-meaning' },
  { flags: '--multi-arch', text: 'cli.opt.no-meaning' },
];

const WITHOUT_MEANING: readonly (readonly [name: string, option: string])[] = [
  ['offlinePath', '-p'],
  ['minimal', '-z'],
  ['upgrade', '-u'],
  ['serial', '--serial'],
  ['multiArch', '--multi-arch'],
];

/** Names those of the given options that have no effect here. */
export function noteUnused(context: CommandContext, values: OptionValues): void {
  const unused = WITHOUT_MEANING.filter(([name]) => values[name] !== undefined).map(([, option]) => option);
  if (unused.length > 0)
    context.display.note(context.say('cli.note.no-meaning', { options: unused.join(' ') }));
}
