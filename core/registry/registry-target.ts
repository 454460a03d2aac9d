// Makes a registry an `ImageTarget`: puts the transport, the login and the operations of this folder together.
import type { Credentials } from '../contract.js';
import type { Digest } from '../content/digest.js';
import { AppError, type Origin } from '../errors.js';
import { Patience } from '../flow/patience.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { ProjectDirectory } from '../ports/project-directory.js';
import { hostAndPort } from './http/allowed-hosts.js';
import { authorized, type AuthKind } from './login/auth.js';
import { blobDigest, blobSize, getBlob, mountBlob } from './blobs.js';
import { whileBusy, type Connection } from './connection.js';
import { canDeleteTags, deleteManifest, deleteTag } from './deletions.js';
import { refusesDockerTypes } from './docker-types.js';
import { harborProjects } from './projects/harbor.js';
import { jfrogRepositories } from './projects/jfrog.js';
import { listTags, repositories } from './listings.js';
import { putManifest } from './manifest-put.js';
import { getManifest } from './manifests.js';
import { productOf, type Product } from './login/product.js';
import { probeServer } from './http/probe-server.js';
import { probeRegistry, type RegistryProbe } from './probe.js';
import { refusedIn, rightsIn, type RightsByRepository } from './rights.js';
import { DEFAULT_PAUSES } from './http/retry.js';
import { createTransport, type NetworkSettings, type TransportOptions } from './http/transport.js';
import { copyBlob, putBlob, putBlobOfUnknownDigest } from './uploads.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface RegistryTargetOptions {
  /** `https://host[:port]` or `http://...`; a host alone means https. */
  readonly url: string;
  readonly credentials?: Credentials;
  /** Further hosts that may be contacted: token service, storage. `host:port`, or a host for port 443. */
  readonly allowHosts?: readonly string[];
  /** Called with one line for each request, without secrets. */
  readonly onRequest?: (line: string, isAnswered: boolean) => void;
  /** Called for each request that is sent again. */
  readonly onRetry?: (error: AppError) => void;
  /**
   * How long a registry that is away or asks to wait is waited for. Unless given, one that asks to wait is waited for two minutes, and
   * one that is away not at all.
   */
  readonly patience?: Patience;
  /** Milliseconds before each further attempt. */
  readonly retryPauses?: readonly number[];
  readonly timeouts?: TransportOptions['timeouts'];
  readonly network?: NetworkSettings;
  /** True: nothing is written, not even an upload session opened to prove that a tag is absent. */
  readonly readOnly?: boolean;
  /** Milliseconds that a written manifest may take to become visible; 10,000 by default. */
  readonly visibleWithinMs?: number;
  /** The side that failures are reported for: `chart-repo` where the registry holds charts. */
  readonly origin?: Origin;
}

export interface RegistryTarget extends ImageTarget {
  readonly kind: 'registry';
  /** The side that its failures are reported for. */
  readonly origin: Origin;
  /** Checks that a registry answers and accepts the credentials; only a registry that asks for fewer requests is asked again. */
  ping(options: Cancellable): Promise<{ readonly product: Product; readonly auth: AuthKind }>;
  /** Null where the registry has no API for projects. */
  projects(options: Cancellable): Promise<ProjectDirectory | null>;
  /** What this account may do in these repositories; see {@link rightsIn}. One token then serves all of them. */
  rightsIn(repositories: readonly string[], options: Cancellable): Promise<RightsByRepository>;
  /** Repositories that refuse uploads, where the login does not tell the rights; see {@link refusedIn}. Always empty for a Harbor. */
  refusedIn(repositories: readonly string[], options: Cancellable): Promise<readonly string[]>;
  /** True where it takes no images with Docker's media types; see {@link refusesDockerTypes}. */
  refusesDockerTypes(options: Cancellable): Promise<boolean>;
  /** What `check` tells beyond whether the registry answers; see {@link probeRegistry}. */
  probe(options: Cancellable): Promise<RegistryProbe>;
  /** As `getBlob`, for blobs of up to `limit` bytes. */
  getBlobUpTo(
    repository: string,
    digest: Digest,
    limit: number,
    options: Cancellable,
  ): Promise<Buffer | null>;
}

/** Registries with replicated storage were seen to show a new manifest after two seconds. */
const VISIBLE_WITHIN_MS = 10_000;
const ALIVE_EVERY_MS = 30_000;
/** For commands that only look. */
const SHORT_PATIENCE_MS = 120_000;
const SMALL_BLOB = 8 * 1024 * 1024;

