// A Helm repository of JFrog Artifactory, from its documentation: files, their digests, rights, and an index that is made on request.
// No live Artifactory was recorded. https://jfrog.com/help/r/jfrog-rest-apis
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { digestOf, hexOf } from '../../core/content/digest.js';

export interface JfrogSettings {
  /** Key of the repository. */
  readonly repository: string;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  /** The account may deploy, and neither replace nor delete. */
  readonly isDeployOnly?: boolean;
  /** Asking for a new index is for administrators. */
  readonly refusesReindex?: boolean;
  /** Called for each request with its `METHOD path`: a status to answer with, or null. */
  readonly fault?: (line: string) => number | null;
}

export interface JfrogDouble {
  /** `http://host/artifactory`. */
  readonly url: string;
  readonly requests: readonly string[];
  /** By file name. */
  readonly files: Map<string, Buffer>;
  close(): Promise<void>;
}

export async function startJfrog(settings: JfrogSettings): Promise<JfrogDouble> {
  const files = new Map<string, Buffer>();
  const requests: string[] = [];
  let index = new Map<string, Buffer>();
  const server = createServer((request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    requests.push(line);
    const fault = settings.fault?.(line) ?? null;
    if (fault !== null) {
      request.resume();
      return refuse(response, fault, 'a fault');
    }
    answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? '');
    const body = await readBody(request);
    if (path === '/artifactory/api/system/ping') return send(response, 200, 'OK');
    if (!isAllowed(request)) return refuse(response, 401, 'Bad credentials');
    if (path === `/artifactory/api/helm/${settings.repository}/reindex`) {
      if (settings.refusesReindex) return refuse(response, 403, 'Forbidden');
      index = new Map(files);
      return send(response, 200, 'Reindex of Helm repository is scheduled');
    }
    if (path === `/artifactory/api/helm/${settings.repository}/index.yaml`)
      return send(response, 200, indexOf(index));
    const [, file] = new RegExp(`^/artifactory/${settings.repository}/([^/]+)$`).exec(path) ?? [];
    if (file === undefined) return refuse(response, 404, 'Not Found');
    const held = files.get(file);
    if (request.method === 'GET')
      return held ? send(response, 200, held) : refuse(response, 404, 'File not found.');
    if (held && settings.isDeployOnly)
      return refuse(response, 403, 'Not enough permissions to delete/overwrite');
    if (request.method === 'DELETE') {
      files.delete(file);
      return held ? send(response, 204, '') : refuse(response, 404, 'Could not locate artifact');
    }
    if (request.headers['x-checksum-sha256'] !== hexOf(digestOf(body)))
      return refuse(response, 409, 'Checksum error');
    files.set(file, body);
    send(response, 201, '{}');
  }

  function isAllowed({ headers }: IncomingMessage): boolean {
    if (!settings.basicAuth) return true;
    const { username, password } = settings.basicAuth;
    return headers.authorization === `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/artifactory`,
    requests,
    files,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function indexOf(files: ReadonlyMap<string, Buffer>): string {
  const entries: Record<string, unknown[]> = {};
  for (const [file, bytes] of files) {
    const [, name = '', version = ''] = /^(.+?)-(\d.*)\.tgz$/.exec(file) ?? [];
    if (name !== '')
      (entries[name] ??= []).push({ name, version, digest: hexOf(digestOf(bytes)), urls: [file] });
  }
  return stringify({ apiVersion: 'v1', entries });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number, message: string): void {
  send(response, status, JSON.stringify({ errors: [{ status, message }] }));
}

function send(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
}
