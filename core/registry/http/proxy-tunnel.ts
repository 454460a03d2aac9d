// Opens a tunnel through an HTTP proxy to a host of the target. https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { Socket } from 'node:net';
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** A proxy that the user asked for. */
export interface Proxy {
  /** `http://` or `https://`, user and password where the proxy wants them. */
  readonly url: URL;
  /** Hosts that are connected to directly, as in NO_PROXY: a name, a domain (`.example`), with or without a port, `*`. */
  readonly except: readonly string[];
}

/** True where a host (`host:port`) is reached through the proxy. */
export function goesThrough({ except }: Proxy, host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return !except.some((entry) => {
    const rule = entry.trim().toLowerCase();
    const bare = rule.replace(/^\*?\./, '');
    return rule === '*' || (bare !== '' && (rule === host || bare === name || name.endsWith(`.${bare}`)));
  });
}

/**
 * A connection to `place` (`host:port`) through the proxy, for plain HTTP and for TLS on top of it. Fails with `registry.proxy-refused`
 * where the proxy answers with an error, and with `registry.proxy-unreachable`. Neither names the password.
 */
export function tunnel({ url }: Proxy, place: string, { signal }: Cancellable): Promise<Socket> {
  const ask = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const user = decodeURIComponent(url.username);
  const login = Buffer.from(`${user}:${decodeURIComponent(url.password)}`).toString('base64');
  const headers = { host: place, ...(user === '' ? {} : { 'proxy-authorization': `Basic ${login}` }) };
  const params = { proxy: url.host, host: place };
  return new Promise((resolve, reject) => {
    const request = ask({
      host: url.hostname,
      port: url.port,
      method: 'CONNECT',
      path: place,
      headers,
    });
    const onAbort = (): void => void request.destroy(new Error('timeout'));
    signal.addEventListener('abort', onAbort, { once: true });
    request.once('close', () => signal.removeEventListener('abort', onAbort));
    const fail = (code: 'registry.proxy-refused' | 'registry.proxy-unreachable', reason: string): void => {
      request.destroy();
      reject(new AppError(code, { origin: 'registry', params: { ...params, reason }, retryable: true }));
    };
    request.once('connect', ({ statusCode = 0 }, socket) => {
      // From now on the connection is the caller's.
      signal.removeEventListener('abort', onAbort);
      if (statusCode === 200 && socket instanceof Socket) resolve(socket);
      else fail('registry.proxy-refused', `HTTP ${String(statusCode)}`);
    });
    request.once('response', ({ statusCode = 0 }) =>
      fail('registry.proxy-refused', `HTTP ${String(statusCode)}`),
    );
    request.once('error', (error) =>
      fail('registry.proxy-unreachable', 'code' in error ? String(error.code) : error.message),
    );
    request.end();
  });
}
