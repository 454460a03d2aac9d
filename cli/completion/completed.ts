// What shells complete: the commands with their options and values, read from the same descriptions as the help.
import { LANGUAGES } from '../../core/engine.js';
import type { Command, CommandMeta, OptionSpec, Say } from '../command.js';
import { generalOptions } from '../options/output.js';

/** What stands after an option or as an operand: fixed words, a path, the name of a saved target, or something else. */
export type CompletedValue =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'path' | 'target' | 'other' };

export interface CompletedOption {
  /** `-c`, `--config`. */
  readonly names: readonly string[];
  readonly text: string;
  /** Null for a switch. */
  readonly value: CompletedValue | null;
}

export interface CompletedCommand {
  readonly name: string;
  readonly text: string;
  /** Its own options and those that every command has. */
  readonly options: readonly CompletedOption[];
  readonly operand: CompletedValue;
}

export interface CompletedProgram {
  readonly commands: readonly CompletedCommand[];
  /** Options before the command. */
  readonly options: readonly CompletedOption[];
}

/** The whole command line, for the scripts of each shell. */
export function completedProgram(commands: readonly Command[], say: Say): CompletedProgram {
  const help = { names: ['-h', '--help'], text: say('cli.opt.help'), value: null };
  const general = [...generalOptions.options.map((spec) => optionOf(spec, say)), help];
  const described = commands.map(({ meta }): CompletedCommand => ({
    name: meta.name,
    text: say(meta.summary),
    options: [
      ...meta.groups.flatMap(({ options }) =>
        options.filter((spec) => !spec.hidden).map((spec) => optionOf(spec, say)),
      ),
      ...general,
    ],
    operand: operandOf(meta),
  }));
  const words = described.map(({ name }) => name);
  const helpCommand: CompletedCommand = {
    name: 'help',
    text: say('cli.help.command'),
    options: [],
    operand: { kind: 'words', words },
  };
  const version = { names: ['-V', '--version'], text: say('cli.opt.version'), value: null };
  return { commands: [...described, helpCommand], options: [...general, version] };
}

function optionOf({ flags, text, choices }: OptionSpec, say: Say): CompletedOption {
  const [names = '', value] = flags.split(/ (?=[<[])/);
  return {
    names: names.split(', '),
    text: say(text),
    value: value === undefined ? null : choices ? { kind: 'words', words: choices } : valueOf(names, value),
  };
}

function valueOf(names: string, value: string): CompletedValue {
  if (names === '--lang') return { kind: 'words', words: LANGUAGES };
  if (names === '--target') return { kind: 'target' };
  return { kind: /file|dir|path|package/.test(value) ? 'path' : 'other' };
}

function operandOf({ operand }: CommandMeta): CompletedValue {
  if (!operand) return { kind: 'other' };
  if (operand.choices) return { kind: 'words', words: operand.choices };
  return { kind: /package|store/.test(operand.name) ? 'path' : 'other' };
}

/** Every option of the program once for each set of values, with the commands that have it; for scripts that ask for one option. */
export interface OptionOfCommands {
  readonly names: readonly string[];
  readonly value: CompletedValue;
  readonly commands: readonly string[];
}

/** The options that take a value. Options of one name with the same values are put together. */
export function optionsWithValue({ commands }: CompletedProgram): readonly OptionOfCommands[] {
  const found = new Map<string, { names: readonly string[]; value: CompletedValue; commands: string[] }>();
  for (const { name, options } of commands) {
    for (const { names, value } of options) {
      if (!value) continue;
      const key = JSON.stringify([names, value]);
      const known = found.get(key);
      if (known) known.commands.push(name);
      else found.set(key, { names, value, commands: [name] });
    }
  }
  return [...found.values()];
}
