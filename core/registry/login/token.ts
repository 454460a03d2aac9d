// Fetches a Bearer token for each set of scopes and keeps it until shortly before it expires.
// https://distribution.github.io/distribution/spec/auth/token/
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';
import type { Credentials } from '../../contract.js';
import { AppError } from '../../errors.js';
import { decoded } from '../http/content-encoding.js';
import { redactedUrl } from '../http/allowed-hosts.js';
import { refusalOf } from '../http/refusal.js';
import { SharedTask } from '../../flow/shared-task.js';
import type { Transport } from '../http/transport-types.js';

export interface Token {
  readonly value: string;
  /** Milliseconds of the monotonic clock; the registry's own clock may be wrong. */
  readonly fetchedAt: number;
  /** Milliseconds. */
  readonly lifetime: number;
}

interface TokenRealm {
  readonly url: URL;
  readonly service: string | null;
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

/** The tokens of one realm for one account, or for anonymous requests. */
export class TokenSource {
  readonly realm: TokenRealm;
  readonly #transport: Transport;
  readonly #credentials: Credentials | null;
  readonly #tokens = new Map<string, Token>();
  readonly #fetches = new Map<string, SharedTask<Token>>();

  constructor(transport: Transport, realm: TokenRealm, credentials: Credentials | null) {
    this.#transport = transport;
    this.realm = realm;
    this.#credentials = credentials;
  }

  /** A token that is not about to expire; with `long` one that has at least half of its life left, as a long body needs. */
  async get(
    scopes: readonly string[],
    options: { readonly long: boolean; readonly signal: AbortSignal },
  ): Promise<Token> {
    const key = scopes.join(' ');
    const known = this.#tokens.get(key);
    if (known && isFresh(known, options.long)) return known;
    const task = this.#fetches.get(key) ?? new SharedTask<Token>();
    this.#fetches.set(key, task);
    return task.run(async () => {
      const token = await this.#fetch(scopes, options.signal);
      this.#tokens.set(key, token);
      return token;
    }, options);
  }

  /** Forgets a token that the registry refused. */
  drop(scopes: readonly string[], token: Token): void {
    const key = scopes.join(' ');
    if (this.#tokens.get(key) === token) this.#tokens.delete(key);
  }

  async #fetch(scopes: readonly string[], signal: AbortSignal): Promise<Token> {
    const url = new URL(this.realm.url);
    if (this.realm.service !== null) url.searchParams.append('service', this.realm.service);
    for (const scope of scopes) url.searchParams.append('scope', scope);
    const headers = this.#credentials ? { authorization: basicAuthorization(this.#credentials) } : {};
    const fetchedAt = performance.now();
    const response = await this.#transport.send({ method: 'GET', url: url.href, headers, signal });
    const { origin } = this.#transport;
    if ((response.status === 401 || response.status === 403) && this.#credentials) {
      await response.discard();
      throw new AppError('registry.credentials-refused', { origin, params: { host: url.host } });
    }
    if (response.status !== 200) {
      throw await refusalOf(response, { method: 'GET', origin, anonymous: this.#credentials === null });
    }
    const bytes = decoded(await response.bytes(ANSWER_LIMIT), response.headers, ANSWER_LIMIT);
    const answer = answerSchema.safeParse(parseJson(bytes.toString('utf8'))).data;
    // Harbor sends an `access_token` that is there and empty.
    const value = answer?.token || answer?.access_token;
    if (!value) throw new AppError('registry.token-unusable', { origin, params: { url: redactedUrl(url) } });
    return { value, fetchedAt, lifetime: lifetimeOf(answer.expires_in) };
  }
}

function isFresh(token: Token, long: boolean): boolean {
  const left = token.fetchedAt + token.lifetime - performance.now();
  return left > (long ? token.lifetime / 2 : Math.min(MARGIN, token.lifetime / 4));
}

/** Milliseconds. Some servers write `expires_in` as text; what is not a positive number counts as not said, as Docker reads it. */
function lifetimeOf(expiresIn: unknown): number {
  const seconds = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  const isUsable = typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0;
  return (isUsable ? seconds : DEFAULT_LIFETIME_S) * 1_000;
}
