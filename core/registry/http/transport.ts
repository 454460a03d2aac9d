// Sends all HTTP requests of Archbridge. It contacts allowed hosts only, keeps no cookies and ignores the environment's proxy variables.
import { Readable } from 'node:stream';
import { Agent } from 'undici';
import { AppError, type Origin } from '../../errors.js';
import { allowHosts, hostAndPort, redactedUrl } from './allowed-hosts.js';
import { HttpAnswer } from './http-answer.js';
import { createConnector } from './connector.js';
import { concernsCertificate, networkFailure, withCertificate } from './network-failure.js';
import { refusesWithoutCertificate, serverCertificate } from './server-certificate.js';
import type { HttpRequest, HttpResponse, Transport } from './transport-types.js';
import { goesThrough, type Proxy } from './proxy-tunnel.js';
import type { Trust } from './trust.js';
import { CONNECTIONS_PER_HOST } from '../../flow/limits.js';

export interface TransportOptions {
  /** Which side of a target failures are reported for. */
  readonly origin: Origin;
  /** `host:port`; a host alone means port 443. */
  readonly allowedHosts: readonly string[];
  /** Called with one line for each request, without secrets, for a log; and whether it was answered, which a probe never counts as. */
  readonly onRequest?: (line: string, isAnswered: boolean) => void;
  /** Absent: the certificate authorities that Node trusts by default, and the addresses of name servers. */
  readonly network?: NetworkSettings;
  /** Milliseconds: to connect, to the first header (of a slow answer), and between two pieces of a body. */
  readonly timeouts?: {
    readonly connect?: number;
    readonly headers?: number;
    readonly slowHeaders?: number;
    readonly body?: number;
  };
}

/** How the hosts of a target are connected to. */
export interface NetworkSettings {
  /** Called before the first TLS connection. */
  readonly trust: () => Promise<Trust>;
  /** `host:port` to the address to connect to. */
  readonly resolve: ReadonlyMap<string, string>;
  /** Absent and null: no proxy. */
  readonly proxy?: Proxy | null;
}

const MAX_REDIRECTS = 5;
/** Milliseconds to the first header of an answer. */
const HEADERS_MS = 30_000;
const SLOW_HEADERS_MS = 300_000;

/** Makes a transport. Nothing is sent before the first request. `close` closes all connections; requests under way then fail. */
export function createTransport(options: TransportOptions): Transport {
  const agent = new Agent({
    connections: CONNECTIONS_PER_HOST,
    pipelining: 1,
    connect: createConnector({
      timeout: options.timeouts?.connect ?? 15_000,
      trust: options.network?.trust ?? null,
      resolve: options.network?.resolve ?? new Map(),
      proxy: options.network?.proxy ?? null,
    }),
    headersTimeout: options.timeouts?.headers ?? HEADERS_MS,
    bodyTimeout: options.timeouts?.body ?? 120_000,
    keepAliveTimeout: 10_000,
  });
  return new HttpTransport(agent, options);
}

class HttpTransport implements Transport {
  readonly origin: Origin;
  readonly #agent: Agent;
  readonly #isAllowed: (url: URL) => boolean;
  readonly #onRequest: (line: string, isAnswered: boolean) => void;
  readonly #slowHeaders: number;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #proxy: Proxy | null;
  /** Hosts that have answered a request. When they refuse a later one, certificates are not the cause. */
  readonly #answered = new Set<string>();

