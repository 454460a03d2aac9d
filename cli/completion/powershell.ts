// The completion script for PowerShell 5 and 7.
// https://learn.microsoft.com/powershell/module/microsoft.powershell.core/register-argumentcompleter
import {
  optionsWithValue,
  type CompletedOption,
  type CompletedProgram,
  type CompletedValue,
} from './completed.js';

/** A script for `archbridge completion powershell | Out-String | Invoke-Expression` in the profile. */
export function powershellScript(program: CompletedProgram): string {
  const { commands, options } = program;
  const general = options.filter(({ value }) => value).flatMap(({ names }) => names);
  const values = [
    ...options.flatMap(({ names, value }) => (value ? [valueEntries([''], names, value)] : [])),
    ...optionsWithValue(program).map(({ commands: of, names, value }) => valueEntries(of, names, value)),
  ];
  return `# archbridge completion powershell
Register-ArgumentCompleter -Native -CommandName archbridge -ScriptBlock {
  param($current, $ast, $position)
  $commands = [ordered]@{
${commands.map(({ name, text }) => `    ${quoted(name)} = ${quoted(text)}`).join('\n')}
  }
  $options = @{
    '' = ${optionTable(options)}
${commands.map(({ name, options: own }) => `    ${quoted(name)} = ${optionTable(own)}`).join('\n')}
  }
  # What stands after an option, or as an operand: words, a path (nothing here, PowerShell proposes files then), or a saved target.
  $values = @{
${values.flat().join('\n')}
${commands.map(({ name, operand }) => `    ${quoted(`${name} `)} = ${valueOf(operand)}`).join('\n')}
  }
  $words = @($ast.CommandElements | Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.ToString() })
  $command = ''
  for ($i = 1; $i -lt $words.Count; $i++) {
    if (@(${general.map(quoted).join(', ')}) -contains $words[$i]) { $i++; continue }
    if ($commands.Contains($words[$i])) { $command = $words[$i]; break }
  }
  $previous = if ($words.Count -gt 1) { $words[-1] } else { '' }
  if ($values.ContainsKey("$command $previous")) { $proposed = $values["$command $previous"] }
  elseif ($current -like '-*') { $proposed = $options[$command] }
  elseif ($command -eq '') { $proposed = $commands }
  else { $proposed = $values["$command "] }
  if ($proposed -is [scriptblock]) { $proposed = & $proposed }
  if ($proposed -is [array] -or $proposed -is [string]) { $proposed | Where-Object { $_ -like "$current*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) } }
  elseif ($proposed) { $proposed.GetEnumerator() | Where-Object { $_.Key -like "$current*" } |
    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterName', $_.Value) } }
}
`;
}

function optionTable(options: readonly CompletedOption[]): string {
  const entries = options.flatMap(({ names, text }) =>
    names.map((name) => `${quoted(name)} = ${quoted(text)}`),
  );
  return `[ordered]@{ ${entries.join('; ')} }`;
}

function valueEntries(
  commands: readonly string[],
  names: readonly string[],
  value: CompletedValue,
): readonly string[] {
  return commands.flatMap((command) =>
    names.map((name) => `    ${quoted(`${command} ${name}`)} = ${valueOf(value)}`),
  );
}

function valueOf(value: CompletedValue): string {
  switch (value.kind) {
    case 'words':
      return `@(${value.words.map(quoted).join(', ')})`;
    case 'target':
      return '{ archbridge completion targets 2>$null }';
    case 'path':
    case 'other':
      return '$null';
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
