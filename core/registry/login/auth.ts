// Wraps the transport and logs in: finds out once whether a registry wants Basic or tokens, checks the password once, renews tokens.
import type { Credentials } from '../../contract.js';
import { AppError, type Origin } from '../../errors.js';
import { parseChallenges, type Challenge } from '../http/challenge.js';
import { greetRegistry } from './greeting.js';
import { SharedTask } from '../../flow/shared-task.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { Refusal } from '../http/refusal.js';
import { checkPassword, type PasswordAnswer } from './password-check.js';
import { productOf } from './product.js';
import { basicAuthorization, type Token } from './token.js';
import { TokenSource } from './token-source.js';
import type { HttpRequest, HttpResponse, Transport } from '../http/transport-types.js';

export interface ScopedRequest extends HttpRequest {
  /** `repository:<name>:pull,push` and the like; a mount has two. */
  readonly scopes: readonly string[];
  /** Asks for a token that is valid for at least half of its life; set where a long body follows. */
  readonly long?: boolean;
  /** The first 401 is the answer; nothing is sent a second time. */
  readonly once?: boolean;
  /** Sends the password instead of a token, as APIs beside `/v2/` need it. */
  readonly withPassword?: boolean;
}

export type AuthKind = 'none' | 'basic' | 'token';

export interface Greeting {
  readonly auth: AuthKind;
  /** The headers of the first answers, without and with the password. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface AuthorizedTransport {
  /** True when no credentials are known. */
  readonly anonymous: boolean;
  /**
   * Sends a request with the login that the registry wants. After a 401 the token is renewed and the request sent once more; a second
   * 401 is the answer. A stream cannot be sent twice: its first 401 is the answer, and the next request has a new token.
   */
  send(request: ScopedRequest): Promise<HttpResponse>;
  /** Asks `GET /v2/` and checks the credentials, once for all requests. A refused password is not sent again. */
  greet(options: Cancellable): Promise<Greeting>;
  /** Names scopes that will be needed, so that one token serves them all. Only {@link greet} may be sent. */
  announce(scopes: readonly string[], options: Cancellable): Promise<void>;
  /** Whether this account has the rights, as far as its token tells; null where it does not, and where no tokens are used. */
  grants(scopes: readonly string[], options: Cancellable): Promise<boolean | null>;
}

type Mode =
  | { readonly kind: 'none' }
  | { readonly kind: 'basic'; readonly header: string }
  | { readonly kind: 'token'; readonly tokens: TokenSource };

interface Attached {
  readonly header: string | null;
  readonly token: Token | null;
}

/** Characters of a token that every server takes. */
const SHORT_TOKEN = 2_000;
/** How often a password that was accepted before is sent after it was refused: further tries can lock the account. */
const ATTEMPTS = 2;

/** Milliseconds for which an accepted password is not checked again. */
const CHECKED_FOR = 60_000;

/** Logs in at the registry at `base` (its origin). Requests to any other origin are sent without credentials. */
export function authorized(
  transport: Transport,
  base: URL,
  credentials: Credentials | null,
): AuthorizedTransport {
  return new Login(transport, base, credentials);
}

class Login implements AuthorizedTransport {
  readonly anonymous: boolean;
  readonly #origin: Origin;
  readonly #transport: Transport;
  readonly #base: URL;
  readonly #credentials: Credentials | null;
  readonly #greeting = new SharedTask<Greeting>();
  #greeted: Greeting | null = null;
  #mode: Mode = { kind: 'none' };
  #isHarbor = false;
  #proven = false;
  /** A refused password is not tried again, because further tries can lock the account. */
  #refused: AppError | null = null;
  readonly #checking = new SharedTask<void>();
  /** When the password was last found to be accepted after a refusal; milliseconds of the monotonic clock. */
  #checkedAt = Number.NEGATIVE_INFINITY;
  /** How often in a row credentials that were accepted before were refused. */
  #losses = 0;

  constructor(transport: Transport, base: URL, credentials: Credentials | null) {
    this.anonymous = credentials === null;
    this.#origin = transport.origin;
    this.#transport = transport;
    this.#base = base;
    this.#credentials = credentials;
  }

