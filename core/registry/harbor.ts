// Reads from Harbor's API whether a project exists, how many bytes its quota leaves, and which repositories it has.
// https://goharbor.io/docs/2.10.0/working-with-projects/ and the API's own description at /api/v2.0/swagger.json
import { z } from 'zod';
import { parseJson } from '../content/json-text.js';
import { retrying, type Connection } from './connection.js';
import { decoded } from './http/content-encoding.js';
import type { HttpResponse } from './http/transport-types.js';
import type { Cancellable } from '../ports/cancellable.js';

/** The projects of a registry such as Harbor, where the first segment of a repository's name is its project. */
export interface ProjectDirectory {
  /** Null when this account may not know. Asked once for each project. */
  exists(project: string, options: Cancellable): Promise<boolean | null>;
  /** What the project's quota leaves; null when this account may not know. */
  room(project: string, options: Cancellable): Promise<ProjectRoom | null>;
  /** Full names of the project's repositories, for accounts that may not read the catalog. Null when this account may not know. */
  repositories(project: string, options: Cancellable): Promise<readonly string[] | null>;
}

export interface ProjectRoom {
  /** Bytes that may still be stored; null without a limit. */
  readonly free: number | null;
}

const BODY_LIMIT = 1024 * 1024;

const storage = z.looseObject({ storage: z.number() });
const repositoriesSchema = z.array(z.looseObject({ name: z.string() }));
/** The most entries that Harbor sends in one page. */
const PAGE = 100;
const summarySchema = z.looseObject({ quota: z.looseObject({ hard: storage, used: storage }) });

/** The projects of the Harbor behind a connection. What this account may not read is null. */
export function harborProjects(connection: Connection): ProjectDirectory {
  return {
    async exists(project, options) {
      if (connection.http.anonymous) return null;
      const known = connection.projects.get(project);
      if (known !== undefined) return known;
      const path = `projects?project_name=${encodeURIComponent(project)}`;
      const { status } = await ask(connection, 'HEAD', path, options);
      const exists = status === 200 ? true : status === 404 ? false : null;
      if (exists !== null) connection.projects.set(project, exists);
      return exists;
    },
    async room(project, options) {
      if (connection.http.anonymous) return null;
      const { status, text } = await ask(connection, 'GET', `projects/${project}/summary`, options);
      // No summary: a web page, or an answer without the quota, which some accounts may not read.
      const summary = status === 200 ? summarySchema.safeParse(parseJson(text)).data : null;
      if (!summary) return null;
      const { hard, used } = summary.quota;
      return { free: hard.storage < 0 ? null : Math.max(0, hard.storage - used.storage) };
    },
    async repositories(project, options) {
      const names: string[] = [];
      for (let page = 1; ; page += 1) {
        const path = `projects/${project}/repositories?page_size=${String(PAGE)}&page=${String(page)}`;
        const { status, text } = await ask(connection, 'GET', path, options);
        const found = status === 200 ? repositoriesSchema.safeParse(parseJson(text)).data : null;
        if (!found) return null;
        names.push(...found.map(({ name }) => name));
        if (found.length < PAGE) return names;
      }
    },
  };
}

/** Sends one request to Harbor's API, which takes the password and not the tokens of `/v2/`. */
async function ask(
  connection: Connection,
  method: 'HEAD' | 'GET',
  path: string,
  { signal }: Cancellable,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(`/api/v2.0/${path}`, connection.base).href;
  // Without this header Harbor reads a project name made of digits as an id.
  const headers = { 'x-is-resource-name': 'true' };
  const send = async (): Promise<HttpResponse> =>
    connection.http.send({ method, url, headers, scopes: [], once: true, withPassword: true, signal });
  const response = await retrying(connection, send, { signal });
  const bytes = decoded(await response.bytes(BODY_LIMIT), response.headers, BODY_LIMIT);
  return { status: response.status, text: bytes.toString('utf8') };
}
