// Asks a server about certificates before any request: which one it has, and whether it requires one of the client.
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { ServerCertificate } from '../../contract.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { lookupFor } from './connector.js';

const PATIENCE_MS = 10_000;
/** Milliseconds to wait after the handshake; a server that requires a client certificate reports that at once. */
const ALERT_MS = 500;

/**
 * Opens a connection, reads the server's certificate (also an untrusted one) and closes it. No request is sent.
 * @param address to connect to; undefined: ask a name server
 * @returns null when no TLS connection is established
 */
export async function serverCertificate(
  url: URL,
  address: string | undefined,
  options: Cancellable,
): Promise<ServerCertificate | null> {
  return withConnection<ServerCertificate | null>(url, address, null, options, (socket, end) => {
    socket.once('secureConnect', () => end(describe(socket.getPeerCertificate(true))));
  });
}

/**
 * True when the server closes the connection of a client without a certificate. In TLS 1.3 it reports that after the handshake, and
 * the report is lost when a request was sent meanwhile. https://www.rfc-editor.org/rfc/rfc8446#section-4.4.2.4
 */
export async function refusesWithoutCertificate(
  url: URL,
  address: string | undefined,
  options: Cancellable,
): Promise<boolean> {
  return withConnection(url, address, false, options, (socket, end) => {
    socket.setTimeout(ALERT_MS);
    socket.once('error', (error: Error & { readonly code?: string }) => end(isCertificateAlert(error.code)));
  });
}

/** True for OpenSSL's error codes of a server that requires a client certificate, or another one. */
export function isCertificateAlert(code = ''): boolean {
  return /^ERR_SSL_.*ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|UNKNOWN_CA)/.test(code);
}

/** Runs `look` on a new connection until it calls `end`. Returns `otherwise` when the connection ends before or takes too long. */
async function withConnection<T>(
  url: URL,
  address: string | undefined,
  otherwise: T,
  { signal }: Cancellable,
  look: (socket: TLSSocket, end: (found: T) => void) => void,
): Promise<T> {
  signal.throwIfAborted();
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      ...(isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
      ...lookupFor(address),
    });
    const end = (found: T): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(found);
    };
    const onAbort = (): void => end(otherwise);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(PATIENCE_MS, () => end(otherwise));
    look(socket, end);
    socket.once('error', () => end(otherwise));
    socket.once('close', () => end(otherwise));
  });
}

function describe(shown: DetailedPeerCertificate): ServerCertificate | null {
  if (!('fingerprint256' in shown)) return null;
  const names = (shown.subjectaltname ?? '')
    .split(', ')
    .map((name) => name.replace(/^(?:DNS|IP Address):/, ''))
    .filter((name) => name !== '');
  return {
    subject: nameIn(shown.subject),
    issuer: nameIn(shown.issuer),
    names,
    validFrom: new Date(shown.valid_from).toISOString(),
    validTo: new Date(shown.valid_to).toISOString(),
    fingerprint: shown.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

/** The common name; without one the organisation. */
function nameIn(name: DetailedPeerCertificate['subject'] | undefined): string {
  const one = name?.CN ?? name?.O ?? '';
  return Array.isArray(one) ? one.join(', ') : one;
}
