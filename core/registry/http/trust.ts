// What TLS connections trust: the system's certificate authorities, those in further files, and single certificates by fingerprint.
import { X509Certificate, createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import tls, { type SecureContext } from 'node:tls';
import type { TlsSpec } from '../../contract.js';
import { AppError, isAbort } from '../../errors.js';
import type { ErrorCode } from '../../messages/catalog.js';
import { listIfPresent, readIfPresent } from '../../layout/optional-file.js';
import { readHostsToml } from './hosts-toml.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** The trust settings and the client certificate for all hosts of a target. */
export interface Trust {
  /** The settings for TLS connections to `host:port`; every call for a host returns the same object. */
  contextFor(hostAndPort: string, options: Cancellable): Promise<SecureContext>;
  /** SHA-256 fingerprints (64 lower-case hex digits) of server certificates that are trusted without a valid chain. */
  readonly fingerprints: ReadonlySet<string>;
  /** True: every certificate is accepted. */
  readonly skipVerify: boolean;
}

/** Functions of `node:tls` from Node 22.15 on. https://nodejs.org/api/tls.html#tlsgetcacertificatestype */
interface NewerTls {
  readonly getCACertificates?: (type: 'default' | 'system') => readonly string[];
}

/** Files in which Linux distributions and BSDs keep the authorities that the computer trusts. The first that exists is used. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt', // Debian, Ubuntu, Arch
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem', // RHEL, Fedora, openEuler
  '/etc/pki/tls/certs/ca-bundle.crt', // older RHEL
  '/etc/ssl/ca-bundle.pem', // SUSE
  '/etc/ssl/cert.pem', // Alpine, macOS, FreeBSD
];

/**
 * Certificates that container engines keep for single registries, in a folder named `host:port`: `*.crt` are authorities,
 * `*.cert` with `*.key` a client certificate, and a hosts.toml of containerd names both. https://docs.docker.com/engine/security/certificates/
 */
const ENGINE_FOLDERS = ['/etc/docker/certs.d', '/etc/containers/certs.d', '/etc/containerd/certs.d'];

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads what a target's description names.
 * @param engineFolders folders with certificates for single registries
 * @throws AppError of origin `config` for a file that cannot be read or is no certificate, and for a key of another certificate
 */
export async function loadTrust(
  spec: TlsSpec,
  options: Cancellable,
  engineFolders: readonly string[] = ENGINE_FOLDERS,
): Promise<Trust> {
  const named: string[] = [];
  for (const file of spec.caFiles ?? []) named.push(...(await certificatesIn(file, options)));
  const client = await clientCertificate(spec, options);
  const contexts = new Map<string, Promise<SecureContext>>();
  let authorities: Promise<readonly string[]> | null = null;
  const makeContext = async (host: string): Promise<SecureContext> => {
    authorities ??= systemAuthorities(options);
    const own = await engineCertificates(host, engineFolders, options);
    const { cert, key } = client ?? own.client ?? {};
    return tls.createSecureContext({
      ca: [...(await authorities), ...named, ...own.authorities],
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    });
  };
  return {
    fingerprints: new Set((spec.fingerprints ?? []).map(readFingerprint)),
    skipVerify: spec.skipVerify ?? false,
    contextFor: (host) => {
      const context = contexts.get(host) ?? makeContext(host);
      contexts.set(host, context);
      context.catch(() => contexts.delete(host));
      return context;
    },
  };
}

/**
 * A SHA-256 fingerprint as tools print it (`AB:CD:…`, `sha256:…`, `sha256 Fingerprint=…`) as 64 lower-case hex digits.
 * @throws AppError `config.bad-fingerprint`
 */
export function readFingerprint(text: string): string {
  const digits = text
    .replace(/^sha-?256(?:[ _]?fingerprint)?\s*[:=]\s*/i, '')
    .replace(/[:\s]/g, '')
    .toLowerCase();
  if (/^[0-9a-f]{64}$/.test(digits)) return digits;
  throw problem('config.bad-fingerprint', { fingerprint: text });
}

/**
 * The authorities that this computer trusts. From Node 22.15 on Node reads every system's own store; before, the usual files of
 * Linux and BSD are read, and the stores of macOS and Windows are not.
 */
async function systemAuthorities(options: Cancellable): Promise<readonly string[]> {
  const { getCACertificates } = tls as NewerTls;
  if (getCACertificates) return [...getCACertificates('default'), ...getCACertificates('system')];
  for (const file of SYSTEM_BUNDLES) {
    const bytes = await readIfPresent(file, options).catch((error: unknown) => {
      if (isAbort(error, options.signal)) throw error;
      return null;
    });
    const found = bytes?.toString('latin1').match(CERTIFICATE);
    if (found) return [...tls.rootCertificates, ...found];
  }
  return tls.rootCertificates;
}

/** @throws AppError `config.tls-file-unreadable`, `config.tls-no-certificate` */
async function certificatesIn(file: string, options: Cancellable): Promise<readonly string[]> {
  const text = (await readNamed(file, options)).toString('latin1');
  const found = text.match(CERTIFICATE) ?? [];
  try {
    for (const one of found) new X509Certificate(one);
  } catch (cause) {
    throw problem('config.tls-no-certificate', { file }, cause);
  }
  if (found.length === 0) throw problem('config.tls-no-certificate', { file });
  return found;
}

async function clientCertificate(
  { certFile, keyFile }: TlsSpec,
  options: Cancellable,
): Promise<{ readonly cert: string; readonly key: string } | null> {
  if (certFile === undefined && keyFile === undefined) return null;
  if (certFile === undefined || keyFile === undefined)
    throw problem('config.tls-half-client-certificate', { file: certFile ?? keyFile ?? '' });
  const chain = await certificatesIn(certFile, options);
  const key = (await readNamed(keyFile, options)).toString('latin1');
  let matches: boolean;
  try {
    matches = new X509Certificate(chain[0] ?? '').checkPrivateKey(createPrivateKey(key));
  } catch (cause) {
    throw problem('config.tls-bad-key', { file: keyFile }, cause);
  }
  if (!matches) throw problem('config.tls-other-key', { file: keyFile, certificate: certFile });
  return { cert: chain.join('\n'), key };
}

/** The certificates that container engines on this computer use for a registry. Files that cannot be read there are ignored. */
async function engineCertificates(
  host: string,
  folders: readonly string[],
  options: Cancellable,
): Promise<{
  readonly authorities: readonly string[];
  readonly client: { readonly cert: string; readonly key: string } | null;
}> {
  const names = host.endsWith(':443') ? [host, host.slice(0, -4)] : [host];
  const authorities: string[] = [];
  let client: { cert: string; key: string } | null = null;
  for (const folder of folders.flatMap((one) => names.map((name) => join(one, name)))) {
    try {
      for (const file of (await listIfPresent(folder, options)) ?? []) {
        if (file.endsWith('.crt')) authorities.push(...(await certificatesIn(join(folder, file), options)));
        if (file === 'hosts.toml') {
          const named = readHostsToml((await readNamed(join(folder, file), options)).toString('utf8'), host);
          for (const one of named.authorities)
            authorities.push(...(await certificatesIn(resolve(folder, one), options)));
          const [own] = named.clients;
          const pair = own && {
            certFile: resolve(folder, own.certificate),
            keyFile: resolve(folder, own.key),
          };
          client ??= pair ? await clientCertificate(pair, options) : null;
        }
        if (!file.endsWith('.cert')) continue;
        const certFile = join(folder, file);
        client ??= await clientCertificate({ certFile, keyFile: certFile.replace(/cert$/, 'key') }, options);
      }
    } catch (error) {
      if (isAbort(error, options.signal) || !(error instanceof AppError)) throw error;
    }
  }
  return { authorities, client };
}

async function readNamed(file: string, { signal }: Cancellable): Promise<Buffer> {
  try {
    return await readFile(file, { signal });
  } catch (cause) {
    if (isAbort(cause, signal)) throw cause;
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    throw problem('config.tls-file-unreadable', { file, reason }, cause);
  }
}

function problem(code: ErrorCode, params: Readonly<Record<string, string>>, cause?: unknown): AppError {
  return new AppError(code, { origin: 'config', params, cause });
}
