// A ChartMuseum that answers as the recordings in test/fixtures/recordings/chartmuseum, oddities included; for tests without the
// real one.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stringify } from 'yaml';
import { formParts } from './form-parts.js';
import {
  MuseumStorage,
  Refused,
  readUpload,
  type MuseumEntry,
  type StorageSettings,
} from './chartmuseum-storage.js';

export interface MuseumSettings extends StorageSettings {
  /** Number of path segments of a tenant; default 0. */
  readonly depth?: number;
  readonly depthDynamic?: boolean;
  /** Context path, without slashes at both ends. */
  readonly contextPath?: string;
  readonly allowOverwrite?: boolean;
  readonly disableForce?: boolean;
  readonly disableApi?: boolean;
  readonly disableDelete?: boolean;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly anonymousGet?: boolean;
  readonly maxUploadSize?: number;
  readonly maxObjects?: number;
  /** Called for each request with its `METHOD path`; what it returns goes wrong with this request. */
  readonly fault?: (line: string) => MuseumFault | null;
}

/** `lost`: the request is carried out and the connection breaks before its answer. A number: that status, nothing is carried out. */
export type MuseumFault = 'reset' | 'lost' | number;

export interface Museum {
  readonly url: string;
  readonly port: number;
  /** `METHOD path` of every request. */
  readonly requests: readonly string[];
  readonly authorizations: readonly (string | undefined)[];
  /** The storage of a tenant (`''` without tenants); tests may change it without a request. */
  storage(tenant?: string): MuseumStorage;
  close(): Promise<void>;
}

