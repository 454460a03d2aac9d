// The Docker side of a JFrog Artifactory in front of a real registry: repository keys, their creation, and 403 for what is missing.
// From documentation and issue reports; no live Artifactory was recorded.
import { startRegistry } from './registries.js';
import { startFront, type Front, type FrontAnswer } from './registry-front.js';

export interface JfrogRegistrySettings {
  readonly keys: readonly string[];
  /** The account may read and create repositories by the API. */
  readonly isAdmin: boolean;
  /** Answers to questions for the settings of a key; of other keys it is `{}`. */
  readonly settings?: Readonly<Record<string, object>>;
  /** Virtual repositories answer 403 for a manifest that they do not have. */
  readonly forbidsMissing?: boolean;
}

export interface JfrogRegistry extends Pick<Front, 'url' | 'log'> {
  readonly keys: Set<string>;
  /** Bodies of the requests that created repositories. */
  readonly created: unknown[];
  stop(): Promise<void>;
}

export async function startJfrogRegistry(settings: JfrogRegistrySettings): Promise<JfrogRegistry> {
  const registry = await startRegistry({ version: 3 });
  const keys = new Set(settings.keys);
  const created: unknown[] = [];
  const json = (status: number, message: string): FrontAnswer => ({
    status,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ errors: [{ status, code: 'UNSUPPORTED', message }] }),
  });
  const front = await startFront(registry.url, async ({ method, path, headers, body }, pass) => {
    const key = /^\/artifactory\/api\/repositories\/([^/]+)$/.exec(path)?.[1];
    if (key !== undefined) {
      if (!settings.isAdmin) return json(403, 'Forbidden');
      if (method === 'GET') {
        const body = JSON.stringify(settings.settings?.[key] ?? {});
        return keys.has(key) ? { status: 200, body } : json(400, 'Bad Request');
      }
      if (keys.has(key)) return json(400, 'Case insensitive repository key already exists');
      created.push(JSON.parse(body.toString('utf8')));
      keys.add(key);
      return { status: 200, body: `Successfully created repository '${key}'` };
    }
    const version = { 'x-jfrog-version': 'Artifactory/7.0.0 70000000' };
    if (headers.authorization === undefined) {
      const challenge = 'Basic realm="Artifactory Realm"';
      return {
        ...json(401, 'Authentication is required'),
        headers: { ...version, 'www-authenticate': challenge },
      };
    }
    const named = /^\/v2\/([^/]+)\//.exec(path)?.[1];
    if (named !== undefined && !keys.has(named))
      return json(404, `Unsupported docker v2 repository request for '${named}'`);
    // an upload is taken in PATCHes, and closed by an empty PUT
    if (method === 'PUT' && path.includes('/blobs/uploads/') && body.length > 0)
      return json(500, 'Failed to upload layer');
    const answer = await pass();
    const isMissing = answer.status === 404 && path.includes('/manifests/');
    if (settings.forbidsMissing && isMissing) return json(403, 'Forbidden');
    return { ...answer, headers: { ...answer.headers, ...version } };
  });
  return {
    url: front.url,
    log: front.log,
    keys,
    created,
    stop: async () => {
      await front.stop();
      await registry.stop();
    },
  };
}
