// Turns commander's errors into AppErrors with words in the reader's language.
import type { CommanderError } from 'commander';
import { AppError, type ErrorCode } from '../core/engine.js';
import type { Command } from './command.js';

const CODES: Readonly<Record<string, ErrorCode>> = {
  'commander.unknownOption': 'cli.unknown-option',
  'commander.unknownCommand': 'cli.unknown-command',
  'commander.missingArgument': 'cli.operand-missing',
  'commander.excessArguments': 'cli.operand-too-many',
  'commander.optionMissingArgument': 'cli.option-without-value',
  'commander.invalidArgument': 'cli.option-without-value',
};

/** The AppError for an error of commander. Commander puts the wrong option or value in quotes in its message. */
export function usageError(error: CommanderError, commands: readonly Command[]): AppError {
  const code = CODES[error.code];
  if (code === undefined) return helpAsked(error, commands);
  const name = /'([^']*)'/.exec(error.message)?.[1] ?? '';
  const near = /\(Did you mean (?:one of )?(.*?)\?\)/.exec(error.message)?.[1];
  // Parameters must have the same names in every language, so commander's English sentence is used for its suggestion only.
  const suggestion = near === undefined ? '' : ` (${near}?)`;
  const params = { name, suggestion, commands: commands.map(({ meta }) => meta.name).join(', ') };
  return new AppError(code, { origin: 'config', params, cause: error });
}

function helpAsked(error: CommanderError, commands: readonly Command[]): AppError {
  const list = commands.map(({ meta }) => meta.name).join(', ');
  if (error.code === 'commander.help') {
    return new AppError('cli.no-command', { origin: 'config', params: { commands: list } });
  }
  return new AppError('cli.wrong-use', { origin: 'config', params: { detail: error.message }, cause: error });
}
