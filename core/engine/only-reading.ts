// How a command connects to a target that it only reads.
import type { CommandOptions } from '../contract.js';
import type { ConnectOptions } from '../target/connect.js';
import type { EngineDeps } from './deps.js';
import { patienceFor } from './patience-for.js';

/** Options for a connection that writes nothing. Its requests are lines of the log. */
export function onlyReading(
  request: { readonly patience?: number },
  deps: EngineDeps,
  options: CommandOptions,
): ConnectOptions {
  return {
    readOnly: true,
    signal: options.signal,
    patience: patienceFor(request, deps, options),
    onRetry: () => undefined,
    onRequest: (line) => deps.log('debug', line),
  };
}
