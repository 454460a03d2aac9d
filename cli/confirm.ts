// Asks a question on the terminal before something is changed.
import type { CommandContext } from './command.js';

type Asking = Pick<CommandContext, 'say' | 'display' | 'stdin' | 'signal'>;

/** True for a yes, in one letter or in full. The end of the input and Ctrl-C count as no. */
export async function confirmed({ say, display, stdin, signal }: Asking): Promise<boolean> {
  display.note(say('cli.undo.ask'));
  let stop!: () => void;
  const stopped = new Promise<string>((resolve) => (stop = () => resolve('')));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const answer = signal.aborted ? '' : await Promise.race([firstLine(stdin), stopped]);
    return /^\s*(?:y|yes|是|是的)\s*$/i.test(answer);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

async function firstLine(stdin: AsyncIterable<Uint8Array | string>): Promise<string> {
  let text = '';
  for await (const chunk of stdin) {
    text += String(Buffer.from(chunk));
    const end = text.indexOf('\n');
    if (end >= 0) return text.slice(0, end);
  }
  return text;
}
