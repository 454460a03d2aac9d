// Checks the addresses and rules of a target description and fills in defaults; no connection is made.
import { isIP } from 'node:net';
import type { NamingRules } from '../chart/relocation/naming.js';
import type {
  ChartRepositorySpec,
  Credentials,
  CredentialsSource,
  TargetSpec,
  TlsSpec,
} from '../contract.js';
import { isRepository } from '../content/reference.js';
import { AppError } from '../errors.js';
import type { Proxy } from '../registry/http/proxy-tunnel.js';
import { isHost, readChartAddress, readRegistryAddress, type RegistryAddress } from './addresses.js';
import { namingRulesFor } from './naming-rules.js';

/** Where images go. */
export type ImageLocation =
  | { readonly kind: 'folder'; readonly directory: string }
  | ({
      readonly kind: 'registry';
      readonly credentials?: Credentials;
      readonly credentialsFrom?: CredentialsSource;
    } & RegistryAddress);

/** One chart repository, with the folder's name filled in. */
export type ChartLocation =
  /** The chart folder of the folder target itself. */
  | { readonly kind: 'store'; readonly url: string }
  | { readonly kind: 'folder'; readonly url: string }
  | {
      readonly kind: 'oci';
      /** `oci://host/path`. */
      readonly url: string;
      readonly registry: RegistryAddress;
      readonly credentials?: Credentials;
    }
  | {
      readonly kind: 'http';
      readonly url: string;
      /** Absent: to be found out by asking. */
      readonly product?: NonNullable<ChartRepositorySpec['kind']>;
      readonly credentials?: Credentials;
    };

/** A checked target. It may hold secrets, so it is never logged or stored. */
export interface ResolvedTarget {
  /** Null only where charts alone go somewhere. */
  readonly images: ImageLocation | null;
  /** Empty with `noCharts`. URLs may still hold `{repo}`; the URL '' is the folder target's own chart folder. */
  readonly charts: readonly ChartRepositorySpec[];
  readonly chartCredentials?: Credentials;
  readonly rules: NamingRules;
  readonly noImages: boolean;
  readonly noCharts: boolean;
  readonly allowHosts: readonly string[];
  readonly tls: TlsSpec;
  /** `host:port` to the address to connect to. */
  readonly resolve: ReadonlyMap<string, string>;
  readonly proxy: Proxy | null;
}

/** Stands in a chart URL for the name of the package's folder. */
export const FOLDER_PLACE = '{repo}';
/** Fills that place for charts at the top of a package (a bundle alone). */
export const TOP_FOLDER = 'charts';

/** Checks a target. Throws AppErrors of origin `config`; secrets are never in them. */
export function normalizeTarget(spec: TargetSpec): ResolvedTarget {
  const images = imageLocation(spec);
  const isRegistry = images?.kind === 'registry';
  return {
    images,
    charts: chartSpecs(spec, images),
    rules: namingRulesFor(spec.naming, isRegistry ? images.host : null),
    noImages: spec.noImages ?? false,
    noCharts: spec.noCharts ?? false,
    allowHosts: (spec.allowHosts ?? []).map(allowedHost),
    tls: spec.tls ?? {},
    resolve: new Map((spec.resolve ?? []).map(resolvedHost)),
    proxy: spec.proxy ? readProxy(spec.proxy) : null,
    ...(spec.chartCredentials ? { chartCredentials: spec.chartCredentials } : {}),
  };
}

/**
 * The chart repositories for a folder of the package (`''` for charts at its top): those named for it and those for all,
 * each once. Empty where only other folders have one. Throws `config.bad-folder` when the name can't stand in a URL.
 */
export function chartUrlsFor(target: ResolvedTarget, folder: string): readonly ChartLocation[] {
  const wanted = target.charts.filter((one) => one.folder === undefined || one.folder === folder);
  const locations = wanted.map((one) => chartLocation(target, one, folder));
  return locations.filter((one, i) => locations.findIndex((other) => other.url === one.url) === i);
}

/** The chart repositories that are the same for every folder, and so can be asked before any package is read. */
export function fixedChartUrls(target: ResolvedTarget): readonly ChartLocation[] {
  const fixed = target.charts.filter((one) => !one.url.includes(FOLDER_PLACE));
  const locations = fixed.map((one) => chartLocation(target, one, one.folder ?? ''));
  return locations.filter((one, i) => locations.findIndex((other) => other.url === one.url) === i);
}

/** The servers (`https://host:port`) of chart repositories over HTTP whose path depends on the folder. */
export function folderChartServers({ charts }: ResolvedTarget): readonly string[] {
  const urls = charts
    .map(({ url }) => url)
    .filter((url) => /^https?:/i.test(url) && url.includes(FOLDER_PLACE));
  return [...new Set(urls.map((url) => new URL(url).origin))];
}

