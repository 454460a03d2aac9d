// Ctrl-C, SIGTERM and a terminal that closes: the first one cancels the command, a second Ctrl-C or SIGTERM ends the process at once.
import { EXIT } from './exit-codes.js';

interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM' | 'SIGHUP', listener: () => void): unknown;
  exit(code: number): void;
}

/**
 * Returns a signal that aborts at the first interrupt; at the second one the process ends. SIGHUP, which a terminal sends when it closes,
 * counts only where the command has a terminal: under `nohup`, in a job of a scheduler or after `disown` with its output in files, the
 * command goes on. It never ends the process at once, because shell and kernel both send it.
 */
export function abortOnSignals(source: SignalSource, hasTerminal: boolean): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) source.exit(EXIT.cancelled);
    else controller.abort();
  };
  source.on('SIGINT', interrupt);
  source.on('SIGTERM', interrupt);
  source.on('SIGHUP', () => {
    if (hasTerminal) controller.abort();
  });
  return controller.signal;
}

/** Waits for Ctrl-C: for commands that serve until they are ended. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * Ends the process with `code`. `process.exit` waits for file operations under way, for ever where a drive or pipe does not answer. After a
 * cancellation the process then ends by SIGINT, which shells report as 130 as well.
 */
export function endProcess(code: number): void {
  const isReading = process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq'));
  if (code === EXIT.cancelled && isReading && process.platform !== 'win32') {
    process.removeAllListeners('SIGINT');
    process.kill(process.pid, 'SIGINT');
    return;
  }
  process.exit(code);
}
