// `completion`: prints the script with which a shell completes commands, options, their values and the names of saved targets.
import { SavedTargets } from '../../core/engine.js';
import type { Command, CommandContext } from '../command.js';
import { bashScript } from '../completion/bash.js';
import { completedProgram, type CompletedProgram } from '../completion/completed.js';
import { fishScript } from '../completion/fish.js';
import { powershellScript } from '../completion/powershell.js';
import { zshScript } from '../completion/zsh.js';
import { EXIT } from '../exit-codes.js';
import { badValue } from '../options/values.js';

const SCRIPTS: Readonly<Record<string, (program: CompletedProgram) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  powershell: powershellScript,
};
/** What the scripts themselves call to get the names of saved targets, one a line. */
const TARGETS = 'targets';

/** @param commands gives every command, this one included */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    meta: {
      name: 'completion',
      operand: { name: '<shell>', text: 'cli.operand.shell', choices: Object.keys(SCRIPTS) },
      summary: 'cli.completion.summary',
      examples: [
        'completion bash > ~/.local/share/bash-completion/completions/archbridge',
        'completion zsh > "${fpath[1]}/_archbridge"',
        'completion fish > ~/.config/fish/completions/archbridge.fish',
        'completion powershell >> $PROFILE',
      ],
      groups: [],
      failureJson: (problem) => ({ schema: 'archbridge.completion/1', text: null, problems: [problem] }),
    },
    async handler(context, [shell = '']) {
      const script = SCRIPTS[shell];
      if (!script && shell !== TARGETS) badValue('SHELL', shell, Object.keys(SCRIPTS).join(', '));
      const text = script ? script(completedProgram(commands(), context.say)) : await targetNames(context);
      return {
        ok: true,
        value: {
          code: EXIT.done,
          json: { schema: 'archbridge.completion/1', text, problems: [] },
          text: () => text,
          complaints: () => [],
        },
      };
    },
  };
}

/** Names that a shell would have to quote are left out. */
async function targetNames(context: CommandContext): Promise<string> {
  const targets = await new SavedTargets(context.stateDir).list(context);
  return targets
    .map(({ label }) => label)
    .filter((label) => /^[\w.@:/+-]+$/.test(label))
    .map((label) => `${label}\n`)
    .join('');
}
