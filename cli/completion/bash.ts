// The completion script for bash, from version 3.2 (macOS) on.
import { optionsWithValue, type CompletedProgram, type CompletedValue } from './completed.js';

/** A script that is read with `source <(archbridge completion bash)`. */
export function bashScript(program: CompletedProgram): string {
  const { commands, options } = program;
  const valued = optionsWithValue(program);
  const general = options.filter(({ value }) => value).flatMap(({ names }) => names);
  return `# archbridge completion bash; to be read with: source <(archbridge completion bash)
_archbridge() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command='' i
  COMPREPLY=()
  # bash splits --option=value into three words
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "\${COMP_WORDS[i]}" in
      ${general.join('|')}) ((i++)) ;;
      ${commands.map(({ name }) => name).join('|')}) command="\${COMP_WORDS[i]}"; break ;;
    esac
  done
  case "$command $previous" in
${options.flatMap(({ names, value }) => (value ? [branch([''], names, value)] : [])).join('\n')}
${valued.map(({ commands: of, names, value }) => branch(of, names, value)).join('\n')}
  esac
  case "$command" in
    '')
      if [[ $current == -* ]]; then ${wordsOf(options.flatMap(({ names }) => names))}
      else ${wordsOf(commands.map(({ name }) => name))}; fi ;;
${commands
  .map(
    ({ name, options: own, operand }) => `    ${name})
      if [[ $current == -* ]]; then ${wordsOf(own.flatMap(({ names }) => names))}
      else ${valueAction(operand)}; fi ;;`,
  )
  .join('\n')}
  esac
}
# Where nothing is proposed, bash proposes files; what is no path says so with _archbridge_none.
_archbridge_none() { compopt +o default +o bashdefault 2>/dev/null; return 0; }
_archbridge_targets() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(archbridge completion targets 2>/dev/null)" -- "$1"))
}
complete -o bashdefault -o default -F _archbridge archbridge
`;
}

function branch(commands: readonly string[], names: readonly string[], value: CompletedValue): string {
  const patterns = commands.flatMap((command) => names.map((name) => `'${command} ${name}'`));
  return `    ${patterns.join('|')}) ${valueAction(value)}; return ;;`;
}

function valueAction(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return wordsOf(value.words);
    case 'path':
      return ':';
    case 'target':
      return '_archbridge_targets "$current"';
    case 'other':
      return '_archbridge_none';
  }
}

function wordsOf(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current"))`;
}