export async function startChartMuseum(settings: MuseumSettings = {}): Promise<Museum> {
  const storages = new Map<string, MuseumStorage>();
  const storage = (tenant = ''): MuseumStorage => {
    const present = storages.get(tenant) ?? new MuseumStorage(settings);
    storages.set(tenant, present);
    return present;
  };
  const requests: string[] = [];
  const authorizations: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method ?? ''} ${request.url ?? ''}`);
    authorizations.push(request.headers.authorization);
    const fault = settings.fault?.(requests.at(-1) ?? '') ?? null;
    if (fault === 'reset') return request.socket.destroy();
    if (typeof fault === 'number') {
      request.resume();
      return send(response, fault, 'text/html', '<html><title>a proxy</title></html>');
    }
    if (fault === 'lost') response.writeHead = () => response.destroy();
    answer(request, response, settings, storage).catch((error: unknown) => {
      if (error instanceof Refused) return sendJson(response, error.status, { error: error.message });
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    authorizations,
    storage,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  settings: MuseumSettings,
  storage: (tenant: string) => MuseumStorage,
): Promise<void> {
  const [path = '', query = ''] = (request.url ?? '').split('?', 2);
  const context = settings.contextPath === undefined ? '' : `/${settings.contextPath}`;
  if (path !== context && !path.startsWith(`${context}/`)) throw new Refused(404, 'not found');
  const method = request.method ?? '';
  const inner = path.slice(context.length);
  if (method === 'GET' && inner === '/health') return sendJson(response, 200, { healthy: true });
  if (method === 'GET' && inner === '/info') return sendJson(response, 200, { version: '' });
  const route = routeOf(method, inner, settings);
  if (!isAllowed(request, settings)) return sendJson(response, 401, { error: 'unauthorized' });
  if (route.kind === 'welcome') return send(response, 200, 'text/html', WELCOME);
  const [tenant, rest] = [route.tenant, route.rest.map(decodeURIComponent)];
  const store = storage(tenant);
  if (route.kind === 'files') return sendFile(method, response, store, rest, context);
  const params = new URLSearchParams(query);
  if (method === 'POST') {
    const body = await readBody(request, settings.maxUploadSize ?? 20 * 1024 * 1024);
    if (body === null) {
      response.setHeader('Connection', 'close');
      return send(response, 413, 'text/plain; charset=utf-8', 'request too large');
    }
    const force = params.has('force');
    const overwrite = settings.allowOverwrite === true || (force && !settings.disableForce);
    const type = request.headers['content-type'] ?? '';
    if (route.kind === 'prov') saveProvenance(store, body, overwrite, 500, 'file');
    else if (type.startsWith('multipart/')) saveForm(store, body, type, overwrite);
    else saveRaw(store, body, overwrite, settings.maxObjects);
    return sendJson(response, 201, { saved: true });
  }
  const [name = '', version] = rest;
  if (method === 'DELETE') {
    store.remove(name, version ?? '');
    return sendJson(response, 200, { deleted: true });
  }
  if (name === '') return sendJson(response, 200, listOf(store, params));
  if (version !== undefined) return sendJson(response, 200, store.find(name, version));
  const versions = store.entries.filter((entry) => entry.name === name);
  if (versions.length === 0) throw new Refused(404, 'chart not found');
  return sendJson(response, 200, versions);
}

type Route =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'files' | 'charts' | 'prov'; readonly tenant: string; readonly rest: readonly string[] };

/** Tenants have exactly `depth` segments; a path with the tenant's name alone is answered with a welcome page. */
function routeOf(method: string, path: string, settings: MuseumSettings): Route {
  const segments = path.split('/').slice(1);
  const depths = settings.depthDynamic ? [0, 1, 2, 3, 4] : [settings.depth ?? 0];
  const isGet = method === 'GET' || method === 'HEAD';
  for (const depth of depths) {
    const isApi = segments[0] === 'api';
    const own = isApi ? segments.slice(1) : segments;
    const [tenant, kind, rest] = [own.slice(0, depth).join('/'), own[depth], own.slice(depth + 1)];
    if (rest.some((part) => part === '' || /%2f/i.test(part)) || own.slice(0, depth).includes('')) continue;
    if (
      !isApi &&
      isGet &&
      (kind === 'index.yaml' ? rest.length === 0 : kind === 'charts' && rest.length === 1)
    ) {
      return { kind: 'files', tenant, rest: [kind ?? '', ...rest] };
    }
    if (
      !isApi &&
      method === 'GET' &&
      (depth === 0 ? kind === undefined || kind === '' : kind === undefined)
    ) {
      if (own.length >= depth && !settings.depthDynamic) return { kind: 'welcome' };
    }
    if (!isApi || settings.disableApi) continue;
    const counts = { POST: [0], DELETE: settings.disableDelete ? [] : [2], GET: [0, 1, 2], HEAD: [1, 2] }[
      method
    ];
    if (kind === 'charts' && counts?.includes(rest.length)) return { kind, tenant, rest };
    if (kind === 'prov' && method === 'POST' && rest.length === 0) return { kind, tenant, rest };
  }
  throw new Refused(404, 'not found');
}

function isAllowed(request: IncomingMessage, { basicAuth, anonymousGet }: MuseumSettings): boolean {
  if (!basicAuth) return true;
  if (anonymousGet && (request.method === 'GET' || request.method === 'HEAD')) return true;
  const pair = Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64');
  return request.headers.authorization === `Basic ${pair}`;
}

function sendFile(
  method: string,
  response: ServerResponse,
  store: MuseumStorage,
  path: readonly string[],
  contextPath: string,
): void {
  if (path[0] === 'index.yaml') {
    const entries: Record<string, MuseumEntry[]> = {};
    for (const entry of store.entries) (entries[entry.name] ??= []).push(entry);
    const index = {
      apiVersion: 'v1',
      entries,
      generated: new Date().toISOString(),
      serverInfo: contextPath ? { contextPath } : {},
    };
    return send(response, 200, 'application/x-yaml', method === 'HEAD' ? '' : stringify(index));
  }
  const file = path[1] ?? '';
  if (method === 'HEAD') return send(response, 404, JSON_TYPE, '');
  if (!/\.tgz(?:\.prov)?$/.test(file)) throw new Refused(500, 'unsupported file extension');
  const bytes = store.files.get(file);
  if (!bytes) throw new Refused(404, 'object not found');
  send(response, 200, file.endsWith('.prov') ? 'application/pgp-signature' : 'application/x-tar', bytes);
}

function listOf(store: MuseumStorage, params: URLSearchParams): Record<string, readonly MuseumEntry[]> {
  const number = (key: string, least: number, kind: string): number | null => {
    const text = params.get(key);
    if (text === null) return null;
    if (!/^\d+$/.test(text) || Number(text) < least)
      throw new Refused(400, `${key} is not a valid ${kind} integer`);
    return Number(text);
  };
  const offset = number('offset', 0, 'non-negative') ?? 0;
  const limit = number('limit', 1, 'positive') ?? Infinity;
  const names = [...new Set(store.entries.map((entry) => entry.name))].slice(offset, offset + limit);
  return Object.fromEntries(
    names.map((name) => [name, store.entries.filter((entry) => entry.name === name)]),
  );
}

function saveRaw(
  store: MuseumStorage,
  body: Buffer,
  overwrite: boolean,
  maxObjects: number | undefined,
): void {
  const { file, entry } = readUpload(body, store.settings.chartUrl);
  const exists = store.files.has(file);
  if (exists && !overwrite) throw new Refused(409, 'file already exists');
  // The state file counts.
  if (!exists && maxObjects !== undefined && store.files.size + 1 >= maxObjects) {
    throw new Refused(507, 'repo has reached storage limit');
  }
  store.saveChart(file, body, entry);
}

function saveForm(store: MuseumStorage, body: Buffer, type: string, overwrite: boolean): void {
  const parts = formParts(body, type);
  const [chart, prov] = [parts.get('chart') ?? null, parts.get('prov') ?? null];
  if (chart === null && prov === null) {
    throw new Refused(400, 'no package or provenance file found in form fields chart and prov');
  }
  const upload = chart && readUpload(chart, store.settings.chartUrl);
  if (prov && provenanceFile(prov) === null) throw new Refused(400, 'invalid provenance file');
  if (upload && !overwrite && store.files.has(upload.file)) throw new Refused(409, 'chart already exists');
  if (prov) saveProvenance(store, prov, overwrite, 400, 'chart');
  if (upload && chart) store.saveChart(upload.file, chart, upload.entry);
}

function saveProvenance(
  store: MuseumStorage,
  body: Buffer,
  overwrite: boolean,
  bad: number,
  what: string,
): void {
  const file = provenanceFile(body);
  if (file === null) throw new Refused(bad, 'invalid provenance file');
  if (store.files.has(file) && !overwrite) throw new Refused(409, `${what} already exists`);
  store.save(file, body);
}

function provenanceFile(body: Buffer): string | null {
  const text = body.toString('utf8');
  const [name, version] = [/^name: (.+)$/m.exec(text)?.[1], /^version: (.+)$/m.exec(text)?.[1]];
  return name === undefined || version === undefined ? null : `${name}-${version}.tgz.prov`;
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > limit) return null;
      chunks.push(chunk);
    }
  } catch {
    throw new Refused(500, 'unexpected EOF');
  }
  return Buffer.concat(chunks);
}

const JSON_TYPE = 'application/json; charset=utf-8';
const WELCOME = '<!DOCTYPE html>\n<html>\n<head>\n<title>Welcome to ChartMuseum!</title>\n</head>\n</html>\n';

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, JSON_TYPE, JSON.stringify(value));
}

function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}
