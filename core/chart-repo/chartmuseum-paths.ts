// Finds the API of a ChartMuseum: the path of its URL may be a context path (--context-path), tenants, or both.
// https://github.com/helm/chartmuseum#multitenancy
import { z } from 'zod';
import { optional } from '../content/absent.js';
import { AppError } from '../errors.js';
import type { RepositoryClient } from './repository-client.js';
import type { RepositoryUrl } from './repository-url.js';

export interface MuseumPaths {
  /** URL of the API's collection, `…/api/<tenant>/charts`. */
  readonly charts: string;
  /** URL of the API's provenance route, `…/api/<tenant>/prov`. */
  readonly provenance: string;
  /** URL under which index.yaml and charts/ lie. */
  readonly files: string;
}

/** Charts by name. ChartMuseum answers an unknown tenant with an empty list. */
const listSchema = z.record(z.string(), optional(z.array(z.unknown())));

/**
 * Finds the API by its answer, a JSON list of charts. ChartMuseum answers wrong paths with 404, or with its welcome page and 200.
 * Null when no path has the API; throws `chart-repo.unauthorized` or `.forbidden` when this account cannot tell.
 */
export async function locateMuseum(
  url: RepositoryUrl,
  client: RepositoryClient,
  options: { signal: AbortSignal },
): Promise<MuseumPaths | null> {
  let refused: AppError | null = null;
  for (const paths of candidates(url)) {
    try {
      if (listSchema.safeParse(await client.getJson(`${paths.charts}?limit=1`, options)).success)
        return paths;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (isRefusal(error)) refused ??= error;
      else if (error.code !== 'chart-repo.not-a-repository' && error.code !== 'chart-repo.refused')
        throw error;
    }
  }
  if (refused) throw refused;
  return null;
}

/** True for 401 and 403. Some servers also answer 403 for paths that they do not have. */
export function isRefusal(error: unknown): boolean {
  const codes: readonly string[] = ['chart-repo.unauthorized', 'chart-repo.forbidden'];
  return error instanceof AppError && codes.includes(error.code);
}

/** Harbor up to 2.7 embeds a ChartMuseum under `/chartrepo/<project>`; null for other URLs. */
export function harborPaths({ origin, segments }: RepositoryUrl): (MuseumPaths & { project: string }) | null {
  const [first, project, ...more] = segments;
  if (first !== 'chartrepo' || project === undefined || more.length > 0) return null;
  const api = `${origin}/api/chartrepo/${project}`;
  return {
    project,
    charts: `${api}/charts`,
    provenance: `${api}/prov`,
    files: `${origin}/chartrepo/${project}`,
  };
}

function candidates({ origin, segments }: RepositoryUrl): MuseumPaths[] {
  const api = segments.indexOf('api');
  // In a URL of the API itself the context path ends before `api`.
  if (api >= 0) {
    const rest = segments.slice(api + 1);
    return [pathsOf(origin, segments.slice(0, api), rest.at(-1) === 'charts' ? rest.slice(0, -1) : rest)];
  }
  return Array.from({ length: segments.length + 1 }, (_, i) =>
    pathsOf(origin, segments.slice(0, i), segments.slice(i)),
  );
}

function pathsOf(origin: string, context: readonly string[], tenant: readonly string[]): MuseumPaths {
  const api = [origin, ...context, 'api', ...tenant].join('/');
  return {
    charts: `${api}/charts`,
    provenance: `${api}/prov`,
    files: [origin, ...context, ...tenant].join('/'),
  };
}
