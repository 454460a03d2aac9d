// Ctrl-C and SIGTERM: the first one cancels the command, the second one ends the process at once.
import { EXIT } from './exit-codes.js';

interface SignalSource {
  on(name: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

/** Returns a signal that aborts at the first interrupt; at the second one the process ends. */
export function abortOnSignals(source: SignalSource): AbortSignal {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) source.exit(EXIT.cancelled);
    else controller.abort();
  };
  source.on('SIGINT', interrupt);
  source.on('SIGTERM', interrupt);
  return controller.signal;
}
