// The Docker repositories of a JFrog Artifactory, whose keys are the first segment of every name: which exist, and how one is created.
// From the documentation and the vendor's tool; never run against a live Artifactory. https://jfrog.com/help/r/jfrog-rest-apis/create-repository
import { z } from 'zod';
import { parseJson } from '../../content/json-text.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { Project, ProjectDirectory } from '../../ports/project-directory.js';
import { refused, retrying, type Connection } from '../connection.js';

/** The repository keys of the Artifactory behind a connection. Only administrators may read their settings and create them. */
export function jfrogRepositories(connection: Connection, username: string | null): ProjectDirectory {
  return {
    async find(key, options): Promise<Project | null | 'unknown'> {
      if (username === null) return 'unknown';
      if (connection.projects.get(key) === false) return null;
      const { status, text } = await ask(connection, 'GET', key, null, options);
      // Artifactory answers 400 to a question for a repository that it does not have, some versions 404.
      const exists = status === 200 ? true : status === 400 || status === 404 ? false : null;
      if (exists === null) return 'unknown';
      connection.projects.set(key, exists);
      return exists ? { name: key, isPublic: null, isProxyCache: !takesPushes(text) } : null;
    },
    async create(key, _visibility, options) {
      // Who may read is said by permission targets, so there is no public or private here.
      const body = { key, rclass: 'local', packageType: 'docker' };
      const { status, text } = await ask(connection, 'PUT', key, body, options);
      connection.projects.delete(key);
      return status === 200 || status === 201 || status === 409 || /already exists/i.test(text);
    },
    filled: () => Promise.resolve([]),
    mayCreate: () => Promise.resolve(username === null ? false : null),
    isAdministrator: () => Promise.resolve(false),
    isReadOnly: () => Promise.resolve(false),
    room: () => Promise.resolve(null),
    isImmutable: () => Promise.resolve(null),
    repositories: () => Promise.resolve(null),
  };
}

const settingsSchema = z.looseObject({
  rclass: z.string().nullish(),
  defaultDeploymentRepo: z.string().nullish(),
});

/** False for a remote repository, which caches another registry, and for a virtual one that names no local one to store pushes in. */
function takesPushes(text: string): boolean {
  const settings = settingsSchema.safeParse(parseJson(text)).data;
  switch (settings?.rclass?.toLowerCase()) {
    case 'remote':
      return false;
    case 'virtual':
      return Boolean(settings.defaultDeploymentRepo);
    default:
      return true;
  }
}

/** Refusals that are answers here: no such key, no right, exists already, and an edition that does not offer it. */
const ANSWERS = [200, 201, 400, 401, 403, 404, 405, 409];
const BODY_LIMIT = 64 * 1024;

async function ask(
  connection: Connection,
  method: 'GET' | 'PUT',
  key: string,
  body: unknown,
  { signal }: Cancellable,
): Promise<{ readonly status: number; readonly text: string }> {
  const url = new URL(`/artifactory/api/repositories/${encodeURIComponent(key)}`, connection.base).href;
  const sent = body === null ? {} : { body: Buffer.from(JSON.stringify(body)) };
  const headers = body === null ? {} : { 'content-type': 'application/json' };
  return retrying(
    connection,
    async () => {
      const request = { method, url, headers, ...sent, scopes: [], once: true, withPassword: true, signal };
      const response = await connection.http.send(request);
      const { status } = response;
      if (!ANSWERS.includes(status)) throw await refused(connection, response, method);
      return { status, text: (await response.bytes(BODY_LIMIT)).toString('utf8') };
    },
    { signal },
  );
}