/** Opens a registry; nothing is sent before the first call. Throws `registry.url-unusable`. */
export function createRegistryTarget(options: RegistryTargetOptions): RegistryTarget {
  const base = parseRegistryUrl(options.url);
  const transport = createTransport({
    origin: options.origin ?? 'registry',
    allowedHosts: [hostAndPort(base), ...(options.allowHosts ?? [])],
    ...(options.onRequest ? { onRequest: options.onRequest } : {}),
    ...(options.timeouts ? { timeouts: options.timeouts } : {}),
    ...(options.network ? { network: options.network } : {}),
  });
  const connection: Connection = {
    base,
    origin: transport.origin,
    http: authorized(transport, base, options.credentials ?? null),
    retries: {
      pauses: options.retryPauses ?? DEFAULT_PAUSES,
      onRetry: options.onRetry ?? (() => undefined),
      patience: options.patience ?? new Patience(SHORT_PATIENCE_MS),
      watch:
        options.patience?.watch(base.host, (o) => probeServer(transport, new URL('/v2/', base).href, o)) ??
        null,
    },
    readOnly: options.readOnly ?? false,
    writable: new Set(),
    projects: new Map(),
    unreadable: new Set(),
    visibleWithinMs: options.visibleWithinMs ?? VISIBLE_WITHIN_MS,
    aliveEveryMs: options.timeouts?.headers ?? ALIVE_EVERY_MS,
  };
  let projects: ProjectDirectory | null = null;
  const projectsOf = async (o: Cancellable): Promise<ProjectDirectory | null> => {
    const { headers } = await connection.http.greet(o);
    const open = { harbor: harborProjects, jfrog: jfrogRepositories };
    const product = productOf(headers);
    if (product !== 'harbor' && product !== 'jfrog') return null;
    return (projects ??= open[product](connection, options.credentials?.username ?? null));
  };
  return {
    kind: 'registry',
    origin: connection.origin,
    host: base.host,
    blobsPerRepository: true,
    namesAreIndexes: false,
    upkeep: null,
    getManifest: (repository, reference, o) => getManifest(connection, repository, reference, o),
    getBlob: (repository, digest, o) => getBlob(connection, repository, digest, SMALL_BLOB, o),
    getBlobUpTo: (repository, digest, limit, o) => getBlob(connection, repository, digest, limit, o),
    blobSize: (repository, digest, o) => blobSize(connection, repository, digest, o),
    blobDigest: (repository, digest, o) => blobDigest(connection, repository, digest, o),
    listTags: (repository, o) => listTags(connection, repository, o),
    repositories: (o) => repositories(connection, o),
    mountBlob: (repository, digest, from, o) => mountBlob(connection, repository, digest, from, o),
    copyBlob: (repository, digest, size, from, o) => copyBlob(connection, repository, digest, size, from, o),
    putBlob: (repository, digest, size, body, o) => putBlob(connection, repository, digest, size, body, o),
    putBlobOfUnknownDigest: (repository, body, o) => putBlobOfUnknownDigest(connection, repository, body, o),
    putManifest: (repository, reference, manifest, o) =>
      putManifest(connection, repository, reference, manifest, o),
    deleteTag: (repository, tag, o) => deleteTag(connection, repository, tag, o),
    canDeleteTags: (repository, o) => canDeleteTags(connection, repository, o),
    deleteManifest: (repository, digest, o) => deleteManifest(connection, repository, digest, o),
    // Nothing is buffered: what a registry has confirmed is stored.
    flush: () => Promise.resolve(),
    close: () => transport.close(),
    projects: projectsOf,
    rightsIn: (repositories, o) => rightsIn(connection, repositories, o),
    refusedIn: async (repositories, o) => {
      const { headers } = await connection.http.greet(o);
      return productOf(headers) === 'harbor' ? [] : refusedIn(connection, repositories, o);
    },
    refusesDockerTypes: (o) => refusesDockerTypes(connection, o),
    probe: async (o) => {
      const product = productOf((await connection.http.greet(o)).headers);
      return probeRegistry(connection, product, await projectsOf(o), o);
    },
    ping: async (o) => {
      const greeting = await whileBusy(connection, () => connection.http.greet(o), o);
      return { product: productOf(greeting.headers), auth: greeting.auth };
    },
  };
}

/** The origin of a registry's URL; a host alone means https. Throws `registry.url-unusable`, also for credentials: URLs end up in logs. */
export function parseRegistryUrl(text: string): URL {
  const full = text.includes('://') ? text : `https://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  const usable =
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.password === '' &&
    (url.pathname === '/' || url.pathname === '/v2/') &&
    url.search === '';
  if (usable) return new URL(url.origin);
  const shown = url === null ? '' : `${url.protocol}//${url.host}${url.pathname}`;
  throw new AppError('registry.url-unusable', { origin: 'config', params: { url: shown } });
}
