// Describes the commands to commander, which parses the arguments and prints help; nothing is carried out here.
import { Command as Program, CommanderError, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../core/engine.js';
import type { Command, OptionGroup, OptionValues, Say } from './command.js';
import { widthOf } from './display/text/width.js';
import { generalOptions } from './options/output.js';
import { usageError } from './usage-error.js';

/** What a command line asks for. */
export type Invocation =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly command: Command;
      readonly operands: readonly string[];
      readonly values: OptionValues;
    };

export interface ProgramSettings {
  readonly version: string;
  readonly say: Say;
  /** Columns of the terminal, for help texts. */
  readonly columns: number;
}

const TEXT_ASKED = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version']);

/** Parses the arguments after the program's name. Wrong use throws an AppError `cli.*` of origin `config`. */
export function parseArguments(
  argv: readonly string[],
  commands: readonly Command[],
  settings: ProgramSettings,
): Invocation {
  const chosen: Invocation[] = [];
  let written = '';
  const program = newProgram(settings, (text) => {
    written += text;
  });
  for (const command of commands) {
    addCommand(program, command, settings.say, (operands, values) => {
      chosen.push({ kind: 'command', command, operands, values });
    });
  }
  try {
    program.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (TEXT_ASKED.has(error.code) && written !== '') {
      return { kind: 'text', text: written };
    }
    throw usageError(error, commands);
  }
  const [invocation] = chosen;
  if (invocation !== undefined) return invocation;
  throw new AppError('cli.no-command', { origin: 'config', params: { commands: namesOf(commands) } });
}

function newProgram({ version, say, columns }: ProgramSettings, write: (text: string) => void): Program {
  const titles = new Map([
    ['Usage:', say('cli.help.usage')],
    ['Arguments:', say('cli.help.arguments')],
    ['Options:', say('cli.help.options')],
    ['Commands:', say('cli.help.commands')],
    ['Global Options:', say('cli.group.general')],
  ]);
  const program = new Program('archbridge')
    .description(say('app.tagline'))
    .exitOverride()
    .configureOutput({ writeOut: write, writeErr: () => {}, getOutHelpWidth: () => columns })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => titles.get(title) ?? title,
      displayWidth: widthOf,
      // Without the `[options]` that commander adds in English.
      subcommandTerm: (sub) =>
        [
          sub.name(),
          ...sub.registeredArguments.map((argument) => {
            const shown = `${argument.name()}${argument.variadic ? '...' : ''}`;
            return argument.required ? `<${shown}>` : `[${shown}]`;
          }),
        ].join(' '),
    })
    .usage(say('cli.help.program-usage'))
    .version(version, '-V, --version', say('cli.opt.version'))
    .helpOption('-h, --help', say('cli.opt.help'))
    .helpCommand('help [command]', say('cli.help.command'));
  addOptions(program, generalOptions, say);
  return program;
}

function addCommand(
  program: Program,
  { meta }: Command,
  say: Say,
  choose: (operands: readonly string[], values: OptionValues) => void,
): void {
  const examples = meta.examples.map((example) => `  archbridge ${example}`).join('\n');
  const sub = program
    .command(meta.name)
    .summary(say(meta.summary))
    .description(say(meta.summary))
    .helpOption('-h, --help', say('cli.opt.help'))
    .usage(`${meta.operand === undefined ? '' : `${meta.operand.name} `}[${say('cli.help.options-place')}]`)
    .addHelpText('after', `\n${say('cli.help.examples')}\n${examples}`)
    .allowExcessArguments(false);
  if (meta.operand !== undefined) sub.argument(meta.operand.name, say(meta.operand.text));
  for (const group of meta.groups) addOptions(sub, group, say);
  sub.action(() => {
    // An empty operand is most likely an unset variable in a script. As a path it would mean the current folder, as a run any run.
    if (sub.args.includes('')) {
      const name = sub.registeredArguments[0]?.name() ?? '';
      throw new AppError('cli.operand-missing', { origin: 'config', params: { name } });
    }
    choose(sub.args, sub.optsWithGlobals());
  });
}

function addOptions(program: Program, group: OptionGroup, say: Say): void {
  for (const spec of group.options) {
    const option = new Option(spec.flags, say(spec.text));
    if (spec.repeatable) option.argParser(collect);
    // An empty value is most likely an unset variable in a script.
    else if (option.required) option.argParser(nonEmpty);
    if (spec.hidden) option.hideHelp();
    program.addOption(group === generalOptions ? option : option.helpGroup(say(group.heading)));
  }
}

function collect(value: string, previous: unknown): readonly string[] {
  const before: readonly unknown[] = Array.isArray(previous) ? previous : [];
  return [...before.filter((item) => typeof item === 'string'), nonEmpty(value)];
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('');
  return value;
}

function namesOf(commands: readonly Command[]): string {
  return commands.map(({ meta }) => meta.name).join(', ');
}
