// Asks for a password on the terminal, without showing what is typed.
import { AppError } from '../../core/engine.js';
import type { CommandContext } from '../command.js';

export type Asking = Pick<CommandContext, 'say' | 'display' | 'stdin' | 'signal' | 'hideInput'>;

/** The password, '' when the person only pressed Enter. Ctrl-C throws `run.cancelled`. */
export async function askPassword(origin: string, username: string, asking: Asking): Promise<string> {
  const { say, display, stdin, signal, hideInput } = asking;
  display.note(say('cli.targets.ask-password', { origin, username }));
  hideInput(true);
  try {
    let typed = '';
    for await (const chunk of stdin) {
      for (const letter of Buffer.from(chunk).toString('utf8')) {
        if (letter === '\r' || letter === '\n') return typed;
        if (letter === '\u0003' || signal.aborted) throw new AppError('run.cancelled', { origin: 'app' });
        typed = letter === '\u007f' || letter === '\b' ? typed.slice(0, -1) : typed + letter;
      }
    }
    return typed;
  } finally {
    hideInput(false);
  }
}
