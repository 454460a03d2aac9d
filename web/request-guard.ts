// Decides which requests are answered: only those that a browser sends from the app's own page to this very process.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 405 | 413 | 421;
  readonly text: string;
}

/**
 * Allowed host names, with any port, because through an ssh tunnel the browser uses another port. A foreign name whose DNS entry
 * points to 127.0.0.1 (DNS rebinding) is not allowed.
 */
const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Checks what every request must satisfy before it is looked at further; null when it passes. */
export function refuse(request: IncomingMessage): Refusal | null {
  const { host = '', origin } = request.headers;
  if (!OWN_HOST.test(host)) return { status: 421, text: 'This address is not served here.' };
  if (origin !== undefined && origin !== `http://${host}`) {
    return { status: 403, text: 'Requests of other pages are not answered.' };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, text: 'Only GET and HEAD are answered; the app speaks over its socket.' };
  }
  if (
    request.headers['transfer-encoding'] !== undefined ||
    Number(request.headers['content-length'] ?? 0) > 0
  ) {
    return { status: 413, text: 'Requests have no body here.' };
  }
  return null;
}

/**
 * The session of this process. A browser that brings the token or a ticket gets the session's cookie, which scripts cannot read and
 * other sites cannot send.
 */
export class AppSession {
  readonly #cookie: string;
  readonly #session = secret();
  /** Valid as long as the process runs: it is printed on the person's own terminal. */
  readonly #token = secret();
  /** Valid once, because the command that starts the browser is visible in the list of processes. */
  #ticket: string | null = null;

  constructor(port: number) {
    // Cookies are shared between ports, so the port is in the name; two of these processes would otherwise use the same cookie.
    this.#cookie = `archbridge-${port}`;
  }

  get token(): string {
    return this.#token;
  }

  newTicket(): string {
    this.#ticket = secret();
    return this.#ticket;
  }

  /** The Set-Cookie header for a valid token or ticket; null for an invalid one. */
  admit(offered: string): string | null {
    const isTicket = this.#ticket !== null && isSame(offered, this.#ticket);
    if (isTicket) this.#ticket = null;
    if (!isTicket && !isSame(offered, this.#token)) return null;
    return `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  hasCookie(request: IncomingMessage): boolean {
    const pairs = (request.headers.cookie ?? '').split(/;\s*/);
    return pairs.some((pair) => {
      const at = pair.indexOf('=');
      return pair.slice(0, at) === this.#cookie && isSame(pair.slice(at + 1), this.#session);
    });
  }
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

/** Compares in a time that does not depend on where the first difference is. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
