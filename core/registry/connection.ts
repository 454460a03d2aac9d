// What every operation on one registry shares: its address, the login, the retries, and the words for a refusal.
import { type AppError, type Origin } from '../errors.js';
import type { AuthorizedTransport } from './login/auth.js';
import { refusalOf, type Refusal } from './http/refusal.js';
import { withRetries, type RetryPolicy } from './http/retry.js';
import type { HttpResponse } from './http/transport-types.js';

export interface Connection {
  readonly base: URL;
  readonly origin: Origin;
  readonly http: AuthorizedTransport;
  readonly retries: RetryPolicy;
}

/** The scope of everything done in one repository; who may only read gets a token for that, silently. */
export function repositoryScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

export function readScope(repository: string): string {
  return `repository:${repository}:pull`;
}

/** `/v2/<repository>/<rest>` on the registry. */
export function apiUrl(connection: Connection, repository: string, rest: string): string {
  return new URL(`/v2/${repository}/${rest}`, connection.base).href;
}

export function refused(connection: Connection, response: HttpResponse, method: string): Promise<Refusal> {
  return refusalOf(response, { method, origin: connection.origin, anonymous: connection.http.anonymous });
}

export function retrying<T>(
  connection: Connection,
  attempt: () => Promise<T>,
  options: { readonly signal: AbortSignal; readonly worthwhile?: (error: AppError) => boolean },
): Promise<T> {
  return withRetries(connection.retries, attempt, options);
}
