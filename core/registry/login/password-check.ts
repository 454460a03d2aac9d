// Sends a password to GET /v2/ to find out whether it is accepted, and tells a wrong one from a registry that cannot check any.
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { refusalOf } from '../http/refusal.js';
import type { Transport } from '../http/transport-types.js';
import { greetRegistry } from './greeting.js';

export interface PasswordAnswer {
  readonly kind: 'welcome' | 'token' | 'refused';
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * `welcome`: accepted. `token`: the registry leaves passwords to its token service. `refused`: not accepted. Harbor answers the same 401
 * while its database is away; its API then answers 500 to everybody, and `registry.login-unavailable` is thrown, which a later attempt may cure.
 */
export async function checkPassword(
  transport: Transport,
  base: URL,
  authorization: string,
  { isHarbor, signal }: { readonly isHarbor: boolean } & Cancellable,
): Promise<PasswordAnswer> {
  const { welcome, challenges, headers } = await greetRegistry(transport, base, authorization, { signal });
  if (welcome) return { kind: 'welcome', headers };
  if (challenges.some(({ scheme }) => scheme === 'bearer')) return { kind: 'token', headers };
  if (isHarbor) await requireDatabase(transport, base, { signal });
  return { kind: 'refused', headers };
}

/** The list of public projects comes from the data base, and asking for it is no further attempt with the password. */
async function requireDatabase(transport: Transport, base: URL, { signal }: Cancellable): Promise<void> {
  const url = new URL('/api/v2.0/projects?page_size=1', base).href;
  const response = await transport.send({ method: 'GET', url, signal });
  if (response.status < 500) return response.discard();
  const { origin } = transport;
  const cause = await refusalOf(response, { method: 'GET', origin, anonymous: false });
  const params = { host: base.host, reason: String(cause.params['reason']) };
  throw new AppError('registry.login-unavailable', { origin, params, retryable: true, cause });
}