  async send(request: ScopedRequest): Promise<HttpResponse> {
    if (!this.#isOurs(request.url)) return this.#transport.send(request);
    await this.greet(request);
    const first = await this.#attach(request);
    const response = await this.#sendWith(request, first);
    if (request.once || !this.#isOurs(response.url)) return response;
    if (response.status === 401 && this.#seemsLost(request, first)) await this.#checkAgain(response, request);
    const mayHelp =
      response.status === 401 ? this.#mayRenew(response, request, first) : this.#mayShorten(response, first);
    if (!mayHelp) return response;
    if (request.body !== undefined && !(request.body instanceof Uint8Array)) return response;
    await response.discard();
    const second = await this.#sendWith(request, await this.#attach(request));
    // The registry was open at first and asked for Basic now, so this was the first request with the password.
    if (second.status !== 401 || first.header !== null || this.#mode.kind !== 'basic') return second;
    await second.discard();
    throw this.#refuse();
  }

  async announce(scopes: readonly string[], options: Cancellable): Promise<void> {
    await this.greet(options);
    if (this.#mode.kind === 'token') this.#mode.tokens.announce(scopes);
  }

  async grants(scopes: readonly string[], options: Cancellable): Promise<boolean | null> {
    await this.greet(options);
    if (this.#mode.kind !== 'token') return null;
    const { tokens } = this.#mode;
    return tokens.grants(await this.#token(tokens, scopes, { ...options, long: false }), scopes);
  }

  async greet(options: Cancellable): Promise<Greeting> {
    if (this.#refused) throw this.#refused;
    return (
      this.#greeted ??
      this.#greeting.run(async () => {
        this.#greeted ??= await this.#learn(options.signal);
        return this.#greeted;
      }, options)
    );
  }

  async #learn(signal: AbortSignal): Promise<Greeting> {
    if (this.#refused) throw this.#refused;
    const { welcome, challenges, headers } = await greetRegistry(this.#transport, this.#base, null, {
      signal,
    });
    this.#isHarbor = productOf(headers) === 'harbor';
    if (!welcome) {
      this.#mode = this.#modeFor(challenges) ?? this.#lastResort();
      // A zot behind htpasswd shows what it is only to those whom it let in.
      const later = this.#credentials ? await this.#prove(this.#credentials, signal) : {};
      return { auth: this.#mode.kind, headers: { ...later, ...headers } };
    }
    return { auth: this.#mode.kind, headers };
  }

  /**
   * Harbor's token service answers a wrong password with 200 and a token without rights, so `GET /v2/` is asked with the password itself.
   * Other registries answer that with their Bearer challenge again; there the token service checks the password.
   */
  async #prove(credentials: Credentials, signal: AbortSignal): Promise<Greeting['headers']> {
    const answer = credentials.isIdentityToken ? null : await this.#check(credentials, { signal });
    if (answer?.kind !== 'welcome') {
      const isWrong = this.#mode.kind !== 'token' || answer?.kind === 'refused';
      if (isWrong && answer) throw this.#refuse();
      if (this.#mode.kind === 'token') await this.#token(this.#mode.tokens, [], { long: false, signal });
    }
    this.#proven = true;
    return answer?.headers ?? {};
  }

  #modeFor(challenges: readonly Challenge[]): Mode | null {
    for (const { scheme, params } of challenges) {
      const realm = params['realm'] ?? '';
      if (scheme !== 'bearer' || !URL.canParse(realm, this.#base.href)) continue;
      const url = new URL(realm, this.#base);
      const service = params['service'] ?? null;
      const reach = this.#isHarbor ? 'project' : 'repository';
      const realmOf = { url, service, reach } as const;
      return { kind: 'token', tokens: new TokenSource(this.#transport, realmOf, this.#credentials) };
    }
    const basic = challenges.some(({ scheme }) => scheme === 'basic');
    return basic && this.#password ? this.#lastResort() : null;
  }

  #lastResort(): Mode {
    if (this.#password) return { kind: 'basic', header: basicAuthorization(this.#password) };
    const { host } = this.#base;
    throw new AppError('registry.credentials-needed', { origin: this.#origin, params: { host } });
  }

  async #attach({ scopes, long = false, withPassword, signal }: ScopedRequest): Promise<Attached> {
    if (withPassword && this.#password) return { header: basicAuthorization(this.#password), token: null };
    switch (this.#mode.kind) {
      case 'none':
        return { header: null, token: null };
      case 'basic':
        return { header: this.#mode.header, token: null };
      case 'token': {
        const token = await this.#token(this.#mode.tokens, scopes, { long, signal });
        return { header: `Bearer ${token.value}`, token };
      }
    }
  }

  /** The credentials that may be sent with Basic; an identity token may not. */
  get #password(): Credentials | null {
    return this.#credentials?.isIdentityToken ? null : this.#credentials;
  }

  async #token(
    tokens: TokenSource,
    scopes: readonly string[],
    options: { readonly long: boolean } & Cancellable,
  ): Promise<Token> {
    if (this.#refused) throw this.#refused;
    try {
      const token = await tokens.get(scopes, options);
      this.#losses = 0;
      // Harbor gives a token without rights to an account that was disabled.
      if (tokens.hasLost(token, scopes)) await this.#checkAgain(null, options);
      return token;
    } catch (error) {
      if (!(error instanceof Refusal) || this.#credentials === null) throw error;
      if (error.status === 401 || (error.status === 403 && !this.#proven)) throw this.#refuse(error);
      throw error.status === 403 ? this.#forbidden(scopes, error) : error;
    }
  }

  /** True for a 401 that neither a new token nor a missing right explains. */
  #seemsLost({ scopes }: ScopedRequest, { header, token }: Attached): boolean {
    if (this.#mode.kind === 'basic') return header !== null;
    return this.#mode.kind === 'token' && token !== null && this.#mode.tokens.grants(token, scopes) === true;
  }

  /**
   * Sends the password once more after a refusal in the middle of a run, at most once a minute: every attempt may count for a lock.
   * Throws `registry.account-refused`, after which the password is not sent again, or `registry.login-unavailable`.
   */
  async #checkAgain(response: HttpResponse | null, options: Cancellable): Promise<void> {
    const password = this.#password;
    if (password === null || !this.#proven || performance.now() - this.#checkedAt < CHECKED_FOR) return;
    try {
      await this.#checking.run(async () => {
        const answer = await this.#check(password, options);
        this.#checkedAt = performance.now();
        if (answer.kind === 'refused') throw this.#refuseForGood();
      }, options);
    } catch (error) {
      await response?.discard();
      throw error;
    }
  }

  #check(credentials: Credentials, { signal }: Cancellable): Promise<PasswordAnswer> {
    const options = { isHarbor: this.#isHarbor, signal };
    return checkPassword(this.#transport, this.#base, basicAuthorization(credentials), options);
  }

  #refuseForGood(cause?: AppError): AppError {
    const { host } = this.#base;
    this.#refused = new AppError('registry.account-refused', {
      origin: this.#origin,
      params: { host },
      cause,
    });
    return this.#refused;
  }

  /**
   * Whether to send again after a 401. The token may have expired (Harbor then asks for Basic); not so when it is refused because its
   * account lacks a right.
   */
  #mayRenew(response: HttpResponse, request: ScopedRequest, used: Attached): boolean {
    const challenges = parseChallenges(response.headers['www-authenticate']);
    const mode = this.#mode;
    if (mode.kind === 'none') {
      const learnt = this.#modeFor(challenges);
      if (learnt) this.#mode = learnt;
      return learnt !== null;
    }
    if (mode.kind === 'basic') return used.header === null;
    if (used.token === null) return true;
    const saysSo = challenges.some(({ params }) => params['error'] === 'insufficient_scope');
    // Harbor sends no challenge for a project that is missing.
    const aboutRights = saysSo || challenges.length === 0;
    if (aboutRights || mode.tokens.grants(used.token, request.scopes) === false) {
      return mode.tokens.mayGrantMore(used.token, request.scopes);
    }
    mode.tokens.drop(used.token);
    return true;
  }

  /** A token for many repositories may be longer than a server takes a header line; nginx says so with 400 and a page. */
  #mayShorten({ status, headers }: HttpResponse, { token }: Attached): boolean {
    if (token === null || this.#mode.kind !== 'token') return false;
    const isPage = (headers['content-type'] ?? '').startsWith('text/html');
    const isTooLong = status === 431 || (status === 400 && isPage && token.value.length > SHORT_TOKEN);
    return isTooLong && this.#mode.tokens.divide(token);
  }

  #sendWith(request: ScopedRequest, { header }: Attached): Promise<HttpResponse> {
    const { method, url, headers, body, slow = false, signal } = request;
    return this.#transport.send({
      method,
      url,
      headers: header === null ? { ...headers } : { ...headers, authorization: header },
      ...(body === undefined ? {} : { body }),
      slow,
      signal,
    });
  }

  /** The token service gives no token for these scopes, though it accepts the account. */
  #forbidden(scopes: readonly string[], cause: Refusal): AppError {
    const name = scopes[0]?.split(':')[1] ?? '';
    const params = { ...cause.params, method: 'GET', repository: `${this.#base.host}/${name}` };
    return new AppError('registry.forbidden', { origin: this.#origin, params, cause });
  }

  #isOurs(url: string): boolean {
    return new URL(url).origin === this.#base.origin;
  }

  /**
   * The error for refused credentials. Where a token service accepted them before, one more attempt may be made; after that they are
   * not sent again.
   */
  #refuse(cause?: AppError): AppError {
    const { host } = this.#base;
    const options = { origin: this.#origin, params: { host }, cause };
    if (this.#proven) {
      this.#losses += 1;
      if (this.#losses >= ATTEMPTS) return this.#refuseForGood(cause);
      return new AppError('registry.login-lost', { ...options, retryable: true });
    }
    this.#refused = new AppError('registry.credentials-refused', options);
    return this.#refused;
  }
}
