// What every operation on one registry shares: its address, the login, the retries, and how a refusal becomes an error.
import { AppError, type Origin } from '../errors.js';
import type { Cancellable, Resting } from '../ports/cancellable.js';
import type { AuthorizedTransport } from './login/auth.js';
import { refusalOf, type Refusal } from './http/refusal.js';
import { withRetries, type RetryPolicy } from './http/retry.js';
import type { HttpResponse } from './http/transport-types.js';

export interface Connection {
  readonly base: URL;
  readonly origin: Origin;
  readonly http: AuthorizedTransport;
  readonly retries: RetryPolicy;
  /** True where nothing may be written, not even an upload session opened. */
  readonly readOnly: boolean;
  /** Repositories in which the registry took an upload or a manifest. */
  readonly writable: Set<string>;
  /** Whether a project (first segment of a name) exists, as the registry's API said. Nothing is read in one that does not. */
  readonly projects: Map<string, boolean>;
  /** Repositories that this account may not read, as its token says. Nothing is read there. */
  readonly unreadable: Set<string>;
  /** How long what was written may take to become visible (milliseconds): a registry may have several nodes. */
  readonly visibleWithinMs: number;
  /** How often the registry is asked for a sign of life while an answer takes long (milliseconds). */
  readonly aliveEveryMs: number;
}

/** The token scope of everything done in one repository. An account that may only read gets a token for reading, without an error. */
export function repositoryScope(repository: string): string {
  return `repository:${repository}:pull,push`;
}

/** The token scope for reading one repository. */
export function readScope(repository: string): string {
  return `repository:${repository}:pull`;
}

/** The URL `/v2/<repository>/<rest>` of the registry. */
export function apiUrl(connection: Connection, repository: string, rest: string): string {
  return new URL(`/v2/${repository}/${rest}`, connection.base).href;
}

/**
 * Throws what the registry would answer to a reading request in this repository, where that is known beforehand: `registry.project-missing`
 * or `registry.forbidden`.
 */
export function mustBeReadable(connection: Connection, repository: string): void {
  const { origin, base } = connection;
  const project = repository.split('/')[0] ?? '';
  const name = `${base.host}/${repository}`;
  if (connection.projects.get(project) === false) {
    throw new AppError('registry.project-missing', { origin, params: { project, repository: name } });
  }
  if (connection.unreadable.has(repository)) {
    const params = { method: 'GET', repository: name, reason: 'the token grants no pull' };
    throw new AppError('registry.forbidden', { origin, params });
  }
}

/** Reads the answer's body to its end and returns the error that it stands for. */
export function refused(connection: Connection, response: HttpResponse, method: string): Promise<Refusal> {
  return refusalOf(response, { method, origin: connection.origin, anonymous: connection.http.anonymous });
}

/** Repeats `attempt` after retryable errors, with the pauses of this connection; see {@link withRetries}. */
export function retrying<T>(
  connection: Connection,
  attempt: () => Promise<T>,
  options: Resting & { readonly worthwhile?: (error: AppError) => boolean },
): Promise<T> {
  return withRetries(connection.retries, attempt, options);
}

/** As {@link retrying}, after a 429 only: the server has then done nothing, so an upload session goes on as it was. */
export function whileBusy<T>(
  connection: Connection,
  attempt: () => Promise<T>,
  { signal }: Cancellable,
): Promise<T> {
  return retrying(connection, attempt, { signal, worthwhile: isBusy });
}

export function isBusy(error: AppError): boolean {
  return error.code === 'registry.busy';
}
