// The completion script for zsh.
import {
  optionsWithValue,
  type CompletedOption,
  type CompletedProgram,
  type CompletedValue,
} from './completed.js';

/** A script for a folder of `fpath`, as `_archbridge`, or for `source <(archbridge completion zsh)` after `compinit`. */
export function zshScript(program: CompletedProgram): string {
  const { commands, options } = program;
  const general = options.filter(({ value }) => value).flatMap(({ names }) => names);
  return `#compdef archbridge
# archbridge completion zsh
_archbridge() {
  local current=\${words[CURRENT]} previous=\${words[CURRENT-1]} command='' i
  local -a names
  if [[ $current == --*=* ]]; then
    previous=\${current%%=*}
    compset -P '*='
    current=\${current#*=}
  fi
  for ((i = 2; i < CURRENT; i++)); do
    case \${words[i]} in
      (${general.join('|')}) ((i++)) ;;
      (${commands.map(({ name }) => name).join('|')}) command=\${words[i]}; break ;;
    esac
  done
  case "$command $previous" in
${options.flatMap(({ names, value }) => (value ? [branch([''], names, value)] : [])).join('\n')}
${optionsWithValue(program)
  .map(({ commands: of, names, value }) => branch(of, names, value))
  .join('\n')}
  esac
  case $command in
    ('')
      if [[ $current == -* ]]; then
${optionList(options)}
      else
        names=(${commands.map(({ name, text }) => quoted(`${name}:${text}`)).join(' ')})
        _describe command names
      fi ;;
${commands
  .map(
    ({ name, options: own, operand }) => `    (${name})
      if [[ $current == -* ]]; then
${optionList(own)}
      else
        ${valueAction(operand)}
      fi ;;`,
  )
  .join('\n')}
  esac
}
if [[ $funcstack[1] == _archbridge ]]; then _archbridge "$@"; else compdef _archbridge archbridge; fi
`;
}

function optionList(options: readonly CompletedOption[]): string {
  const entries = options.flatMap(({ names, text }) => names.map((name) => quoted(`${name}:${text}`)));
  return `        names=(${entries.join(' ')})\n        _describe option names`;
}

function branch(commands: readonly string[], names: readonly string[], value: CompletedValue): string {
  const patterns = commands.flatMap((command) => names.map((name) => quoted(`${command} ${name}`)));
  return `    (${patterns.join('|')}) ${valueAction(value)}; return ;;`;
}

function valueAction(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return `compadd -- ${value.words.join(' ')}`;
    case 'path':
      return '_files';
    case 'target':
      return 'compadd -- ${(f)"$(archbridge completion targets 2>/dev/null)"}';
    case 'other':
      return ':';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
