// Makes TCP and TLS connections for the transport: with the trust settings of the target, and to addresses that the user named.
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import { goesThrough, tunnel, type Proxy } from './proxy-tunnel.js';
import type { Trust } from './trust.js';

export interface ConnectorOptions {
  /** Milliseconds in which a connection must be established. */
  readonly timeout: number;
  /** Null: the certificate authorities that Node trusts by default. */
  readonly trust: (() => Promise<Trust>) | null;
  /** `host:port` to the address to connect to, as in curl's `--resolve`. */
  readonly resolve: ReadonlyMap<string, string>;
  /** Null: every host is connected to directly; the environment's proxy variables count for nothing here. */
  readonly proxy: Proxy | null;
}

/** The error of a connection whose certificate is trusted neither by its chain nor by its fingerprint. */
export class UntrustedCertificateError extends Error {
  /** Node's code for the error of the chain (`DEPTH_ZERO_SELF_SIGNED_CERT`). */
  readonly code: string;

  constructor(code: string) {
    super(`The certificate is not trusted: ${code}`);
    this.code = code;
  }
}

/** Returns a function for the option `connect` of undici's Agent. */
export function createConnector({ proxy, ...direct }: ConnectorOptions): buildConnector.connector {
  const connect = directConnector(direct);
  if (proxy === null) return connect;
  return (options, callback) => {
    const host = hostOf(options);
    if (!goesThrough(proxy, host)) {
      connect(options, callback);
      return;
    }
    const address = direct.resolve.get(host);
    const [, port = ''] = /:(\d+)$/.exec(host) ?? [];
    const place = address === undefined ? host : `${isIPv6(address) ? `[${address}]` : address}:${port}`;
    void tunnel(proxy, place, { signal: AbortSignal.timeout(direct.timeout) }).then(
      (socket) => {
        if (options.protocol === 'https:') connect({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

function directConnector({
  timeout,
  trust,
  resolve,
}: Omit<ConnectorOptions, 'proxy'>): buildConnector.connector {
  const plain = buildConnector({ timeout });
  return (options, callback) => {
    const host = hostOf(options);
    const lookup = lookupFor(resolve.get(host));
    if (options.protocol !== 'https:' || trust === null) {
      const connect = lookup ? buildConnector({ timeout, ...lookup }) : plain;
      connect(options, callback);
      return;
    }
    void secured(trust, host).then(
      ({ context, settings }) => {
        const { fingerprints, skipVerify } = settings;
        const looksItself = fingerprints.size > 0 || skipVerify;
        const connect = buildConnector({
          timeout,
          secureContext: context,
          // A resumed TLS session has no certificate to check, so sessions are not cached when the check is done here.
          maxCachedSessions: looksItself ? 0 : 100,
          rejectUnauthorized: !looksItself,
          ...lookup,
        });
        connect(options, looksItself ? (...made) => settle(made, settings, callback) : callback);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

async function secured(trust: () => Promise<Trust>, host: string) {
  const settings = await trust();
  const { signal } = new AbortController();
  return { settings, context: await settings.contextFor(host, { signal }) };
}

/** Accepts a connection whose chain is valid or whose fingerprint is trusted, and closes any other before data is sent. */
function settle(
  [error, socket]: Parameters<buildConnector.Callback>,
  { fingerprints, skipVerify }: Trust,
  callback: buildConnector.Callback,
): void {
  if (error || !(socket instanceof TLSSocket) || socket.authorized || skipVerify) {
    if (error) callback(error, null);
    else if (socket) callback(null, socket);
    return;
  }
  const shown = socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
  if (shown !== undefined && fingerprints.has(shown)) {
    callback(null, socket);
    return;
  }
  socket.destroy();
  // The types of Node say Error, but the value is an error code.
  const reason: unknown = socket.authorizationError;
  callback(new UntrustedCertificateError(reason instanceof Error ? reason.message : String(reason)), null);
}

/** `host:port` of a connection; IPv6 addresses are in brackets. */
export function hostOf({
  hostname,
  port,
  protocol,
}: Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>): string {
  const usual = protocol === 'https:' ? '443' : '80';
  const name = isIPv6(hostname) ? `[${hostname}]` : hostname;
  return `${name}:${port === '' ? usual : port}`.toLowerCase();
}

/** The lookup function for a host with a named address, which then is not asked of a name server; null without an address. */
export function lookupFor(address: string | undefined): { readonly lookup: LookupFunction } | null {
  if (address === undefined) return null;
  const family = isIPv6(address) ? 6 : 4;
  return {
    lookup: (_name, options, callback) => {
      if (options.all) callback(null, [{ address, family }]);
      else callback(null, address, family);
    },
  };
}