  constructor(agent: Agent, options: TransportOptions) {
    this.#agent = agent;
    this.origin = options.origin;
    this.#isAllowed = allowHosts(options.allowedHosts);
    this.#onRequest = options.onRequest ?? (() => undefined);
    this.#slowHeaders = options.timeouts?.slowHeaders ?? SLOW_HEADERS_MS;
    this.#addresses = options.network?.resolve ?? new Map();
    this.#proxy = options.network?.proxy ?? null;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    const { method, signal } = request;
    const first = new URL(request.url);
    let url = first;
    let headers = { ...request.headers };
    for (let hops = 0; ; hops += 1) {
      this.#check(url);
      const response = await this.#exchange(url, { ...request, headers });
      this.#onRequest(`${method} ${redactedUrl(url)} ${response.status}`, !request.isProbe);
      const next = redirectTarget(response, method, request.body);
      if (next === null) return response;
      await response.discard();
      if (hops === MAX_REDIRECTS) {
        throw new AppError('registry.too-many-redirects', {
          origin: this.origin,
          params: { url: redactedUrl(first) },
        });
      }
      // Storage behind a registry has signed links of its own. Neither it nor any later hop gets the credentials.
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      this.#checkScheme(first, next);
      url = next;
      signal.throwIfAborted();
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  #check(url: URL): void {
    if (this.#isAllowed(url)) return;
    throw new AppError('registry.host-not-allowed', {
      origin: this.origin,
      params: { host: hostAndPort(url), url: url.origin },
    });
  }

  /** A redirect of the same request to https on the same host means that the address was written with the wrong scheme. */
  #checkScheme(first: URL, next: URL): void {
    const isSecured = first.protocol === 'http:' && next.protocol === 'https:';
    if (!isSecured || first.hostname !== next.hostname || this.#isAllowed(next)) return;
    // Storage on the same host has other paths; a front may send the first request to its own root.
    if (next.pathname !== first.pathname && first.pathname !== '/v2/') return;
    throw new AppError('registry.needs-https', {
      origin: this.origin,
      params: { host: first.host, url: next.origin },
    });
  }

  async #exchange(url: URL, request: HttpRequest): Promise<HttpResponse> {
    const { signal } = request;
    signal.throwIfAborted();
    try {
      const answer = await this.#agent.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method,
        // Digests are those of the bytes as they are stored.
        headers: { 'accept-encoding': 'identity', ...request.headers },
        body: bodyOf(request.body),
        // else undici closes the connection after every HEAD; registries answer them without a body, as HTTP asks
        reset: false,
        ...(request.slow ? { headersTimeout: this.#slowHeaders } : {}),
        signal,
      });
      this.#answered.add(hostAndPort(url));
      return new HttpAnswer(answer, url, this.origin, signal);
    } catch (cause) {
      const failure = await this.#failure(cause, url, signal);
      this.#onRequest(
        `${request.method} ${redactedUrl(url)} ${failure instanceof AppError ? failure.code : 'ended'}`,
        false,
      );
      throw failure;
    }
  }

  /** Adds the server's certificate to a failure that is due to it, and recognizes a missing client certificate. */
  async #explained(failure: AppError, url: URL, signal: AbortSignal): Promise<AppError> {
    const host = hostAndPort(url);
    const address = this.#addresses.get(host);
    // Its certificate is looked at over a connection of its own, which would go past the proxy.
    if (this.#proxy && goesThrough(this.#proxy, host)) return failure;
    if (concernsCertificate(failure)) {
      const shown = await serverCertificate(url, address, { signal });
      return shown ? withCertificate(failure, shown) : failure;
    }
    if (failure.code !== 'registry.unreachable-reset' || this.#answered.has(host)) return failure;
    const { origin, cause } = failure;
    const isRefused = await refusesWithoutCertificate(url, address, { signal });
    const params = { host, reason: 'ECONNRESET' };
    return isRefused ? new AppError('registry.tls-client-certificate', { origin, params, cause }) : failure;
  }

  async #failure(cause: unknown, url: URL, signal: AbortSignal): Promise<unknown> {
    // An AppError comes from the source of the body, for example a damaged package, and not from the network.
    if (signal.aborted || cause instanceof AppError) return cause;
    const failure = networkFailure(cause, hostAndPort(url), this.origin);
    return url.protocol === 'https:' ? this.#explained(failure, url, signal) : failure;
  }
}

/** The URL of a redirect that may be followed; null when there is none, or when the request cannot be repeated. https://www.rfc-editor.org/rfc/rfc9110#section-15.4 */
function redirectTarget(response: HttpResponse, method: string, body: HttpRequest['body']): URL | null {
  const location = response.headers['location'];
  if (location === undefined || !URL.canParse(location, response.url)) return null;
  const reading = method === 'GET' || method === 'HEAD';
  // Only 307 and 308 keep method and body, and only bytes at hand can be sent a second time.
  const repeatable = body === undefined || body instanceof Uint8Array;
  const follows = reading ? [301, 302, 303, 307, 308] : repeatable ? [307, 308] : [];
  return follows.includes(response.status) ? new URL(location, response.url) : null;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

function bodyOf(body: HttpRequest['body']): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return body instanceof Uint8Array ? body : Readable.from(body, { objectMode: true, highWaterMark: 1 });
}
