// Finds out for `check` what a registry lets this account do, which version it is, and to which further hosts it sends its clients.
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import { parseManifest } from '../content/manifest.js';
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { ProjectDirectory } from '../ports/project-directory.js';
import { apiUrl, readScope, repositoryScope, type Connection } from './connection.js';
import { decoded } from './http/content-encoding.js';
import { hostAndPort } from './http/allowed-hosts.js';
import type { HttpResponse } from './http/transport-types.js';
import { listTags } from './listings.js';
import type { Product } from './login/product.js';
import { getManifest } from './manifests.js';
import { askHarbor } from './projects/harbor-api.js';
import { cancelUpload, openUpload } from './upload-session.js';

/** Null: the registry does not tell. */
export interface RegistryProbe {
  readonly version: string | null;
  readonly mayPull: boolean | null;
  readonly mayPush: boolean | null;
  readonly mayDelete: boolean | null;
  readonly mayCreateProjects: boolean | null;
  /** `host:port` of the Location of an upload, and of the redirect of a blob; null where none was seen. */
  readonly uploads: string | null;
  readonly blobs: string | null;
}

/** A repository that nobody has; an upload that is opened and cancelled there leaves nothing in distribution. */
const NOWHERE = 'archbridge/check';
const NO_RIGHT = new Set<string>(['registry.forbidden', 'registry.credentials-needed']);
const BODY_LIMIT = 4 * 1024 * 1024;

/**
 * Stores nothing. One upload is opened and cancelled, in a repository that exists where there is one, because only its answer tells where
 * uploads go; a zot would make a new repository for it, so it is not asked without one. Failures of the network are thrown.
 */
export async function probeRegistry(
  connection: Connection,
  product: Product,
  projects: ProjectDirectory | null,
  options: Cancellable,
): Promise<RegistryProbe> {
  const known = await someRepository(connection, projects, options);
  const [project] = known === null && projects ? await projects.filled(options) : [];
  const name = known ?? (projects ? project && `${project.name}/check` : NOWHERE) ?? null;
  const told = name === null ? null : await connection.http.grants([repositoryScope(name)], options);
  const mayAsk = name !== null && told !== false && (product !== 'zot' || known !== null);
  const upload = mayAsk ? await uploadAt(connection, name, options) : { mayPush: told, host: null };
  return {
    version: await versionOf(connection, product, options),
    mayPull:
      name === null
        ? null
        : ((await connection.http.grants([readScope(name)], options)) ?? (known ? true : null)),
    mayPush: upload.mayPush,
    mayDelete: name === null ? null : await connection.http.grants([`repository:${name}:delete`], options),
    mayCreateProjects: projects ? await projects.mayCreate(options) : null,
    uploads: upload.host,
    blobs: known === null ? null : await blobHost(connection, known, options),
  };
}

async function someRepository(
  connection: Connection,
  projects: ProjectDirectory | null,
  options: Cancellable,
): Promise<string | null> {
  const first = await firstOfCatalog(connection, options);
  if (first !== null || !projects) return first;
  for (const { name } of await projects.filled(options)) {
    const [own] = (await projects.repositories(name, options)) ?? [];
    if (own !== undefined) return own;
  }
  return null;
}

const catalogSchema = z.looseObject({ repositories: z.array(z.string()) });

/** Null where there is no catalog, or this account may not read it. */
async function firstOfCatalog(connection: Connection, options: Cancellable): Promise<string | null> {
  const url = new URL('/v2/_catalog?n=1', connection.base).href;
  const scopes = ['registry:catalog:*'];
  const response = await connection.http.send({ method: 'GET', url, scopes, ...options });
  const page = catalogSchema.safeParse(await jsonOf(response)).data;
  return (response.status === 200 ? page?.repositories[0] : null) ?? null;
}

async function uploadAt(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<{ readonly mayPush: boolean | null; readonly host: string | null }> {
  try {
    const { location } = await openUpload(connection, repository, signal);
    await cancelUpload(connection, repository, location, signal);
    return { mayPush: true, host: hostAndPort(location) };
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return {
      mayPush: NO_RIGHT.has(error.code) || error.code === 'registry.read-only' ? false : null,
      host: null,
    };
  }
}

/** Follows the redirect of a config to see where blobs come from; a host that is not allowed is not contacted. */
async function blobHost(
  connection: Connection,
  repository: string,
  options: Cancellable,
): Promise<string | null> {
  try {
    const [tag] = await listTags(connection, repository, options);
    const manifest = tag === undefined ? null : await getManifest(connection, repository, tag, options);
    const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed?.kind !== 'manifest') return null;
    const url = apiUrl(connection, repository, `blobs/${parsed.config.digest}`);
    const scopes = [readScope(repository)];
    const headers = { range: 'bytes=0-0' };
    const response = await connection.http.send({ method: 'GET', url, headers, scopes, ...options });
    await response.discard();
    return hostAndPort(new URL(response.url));
  } catch (error) {
    if (!(error instanceof AppError) || error.retryable) throw error;
    return error.code === 'registry.host-not-allowed' ? String(error.params['host']) : null;
  }
}

const harborSchema = z.looseObject({ harbor_version: z.string() });
const zotSchema = z.looseObject({ releaseTag: z.string().optional(), distSpecVersion: z.string() });

/** Harbor and zot tell their version; distribution does not. https://zotregistry.dev/latest/articles/mgmt/ */
async function versionOf(
  connection: Connection,
  product: Product,
  options: Cancellable,
): Promise<string | null> {
  if (product === 'harbor') {
    const { json } = await askHarbor(connection, 'GET', 'systeminfo', [200, 401, 403, 404], options);
    return harborSchema.safeParse(json).data?.harbor_version ?? null;
  }
  if (product !== 'zot') return null;
  const url = new URL('/v2/_zot/ext/mgmt', connection.base).href;
  const response = await connection.http.send({ method: 'GET', url, scopes: [], ...options });
  return zotSchema.safeParse(await jsonOf(response)).data?.releaseTag ?? null;
}

async function jsonOf(response: HttpResponse): Promise<unknown> {
  const bytes = decoded(await response.bytes(BODY_LIMIT), response.headers, BODY_LIMIT);
  return parseJson(bytes.toString('utf8'));
}
