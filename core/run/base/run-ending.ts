// Failures that every further step would meet as well: going on would be for nothing.
import { AppError } from '../../errors.js';

const ENDS_THE_RUN = new Set<string>([
  'disk.failed',
  'disk.no-space',
  'disk.not-writable',
  'folder.locked',
  'registry.credentials-refused',
  'registry.host-not-allowed',
  'registry.no-space',
  'registry.read-only',
  'registry.tls-client-certificate',
  'registry.tls-expired',
  'registry.tls-not-yet-valid',
  'registry.tls-self-signed',
  'registry.tls-unknown-authority',
  'registry.tls-wrong-host',
  'registry.unreachable',
  'registry.unreachable-dns',
  'registry.unreachable-timeout',
  'registry.unreachable-tls',
]);

/** True for a failure of the whole target or computer; others concern one blob, image or chart. */
export function endsRun(error: unknown): boolean {
  return error instanceof AppError && ENDS_THE_RUN.has(error.code);
}
