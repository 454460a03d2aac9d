// Makes the connections of the HTTP door: with the trust of the target, and to the addresses that somebody named for a host.
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';
import type { Trust } from './trust.js';

export interface ConnectorOptions {
  /** Milliseconds until a connection must stand. */
  readonly timeout: number;
  /** Null: what Node trusts by itself. */
  readonly trust: (() => Promise<Trust>) | null;
  /** `host:port` to the address to connect to, as curl's `--resolve`. */
  readonly resolve: ReadonlyMap<string, string>;
}

/** What a connection fails with when neither its chain nor its fingerprint is trusted. */
export class UntrustedCertificateError extends Error {
  /** Node's word for what is wrong with the chain (`DEPTH_ZERO_SELF_SIGNED_CERT`). */
  readonly code: string;

  constructor(code: string) {
    super(`The certificate is not trusted: ${code}`);
    this.code = code;
  }
}

/** A function as undici's Agent takes it for `connect`. */
export function createConnector({ timeout, trust, resolve }: ConnectorOptions): buildConnector.connector {
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
          // a resumed connection shows no certificate of its own
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

/** Lets a connection through whose chain is right or whose certificate was named; nothing was sent over it yet. */
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
  // Node types this as an Error; it is the code of one
  const reason: unknown = socket.authorizationError;
  callback(new UntrustedCertificateError(reason instanceof Error ? reason.message : String(reason)), null);
}

/** `host:port` of a connection, IPv6 in brackets. */
export function hostOf({
  hostname,
  port,
  protocol,
}: Pick<buildConnector.Options, 'hostname' | 'port' | 'protocol'>): string {
  const usual = protocol === 'https:' ? '443' : '80';
  const name = isIPv6(hostname) ? `[${hostname}]` : hostname;
  return `${name}:${port === '' ? usual : port}`.toLowerCase();
}

/** Answers with the named address instead of asking a name server. */
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
