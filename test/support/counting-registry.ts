// A registry in memory behind a real HTTP server that counts requests, connections and uploads, for what a real one does not tell:
// how many requests an import needs, and what happens where mounts are refused. Bytes of blobs are verified and forgotten.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CountingRegistryOptions {
  /** False: a mount always opens an upload instead, as registries without shared storage do. */
  readonly mounts?: boolean;
  /** Runs before an upload is answered; uploads that wait here are under way at the same time. Where it throws, the connection breaks. */
  readonly beforeStored?: (digest: string) => Promise<void> | void;
}

export interface CountingRegistry {
  readonly url: string;
  /** Requests by method and kind: `HEAD blobs`, `POST mount`, `POST uploads`, `PUT uploads`, `GET manifests`. */
  readonly counts: ReadonlyMap<string, number>;
  readonly connections: () => number;
  /** The largest number of uploads under way at the same time. */
  readonly mostUploads: () => number;
  /** Repositories that hold a blob. */
  holdersOf(digest: string): readonly string[];
  stop(): Promise<void>;
}

interface Stored {
  readonly type: string;
  readonly bytes: Buffer;
}

const PATH = /^\/v2\/(?<repository>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags)\/(?<reference>[^/]*)$/;

export async function startCountingRegistry(
  options: CountingRegistryOptions = {},
): Promise<CountingRegistry> {
  const registry = new MemoryRegistry(options);
  const server: Server = createServer((request, response) => {
    registry.answer(request, response).catch(() => response.destroy());
  });
  let connections = 0;
  server.on('connection', () => (connections += 1));
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    counts: registry.counts,
    connections: () => connections,
    mostUploads: () => registry.mostUploads,
    holdersOf: (digest) => registry.holdersOf(digest),
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

class MemoryRegistry {
  readonly counts = new Map<string, number>();
  mostUploads = 0;
  readonly #options: CountingRegistryOptions;
  /** Size by `repository digest`. */
  readonly #blobs = new Map<string, number>();
  /** Configs and other small blobs, by digest: verification reads them back. */
  readonly #small = new Map<string, Buffer>();
  readonly #manifests = new Map<string, Stored>();
  #uploads = 0;
  #sessions = 0;

  constructor(options: CountingRegistryOptions) {
    this.#options = options;
  }

  holdersOf(digest: string): readonly string[] {
    return [...this.#blobs.keys()]
      .filter((key) => key.endsWith(` ${digest}`))
      .map((key) => key.split(' ')[0] ?? '');
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://registry.test');
    const { repository = '', kind = '', reference = '' } = PATH.exec(url.pathname)?.groups ?? {};
    const method = request.method ?? '';
    const mount = url.searchParams.get('mount');
    this.#count(`${method} ${mount === null ? kind.replace('blobs/', '') || url.pathname : 'mount'}`);
    if (kind === 'blobs/uploads') {
      if (method === 'PUT')
        return this.#upload(request, response, repository, url.searchParams.get('digest') ?? '');
      return this.#open(request, response, repository, method, url);
    }
    const body = await bytesOf(request);
    if (url.pathname === '/v2/') return end(response, 200, {}, Buffer.from('{}'));
    if (kind === 'tags') return this.#tags(response, repository);
    if (kind === 'manifests')
      return this.#manifest(response, `${repository} ${reference}`, method, body, request);
    const size = this.#blobs.get(`${repository} ${reference}`);
    if (kind !== 'blobs' || size === undefined) return refuse(response, method, 'BLOB_UNKNOWN');
    const bytes = this.#small.get(reference) ?? Buffer.alloc(0);
    if (method === 'HEAD') return end(response, 200, { 'content-length': String(size) });
    return end(response, 200, {}, bytes);
  }

  async #open(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    method: string,
    url: URL,
  ): Promise<void> {
    await bytesOf(request);
    if (method !== 'POST') return end(response, 204, {});
    const mount = url.searchParams.get('mount') ?? '';
    const size = this.#blobs.get(`${url.searchParams.get('from') ?? ''} ${mount}`);
    if (size !== undefined && this.#options.mounts !== false) {
      this.#blobs.set(`${repository} ${mount}`, size);
      return end(response, 201, { location: `/v2/${repository}/blobs/${mount}` });
    }
    this.#sessions += 1;
    return end(response, 202, { location: `/v2/${repository}/blobs/uploads/${String(this.#sessions)}` });
  }

  async #upload(
    request: IncomingMessage,
    response: ServerResponse,
    repository: string,
    digest: string,
  ): Promise<void> {
    this.#uploads += 1;
    this.mostUploads = Math.max(this.mostUploads, this.#uploads);
    try {
      const hash = createHash('sha256');
      const kept: Buffer[] = [];
      let size = 0;
      for await (const chunk of request as AsyncIterable<Buffer>) {
        hash.update(chunk);
        size += chunk.length;
        if (size < 100_000) kept.push(chunk);
      }
      await this.#options.beforeStored?.(digest);
      if (`sha256:${hash.digest('hex')}` !== digest) return refuse(response, 'PUT', 'DIGEST_INVALID', 400);
      this.#blobs.set(`${repository} ${digest}`, size);
      if (size < 100_000) this.#small.set(digest, Buffer.concat(kept));
      return end(response, 201, { 'docker-content-digest': digest });
    } finally {
      this.#uploads -= 1;
    }
  }

  async #manifest(
    response: ServerResponse,
    key: string,
    method: string,
    body: Buffer,
    request: IncomingMessage,
  ): Promise<void> {
    const [repository = ''] = key.split(' ');
    if (method === 'PUT') {
      const digest = `sha256:${createHash('sha256').update(body).digest('hex')}`;
      const stored = { type: request.headers['content-type'] ?? '', bytes: body };
      this.#manifests.set(key, stored).set(`${repository} ${digest}`, stored);
      return end(response, 201, { 'docker-content-digest': digest });
    }
    const found = this.#manifests.get(key);
    if (!found) return refuse(response, method, 'MANIFEST_UNKNOWN');
    const digest = `sha256:${createHash('sha256').update(found.bytes).digest('hex')}`;
    const headers = { 'content-type': found.type, 'docker-content-digest': digest };
    return method === 'HEAD'
      ? end(response, 200, { ...headers, 'content-length': String(found.bytes.length) })
      : end(response, 200, headers, found.bytes);
  }

  #tags(response: ServerResponse, name: string): void {
    const tags = [...this.#manifests.keys()]
      .filter((key) => key.startsWith(`${name} `) && !key.includes('sha256:'))
      .map((key) => key.slice(name.length + 1));
    if (tags.length === 0) return refuse(response, 'GET', 'NAME_UNKNOWN');
    return end(
      response,
      200,
      { 'content-type': 'application/json' },
      Buffer.from(JSON.stringify({ name, tags })),
    );
  }

  #count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }
}

function end(response: ServerResponse, status: number, headers: Record<string, string>, body?: Buffer): void {
  response.writeHead(status, {
    'docker-distribution-api-version': 'registry/2.0',
    ...(body === undefined ? {} : { 'content-length': String(body.length) }),
    ...headers,
  });
  response.end(body);
}

function refuse(response: ServerResponse, method: string, code: string, status = 404): void {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message: code }] }));
  const headers = { 'content-type': 'application/json' };
  if (method === 'HEAD') end(response, status, { ...headers, 'content-length': String(body.length) });
  else end(response, status, headers, body);
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
