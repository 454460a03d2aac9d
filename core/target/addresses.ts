// Reads addresses of registries and chart repositories as people write them. Messages repeat them without secrets.
import { AppError } from '../errors.js';

/** A registry, by its origin. */
export interface RegistryAddress {
  /** `https://host[:port]`, without a path. */
  readonly url: string;
  /** `host[:port]` as references name it; a scheme's own port is left out. */
  readonly host: string;
}

const SCHEME = /^([a-z][a-z0-9+.-]*):\/\//i;

/**
 * Reads `http://host[:port]`, `https://host[:port]` or a host alone (https). Throws `config.bad-url`,
 * `config.url-with-password`, `config.registry-with-path`.
 */
export function readRegistryAddress(text: string): RegistryAddress {
  const url = readUrl(SCHEME.test(text) ? text : `https://${text}`, text, ['http:', 'https:']);
  if (url.pathname !== '/') {
    const params = { url: withoutSecrets(text), host: url.host, path: url.pathname };
    throw new AppError('config.registry-with-path', { origin: 'config', params });
  }
  return { url: url.origin, host: url.host };
}

/** What a chart address is, before `{repo}` in it is filled in. */
export type ChartAddress =
  | { readonly kind: 'folder'; readonly directory: string }
  | { readonly kind: 'http'; readonly url: string; readonly host: string }
  | { readonly kind: 'oci'; readonly host: string; readonly path: string };

/**
 * Reads `http(s)://host[/path]`, `oci://host[/path]` or a folder on disk; `{repo}` may stand in the path. Throws
 * `config.bad-url` and `config.url-with-password`.
 */
export function readChartAddress(text: string): ChartAddress {
  if (text.trim() === '') throw badUrl(text, 'it is empty');
  if (!SCHEME.test(text)) return { kind: 'folder', directory: text };
  const isOci = /^oci:/i.test(text);
  // Parsed as https, because URL does not normalise upper case and the default port of unknown schemes
  const url = readUrl(isOci ? text.replace(/^oci:/i, 'https:') : text, text, ['http:', 'https:']);
  const path = url.pathname.replace(/%7Brepo%7D/gi, '{repo}').replace(/\/+$/, '');
  if (!isOci) return { kind: 'http', url: url.origin + path, host: url.host };
  return { kind: 'oci', host: url.host, path: path.replace(/^\/+/, '') };
}

/** An address with the scheme that it has, or with `scheme` (without `://`) where it has none. */
export function withScheme(address: string, scheme: string): string {
  return address.includes('://') ? address : `${scheme}://${address}`;
}

/** True for `host` or `host:port`, as `--allow-host` takes them. */
export function isHost(text: string): boolean {
  return /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?::\d{1,5})?$/.test(text);
}

function readUrl(text: string, written: string, schemes: readonly string[]): URL {
  if (!URL.canParse(text)) throw badUrl(written, 'it is not well-formed');
  const url = new URL(text);
  if (!schemes.includes(url.protocol)) throw badUrl(written, 'its scheme is not known');
  // An @ in the path comes from a password that holds a slash
  if (url.username || url.password || url.pathname.includes('@')) {
    throw new AppError('config.url-with-password', { origin: 'config', params: { host: url.host } });
  }
  if (url.search || url.hash) throw badUrl(written, 'it has a query or fragment');
  if (!isHost(url.host)) throw badUrl(written, 'its host is not well-formed');
  return url;
}

function badUrl(url: string, detail: string): AppError {
  return new AppError('config.bad-url', { origin: 'config', params: { url: withoutSecrets(url), detail } });
}

/** Leaves out what may be a secret: everything before an `@`, a query, a fragment. */
function withoutSecrets(url: string): string {
  const scheme = SCHEME.exec(url)?.[0] ?? '';
  const at = url.lastIndexOf('@');
  const shown = at < 0 ? url : `${scheme}…${url.slice(at)}`;
  return shown.replace(/[?#].*$/s, '');
}
