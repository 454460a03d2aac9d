// What Harbor tells about its projects: whether one is there, and how much room its quota leaves. Reads only.
// https://goharbor.io/docs/2.10.0/working-with-projects/ and the API's own description at /api/v2.0/swagger.json
import { z } from 'zod';
import type { Cancellable } from '../ports/image-target.js';
import { retrying, type Connection } from './connection.js';
import type { HttpResponse } from './http/transport-types.js';

/** The projects of a registry that has some: the first segment of each repository names one. */
export interface ProjectDirectory {
  /** Null where the registry does not tell this account. */
  exists(project: string, options: Cancellable): Promise<boolean | null>;
  /** Null where the registry does not tell this account. */
  room(project: string, options: Cancellable): Promise<ProjectRoom | null>;
  /** Full names of the project's repositories, for who may not see the registry's catalog. Null where that is not told either. */
  repositories(project: string, options: Cancellable): Promise<readonly string[] | null>;
}

export interface ProjectRoom {
  /** Bytes that may still be stored; null without a limit. */
  readonly free: number | null;
}

const BODY_LIMIT = 1024 * 1024;

const storage = z.looseObject({ storage: z.number() });
const repositoriesSchema = z.array(z.looseObject({ name: z.string() }));
/** The most that Harbor gives at a time. */
const PAGE = 100;
const summarySchema = z.looseObject({ quota: z.looseObject({ hard: storage, used: storage }) });

/** The projects of the Harbor behind a connection. What this account may not read is null, never guessed. */
export function harborProjects(connection: Connection): ProjectDirectory {
  return {
    async exists(project, options) {
      if (connection.http.anonymous) return null;
      const path = `projects?project_name=${encodeURIComponent(project)}`;
      const { status } = await ask(connection, 'HEAD', path, options);
      return status === 200 ? true : status === 404 ? false : null;
    },
    async room(project, options) {
      if (connection.http.anonymous) return null;
      const { status, text } = await ask(connection, 'GET', `projects/${project}/summary`, options);
      const summary = status === 200 ? parseSummary(text) : null;
      if (!summary) return null;
      const { hard, used } = summary.quota;
      return { free: hard.storage < 0 ? null : Math.max(0, hard.storage - used.storage) };
    },
    async repositories(project, options) {
      const names: string[] = [];
      for (let page = 1; ; page += 1) {
        const path = `projects/${project}/repositories?page_size=${String(PAGE)}&page=${String(page)}`;
        const { status, text } = await ask(connection, 'GET', path, options);
        const found = status === 200 ? parseRepositories(text) : null;
        if (!found) return null;
        names.push(...found);
        if (found.length < PAGE) return names;
      }
    },
  };
}

/** The API takes the password itself, not the tokens of `/v2/`. */
async function ask(
  connection: Connection,
  method: 'HEAD' | 'GET',
  path: string,
  { signal }: Cancellable,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(`/api/v2.0/${path}`, connection.base).href;
  // a project whose name is a number would be taken for an id
  const headers = { 'x-is-resource-name': 'true' };
  const send = async (): Promise<HttpResponse> =>
    connection.http.send({ method, url, headers, scopes: [], once: true, withPassword: true, signal });
  const response = await retrying(connection, send, { signal });
  const bytes = await response.bytes(BODY_LIMIT);
  return { status: response.status, text: bytes.toString('utf8') };
}

function parseRepositories(text: string): readonly string[] | null {
  try {
    return repositoriesSchema.safeParse(JSON.parse(text)).data?.map(({ name }) => name) ?? null;
  } catch {
    return null;
  }
}

/** Null for a web page, and for a project whose quota this account does not see. */
function parseSummary(text: string): z.infer<typeof summarySchema> | null {
  try {
    return summarySchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
