// How long a command waits for servers that are away or ask to wait, and how its user is told.
import type { CommandOptions } from '../contract.js';
import { toProblem } from '../errors.js';
import { Patience } from '../flow/patience.js';
import type { EngineDeps } from './deps.js';

const DEFAULT_S = 30 * 60;

/** As long as the request allows. Each wait is an event and a line of the log. */
export function patienceFor(
  { patience = DEFAULT_S }: { readonly patience?: number },
  { log }: EngineDeps,
  { onEvent: emit = () => undefined }: CommandOptions,
): Patience {
  return new Patience(
    patience * 1_000,
    ({ reason, until }) => {
      emit({ type: 'waiting', until: iso(until), problem: toProblem(reason) });
      log('warn', 'server asks to wait', { until: iso(until), reason: reason.message });
    },
    {
      onAway: ({ host, since, until, reason }) => {
        emit({ type: 'away', host, since: iso(since), until: iso(until), problem: toProblem(reason) });
        log('warn', 'server is away', { host, until: iso(until), reason: reason.message });
      },
      onBack: ({ host, since }) => {
        emit({ type: 'back', host, since: iso(since) });
        log('info', 'server is back', { host, since: iso(since) });
      },
    },
  );
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
