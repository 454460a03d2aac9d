// The completion script for fish.
import type { CompletedOption, CompletedProgram, CompletedValue } from './completed.js';

/** A script for `~/.config/fish/completions/archbridge.fish`. */
export function fishScript({ commands, options }: CompletedProgram): string {
  const names = commands.map(({ name }) => name).join(' ');
  const none = `not __fish_seen_subcommand_from ${names}`;
  const lines = [
    '# archbridge completion fish',
    'complete -c archbridge -f',
    ...options.map((option) => optionLine(none, option)),
    ...commands.map(
      ({ name, text }) => `complete -c archbridge -n ${quoted(none)} -a ${name} -d ${quoted(text)}`,
    ),
    ...commands.flatMap(({ name, options: own, operand }) => {
      const seen = `__fish_seen_subcommand_from ${name}`;
      const operands = valueFlags(operand);
      return [
        ...own.map((option) => optionLine(seen, option)),
        ...(operands === '' ? [] : [`complete -c archbridge -n ${quoted(seen)} ${operands}`]),
      ];
    }),
  ];
  return `${lines.join('\n')}\n`;
}

function optionLine(condition: string, { names, text, value }: CompletedOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const taken = value ? ` -r ${valueFlags(value)}` : '';
  return `complete -c archbridge -n ${quoted(condition)} ${flags.join(' ')}${taken} -d ${quoted(text)}`;
}

function valueFlags(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return `-f -a ${quoted(value.words.join(' '))}`;
    case 'path':
      return '-F';
    case 'target':
      return "-f -a '(archbridge completion targets 2>/dev/null)'";
    case 'other':
      return '';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
