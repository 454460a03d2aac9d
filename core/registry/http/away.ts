// Which failures of a request may mean that its server is away, and the error for a server that stayed away.
import { AppError } from '../../errors.js';
import type { Away, ServerWatch } from '../../flow/server-watch.js';

const NETWORK = new Set<string>([
  'registry.unreachable',
  'registry.unreachable-dns',
  'registry.unreachable-reset',
  'registry.unreachable-timeout',
]);

/** True for a failure of the network, and for an answer with which a proxy says that the server behind it does not answer. */
export function mayBeAway(error: AppError): boolean {
  return NETWORK.has(error.code) || ('status' in error && Number(error.status) >= 500);
}

/** The error for a server that was waited for in vain. */
export function stayedAway({ away }: ServerWatch): AppError {
  const { reason, host = '', since, until }: Partial<Away> = away ?? {};
  const params = {
    host,
    seconds: Math.round(((until ?? 0) - (since ?? 0)) / 1_000),
    reason: reason instanceof Error ? reason.message : '',
  };
  const origin = reason instanceof AppError ? reason.origin : 'registry';
  return new AppError('registry.stayed-away', { origin, params, retryable: true, cause: reason });
}
