// Tells failures that end a run from failures of one blob, image, tag or chart.
import { AppError, isAbort } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';

const ENDS_THE_RUN = new Set<string>([
  'disk.dangling-link',
  'disk.failed',
  'disk.no-space',
  'disk.not-writable',
  'folder.locked',
  'registry.account-refused',
  'registry.asks-to-wait',
  'registry.credentials-refused',
  'registry.host-not-allowed',
  'registry.login-unavailable',
  'registry.no-space',
  'registry.read-only',
  'registry.stayed-away',
  'registry.tls-client-certificate',
  'registry.tls-expired',
  'registry.tls-not-yet-valid',
  'registry.tls-self-signed',
  'registry.tls-unknown-authority',
  'registry.tls-wrong-host',
  'registry.token-service-failed',
  'registry.unreachable-tls',
]);

/** True for a failure of the whole target or of this computer: every later request would fail the same way. */
export function endsRun(error: unknown): boolean {
  return error instanceof AppError && ENDS_THE_RUN.has(error.code);
}

/**
 * True for a failure of one blob, image, tag or chart: the caller records it there and goes on. False for a cancellation, for a
 * failure that ends the run and for a defect: the caller throws these on.
 */
export function concernsOneItem(error: unknown, { signal }: Cancellable): error is AppError {
  return error instanceof AppError && !isAbort(error, signal) && !endsRun(error);
}
