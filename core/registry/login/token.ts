// Fetches a Bearer token and reads the answer of the token service.
// https://distribution.github.io/distribution/spec/auth/token/
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';
import type { Credentials } from '../../contract.js';
import { AppError } from '../../errors.js';
import { decoded } from '../http/content-encoding.js';
import { redactedUrl } from '../http/allowed-hosts.js';
import { Refusal, refusalOf } from '../http/refusal.js';
import type { HttpRequest, Transport } from '../http/transport-types.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { grantsOf, type Grants, type Reach, type ScopeSet } from './token-scopes.js';

export interface Token {
  readonly value: string;
  /** Milliseconds of the monotonic clock; the registry's own clock may be wrong. */
  readonly fetchedAt: number;
  /** Milliseconds. */
  readonly lifetime: number;
  /** What was asked for; never changed. */
  readonly scopes: ScopeSet;
  /** What the token says that it grants; null where it does not tell. */
  readonly grants: Grants | null;
}

export interface TokenRealm {
  readonly url: URL;
  readonly service: string | null;
  readonly reach: Reach;
}

/** Seconds, by the specification, where the answer does not say. */
const DEFAULT_LIFETIME_S = 60;
const ANSWER_LIMIT = 256 * 1024;
const MARGIN = 15_000;

const answerSchema = z.looseObject({
  token: optional(z.string()),
  access_token: optional(z.string()),
  expires_in: z.unknown().optional(),
});

/** The value of an Authorization header. https://www.rfc-editor.org/rfc/rfc7617 */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** Fetches one token for these scopes. Throws what the service refuses with. */
export async function fetchToken(
  transport: Transport,
  realm: TokenRealm,
  credentials: Credentials | null,
  scopes: ScopeSet,
  { signal }: Cancellable,
): Promise<Token> {
  const request = credentials?.isIdentityToken
    ? refreshRequest(realm, credentials, scopes)
    : passwordRequest(realm, credentials, scopes);
  const { url } = realm;
  const fetchedAt = performance.now();
  const response = await transport.send({ ...request, signal });
  if (response.status !== 200) {
    const { origin } = transport;
    throw tokenRefusal(
      await refusalOf(response, { method: request.method, origin, anonymous: credentials === null }),
    );
  }
  const bytes = decoded(await response.bytes(ANSWER_LIMIT), response.headers, ANSWER_LIMIT);
  const answer = answerSchema.safeParse(parseJson(bytes.toString('utf8'))).data;
  // Harbor sends an `access_token` that is there and empty.
  const value = answer?.token || answer?.access_token;
  const { origin } = transport;
  if (!value) throw new AppError('registry.token-unusable', { origin, params: { url: redactedUrl(url) } });
  return {
    value,
    fetchedAt,
    lifetime: lifetimeOf(answer.expires_in),
    scopes,
    grants: grantsOf(value, realm.reach),
  };
}

function passwordRequest(
  realm: TokenRealm,
  credentials: Credentials | null,
  scopes: ScopeSet,
): Omit<HttpRequest, 'signal'> {
  const url = new URL(realm.url);
  if (realm.service !== null) url.searchParams.append('service', realm.service);
  for (const scope of scopes.texts) url.searchParams.append('scope', scope);
  const headers = credentials ? { authorization: basicAuthorization(credentials) } : {};
  return { method: 'GET', url: url.href, headers };
}

/** https://distribution.github.io/distribution/spec/auth/oauth/ */
function refreshRequest(
  { url, service }: TokenRealm,
  { password }: Credentials,
  scopes: ScopeSet,
): Omit<HttpRequest, 'signal'> {
  const form = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: 'archbridge',
    refresh_token: password,
  });
  if (service !== null) form.append('service', service);
  if (scopes.size > 0) form.append('scope', scopes.texts.join(' '));
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url: url.href, headers, body: Buffer.from(form.toString()) };
}

/** A service that is busy asks to wait as a registry does; every other failure of the service concerns all repositories. */
function tokenRefusal(refusal: Refusal): Refusal {
  const { status, origin, params, codes, retryAfterMs } = refusal;
  if (status < 500) return refusal;
  return new Refusal(
    'registry.token-service-failed',
    { origin, retryable: true, params },
    { status, codes, retryAfterMs },
  );
}

/** True when a token is not about to expire; with `long` when it has at least half of its life left. */
export function isFresh(token: Token, long: boolean): boolean {
  const left = token.fetchedAt + token.lifetime - performance.now();
  return left > (long ? token.lifetime / 2 : Math.min(MARGIN, token.lifetime / 4));
}

/** Milliseconds. Some servers write `expires_in` as text; what is not a positive number counts as not said, as Docker reads it. */
function lifetimeOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  const isUsable = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return (isUsable ? seconds : DEFAULT_LIFETIME_S) * 1_000;
}
