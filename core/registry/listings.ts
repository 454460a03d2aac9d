// What a registry lists: its repositories and their tags, page by page.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
import { z } from 'zod';
import { AppError } from '../errors.js';
import type { Cancellable } from '../ports/image-target.js';
import { readScope, refused, retrying, type Connection } from './connection.js';
import type { HttpResponse } from './http/transport-types.js';

/** A page of a registry that does not page at all: a hundred thousand names. */
const PAGE_LIMIT = 32 * 1024 * 1024;
const CATALOG_SCOPE = 'registry:catalog:*';

const tagsSchema = z.looseObject({ tags: z.array(z.string()).nullish() });
const catalogSchema = z.looseObject({ repositories: z.array(z.string()).nullish() });
const ABSENT = new Set(['NAME_UNKNOWN', 'NOT_FOUND']);

/** The tags of a repository; none where the registry does not know it (or has no tag of it left: distribution says 404 then). */
export async function listTags(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<readonly string[]> {
  const scopes = [readScope(repository)];
  return allPages(connection, `/v2/${repository}/tags/list`, scopes, signal, async (response) => {
    if (response.status === 200) return tagsSchema.safeParse(await json(response)).data?.tags ?? [];
    const refusal = await refused(connection, response, 'GET');
    if (response.status === 404 && refusal.codes.some((code) => ABSENT.has(code))) return [];
    throw refusal;
  });
}

/**
 * Every repository of the registry; null where it has no catalog or keeps it to others (Harbor: to its administrators). The
 * catalog is no part of the OCI specification: https://distribution.github.io/distribution/spec/api/#listing-repositories
 */
export async function repositories(
  connection: Connection,
  { signal }: Cancellable,
): Promise<readonly string[] | null> {
  try {
    return await allPages(connection, '/v2/_catalog', [CATALOG_SCOPE], signal, async (response) => {
      if (response.status !== 200) throw await refused(connection, response, 'GET');
      const page = catalogSchema.safeParse(await json(response)).data;
      if (page) return page.repositories ?? [];
      throw notOffered(connection);
    });
  } catch (error) {
    if (error instanceof AppError && NOT_FOR_US.has(error.code)) return null;
    throw error;
  }
}

const NOT_FOR_US = new Set<string>([
  'registry.credentials-needed',
  'registry.forbidden',
  'registry.login-lost',
  'registry.not-a-registry',
  'registry.refused',
]);

function notOffered({ origin, base }: Connection): AppError {
  return new AppError('registry.not-a-registry', { origin, params: { host: base.host } });
}

/** Follows `Link: <...>; rel="next"`, as relative or absolute as it comes, but not to another host. */
async function allPages(
  connection: Connection,
  first: string,
  scopes: readonly string[],
  signal: AbortSignal,
  read: (response: HttpResponse) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const names = new Set<string>();
  const seen = new Set<string>();
  let next: URL | null = new URL(first, connection.base);
  while (next !== null && !seen.has(next.href)) {
    const url = next.href;
    seen.add(url);
    next = await retrying(
      connection,
      async () => {
        const response = await connection.http.send({ method: 'GET', url, scopes, signal });
        for (const name of await read(response)) names.add(name);
        return nextPage(response, connection);
      },
      // Harbor's 401 for who may not see the catalog is no lost login
      { signal, worthwhile: (error) => error.code !== 'registry.login-lost' },
    );
  }
  return [...names];
}

function nextPage({ headers, url }: HttpResponse, { base }: Connection): URL | null {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers['link'] ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, url)) return null;
  const next = new URL(target, url);
  // behind a proxy some name themselves by an address that only they know
  return next.origin === base.origin ? next : new URL(next.pathname + next.search, base);
}

async function json(response: HttpResponse): Promise<unknown> {
  try {
    const value: unknown = JSON.parse((await response.bytes(PAGE_LIMIT)).toString('utf8'));
    return value;
  } catch (error) {
    if (error instanceof AppError) throw error;
    return null;
  }
}