function imageLocation(spec: TargetSpec): ImageLocation | null {
  const { store, registry, credentials, credentialsFrom } = spec;
  if (store !== undefined && registry !== undefined) throw problem('config.several-targets');
  if (store !== undefined && store !== '') return { kind: 'folder', directory: store };
  if (registry !== undefined && registry !== '') {
    return {
      kind: 'registry',
      ...readRegistryAddress(registry),
      ...(credentials ? { credentials } : {}),
      ...(credentials && credentialsFrom ? { credentialsFrom } : {}),
    };
  }
  if (spec.noImages && spec.charts?.length) return null;
  throw problem('config.no-target');
}

function chartSpecs(spec: TargetSpec, images: ImageLocation | null): readonly ChartRepositorySpec[] {
  if (spec.noCharts) return [];
  for (const { url } of spec.charts ?? []) readChartAddress(url);
  if (spec.charts?.length) return spec.charts;
  if (images?.kind === 'registry') return [{ url: `oci://${images.host}/${FOLDER_PLACE}` }];
  return [{ url: '' }]; // the store's own
}

function chartLocation(target: ResolvedTarget, spec: ChartRepositorySpec, folder: string): ChartLocation {
  const { images } = target;
  if (spec.url === '') {
    return { kind: 'store', url: images?.kind === 'folder' ? `${images.directory}/charts` : '' };
  }
  const address = readChartAddress(filled(spec.url, folder));
  switch (address.kind) {
    case 'folder':
      return { kind: 'folder', url: address.directory };
    case 'http': {
      const product = spec.kind ? { product: spec.kind } : {};
      return {
        kind: 'http',
        url: address.url,
        ...product,
        ...credentialsAt(target, spec, new URL(address.url).origin),
      };
    }
    case 'oci': {
      const registry = registryAt(address.host, images);
      const path = address.path === '' ? '' : `/${address.path}`;
      const url = `oci://${registry.host}${path}`;
      return { kind: 'oci', url, registry, ...credentialsAt(target, spec, registry.url) };
    }
  }
}

/** OCI addresses have no http or https: the image registry's own host gets its scheme, every other host https. */
function registryAt(host: string, images: ImageLocation | null): RegistryAddress {
  if (
    images?.kind === 'registry' &&
    readRegistryAddress(images.url.replace(/\/\/.*/, `//${host}`)).url === images.url
  ) {
    return { url: images.url, host: images.host };
  }
  return readRegistryAddress(host);
}

function filled(url: string, folder: string): string {
  if (!url.includes(FOLDER_PLACE)) return url;
  const name = folder === '' ? TOP_FOLDER : folder;
  const isOci = /^oci:/i.test(url);
  // The name comes from the package, so it must not lead to another place in the URL or on disk
  const isLegal = isOci
    ? isRepository(name) && !name.includes('/')
    : /^[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?$/.test(name);
  if (!isLegal) throw problem('config.bad-folder', { folder, url });
  return url.replaceAll(FOLDER_PLACE, name);
}

/** Credentials for a chart repository: its own, those of all, or those of the image registry where the origin is the same. */
function credentialsAt(
  { chartCredentials, images }: ResolvedTarget,
  spec: ChartRepositorySpec,
  origin: string,
): { credentials?: Credentials } {
  const own = images?.kind === 'registry' && images.url === origin ? images.credentials : undefined;
  const credentials = spec.credentials ?? chartCredentials ?? own;
  return credentials ? { credentials } : {};
}

function allowedHost(host: string): string {
  if (!isHost(host))
    throw problem('config.bad-allowed-host', { host: host.slice(host.lastIndexOf('@') + 1) });
  return host;
}

function readProxy({ url, except = [] }: NonNullable<TargetSpec['proxy']>): Proxy {
  const full = url.includes('://') ? url : `http://${url}`;
  const parsed = URL.canParse(full) ? new URL(full) : null;
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return { url: parsed, except };
  // The text may hold a password, so it is not repeated.
  throw problem('config.bad-proxy');
}

/** `host:port:address`, the address of IPv6 with or without brackets. */
function resolvedHost(text: string): readonly [hostAndPort: string, address: string] {
  const match = /^(\[[^\]]+\]|[^:]+):(\d{1,5}):\[?([^\]]+)\]?$/.exec(text);
  const [, host = '', port = '', address = ''] = match ?? [];
  if (!isHost(`${host}:${port}`) || isIP(address) === 0) throw problem('config.bad-resolve', { value: text });
  return [`${host}:${port}`.toLowerCase(), address];
}

function problem(
  code:
    | 'config.bad-proxy'
    | 'config.bad-resolve'
    | 'config.several-targets'
    | 'config.no-target'
    | 'config.bad-folder'
    | 'config.bad-allowed-host',
  params: Readonly<Record<string, string>> = {},
): AppError {
  return new AppError(code, { origin: 'config', params });
}
