// Which requests reach the app at all: those that a browser of this person sends from the app's own page to this very process.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export interface Refusal {
  readonly status: 401 | 403 | 405 | 413 | 421;
  readonly text: string;
}

/**
 * By name, with any port: through an ssh tunnel the browser sees another one. A name that somebody else's DNS points to
 * 127.0.0.1 (rebinding) is not among them.
 */
const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** Judges what every request must satisfy, before anything is looked at: null lets it pass. */
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

/** Who may come in: whoever brought a ticket gets the session's cookie, which scripts cannot read and other sites cannot send. */
export class Door {
  readonly #cookie: string;
  readonly #session = secret();
  /** Good as long as the process lives: it was printed on the person's own terminal. */
  readonly #token = secret();
  /** Good once: it passes by in the list of processes when a browser is started. */
  #ticket: string | null = null;

  constructor(port: number) {
    // cookies do not know ports: two of these processes must not take each other's
    this.#cookie = `archbridge-${port}`;
  }

  get token(): string {
    return this.#token;
  }

  newTicket(): string {
    this.#ticket = secret();
    return this.#ticket;
  }

  /** The Set-Cookie header for a right token or ticket; null for a wrong one. */
  admit(offered: string): string | null {
    const isTicket = this.#ticket !== null && isSame(offered, this.#ticket);
    if (isTicket) this.#ticket = null;
    if (!isTicket && !isSame(offered, this.#token)) return null;
    return `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }

  isInside(request: IncomingMessage): boolean {
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

/** Takes the same time wherever the first difference stands. */
function isSame(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}
