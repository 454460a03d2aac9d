// Lists the repositories of a registry and the tags of a repository, page by page.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { parseJson } from '../content/json-text.js';
import { AppError } from '../errors.js';
import { mustBeReadable, readScope, refused, retrying, type Connection } from './connection.js';
import { decoded } from './http/content-encoding.js';
import type { HttpResponse } from './http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Bytes of one answer. Some registries do not page: they send a hundred thousand names in one answer. */
const PAGE_LIMIT = 32 * 1024 * 1024;
/** Pages of one list: distribution has a hundred names on each, so 200,000 names. */
const MOST_PAGES = 2_000;
const CATALOG_SCOPE = 'registry:catalog:*';

const names = optional(
  z.array(z.string().nullable()).transform((all) => all.filter((name) => name !== null)),
);
const tagsSchema = z.looseObject({ tags: names });
const catalogSchema = z.looseObject({ repositories: names });
const ABSENT = new Set(['NAME_UNKNOWN', 'NOT_FOUND']);

/** The tags of a repository; empty where the registry does not know it. distribution answers 404 when the last tag was deleted, too. */
export async function listTags(
  connection: Connection,
  repository: string,
  { signal }: Cancellable,
): Promise<readonly string[]> {
  mustBeReadable(connection, repository);
  const scopes = [readScope(repository)];
  return allPages(connection, `/v2/${repository}/tags/list`, scopes, signal, async (response) => {
    if (response.status === 200) {
      const page = tagsSchema.safeParse(await json(response)).data;
      if (page) return page.tags ?? [];
      throw notOffered(connection);
    }
    const refusal = await refused(connection, response, 'GET');
    if (response.status === 404 && refusal.codes.some((code) => ABSENT.has(code))) return [];
    throw refusal;
  });
}

/**
 * The names of all repositories; null where there is no catalog or this account may not read it (in Harbor only administrators may).
 * The catalog is not part of the OCI specification: https://distribution.github.io/distribution/spec/api/#listing-repositories
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
    if (error instanceof AppError && NO_CATALOG.has(error.code)) return null;
    throw error;
  }
}

const NO_CATALOG = new Set<string>([
  'registry.credentials-needed',
  'registry.forbidden',
  'registry.login-lost',
  'registry.not-a-registry',
  'registry.refused',
]);

function notOffered({ origin, base }: Connection): AppError {
  return new AppError('registry.not-a-registry', { origin, params: { host: base.host } });
}

/** Reads the first page and those that `Link: <...>; rel="next"` names, all from the registry's own host. */
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
    if (seen.size >= MOST_PAGES) {
      const params = { host: connection.base.host, pages: MOST_PAGES };
      throw new AppError('registry.list-endless', { origin: connection.origin, params });
    }
    seen.add(url);
    next = await retrying(
      connection,
      async () => {
        const response = await connection.http.send({ method: 'GET', url, scopes, signal });
        for (const name of await read(response)) names.add(name);
        return nextPage(response, connection);
      },
      // Harbor answers 401 to an account that may not read the catalog; its login is still good, so nothing is repeated.
      { signal, worthwhile: (error) => error.code !== 'registry.login-lost' },
    );
  }
  return [...names];
}

function nextPage({ headers, url }: HttpResponse, { base }: Connection): URL | null {
  const target = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(headers['link'] ?? '')?.[1];
  if (target === undefined || !URL.canParse(target, url)) return null;
  const next = new URL(target, url);
  // Behind a proxy some registries write their internal address into the link.
  return next.origin === base.origin ? next : new URL(next.pathname + next.search, base);
}

async function json(response: HttpResponse): Promise<unknown> {
  const bytes = decoded(await response.bytes(PAGE_LIMIT), response.headers, PAGE_LIMIT);
  return parseJson(bytes.toString('utf8'));
}
