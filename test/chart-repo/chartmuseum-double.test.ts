// Sends the recorded requests to the ChartMuseum double and compares its answers with the recorded ones.
import { readFileSync, readdirSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readUpload } from '../support/chartmuseum-storage.js';
import { startChartMuseum, type Museum, type MuseumSettings } from '../support/chartmuseum.js';

interface Recorded {
  readonly request: { method: string; path: string; headers: Record<string, string>; body: unknown };
  readonly response: { status: number; headers: Record<string, string>; body: unknown } | null;
  readonly note?: string;
}
interface Recording {
  readonly config: string;
  readonly exchanges: readonly Recorded[];
}

const folder = new URL('../fixtures/recordings/chartmuseum/', import.meta.url);
const files = readdirSync(folder).sort();

let museum: Museum | null = null;
afterEach(async () => {
  await museum?.close();
  museum = null;
});

/** Files with the default settings were recorded one after the other against one server. */
const sessions = new Map<string, string[]>();
for (const file of files) {
  const { config } = read(file);
  const key = config === '--storage local --storage-local-rootdir <dir>' ? '' : file;
  sessions.set(key, [...(sessions.get(key) ?? []), file]);
}

describe('the ChartMuseum double', () => {
  it.each([...sessions])('answers as recorded (%s)', async (_, names) => {
    museum = await startChartMuseum(settingsOf(read(names[0] ?? '').config));
    if (names[0]?.startsWith('33-')) {
      // Recorded against a storage that held a chart already, because without an API nothing can be uploaded.
      const bytes = bytesOf(read('03-upload-raw.json').exchanges[0]?.request.body);
      const { file, entry } = readUpload(bytes, undefined);
      museum.storage().saveChart(file, bytes, entry);
    }
    let compared = 0;
    for (const name of names) {
      for (const exchange of read(name).exchanges) {
        if (!canReplay(exchange) || isStale(name, exchange)) continue;
        const { method, path } = exchange.request;
        const label = `${name}: ${method} ${path} (${exchange.note ?? ''})`;
        const answer = await send(museum.port, exchange.request);
        expect.soft({ label, ...answer }).toEqual({ label, ...essential(exchange) });
        compared += 1;
      }
    }
    expect(compared).toBeGreaterThan(0);
  });
});

function read(file: string): Recording {
  return JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Recording;
}

function settingsOf(config: string): MuseumSettings {
  const value = (flag: string): string | undefined => new RegExp(`${flag} (\\S+)`).exec(config)?.[1];
  const has = (flag: string): boolean => config.split(' ').includes(flag);
  const number = (flag: string) => (value(flag) === undefined ? undefined : Number(value(flag)));
  const settings = {
    depth: number('--depth'),
    depthDynamic: has('--depth-dynamic'),
    contextPath: value('--context-path')?.slice(1),
    allowOverwrite: has('--allow-overwrite'),
    disableForce: has('--disable-force-overwrite'),
    disableApi: has('--disable-api'),
    disableDelete: has('--disable-delete'),
    anonymousGet: has('--auth-anonymous-get'),
    maxUploadSize: number('--max-upload-size'),
    maxObjects: number('--max-storage-objects'),
    chartUrl: value('--chart-url'),
    basicAuth: has('--basic-auth-user') ? { username: 'u', password: '<password>' } : undefined,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, setting]) => setting !== undefined));
}

/** Left out: bodies that were too large to record, cut requests, and routes that no client of ours uses. */
function canReplay({ request, response, note }: Recorded): boolean {
  if (response === null) return false;
  if (typeof request.body !== 'string' && !isBase64(request.body)) return false;
  // A recorded wrong password looks like the right one.
  if (request.headers['Authorization'] !== undefined && response.status === 401) return false;
  if (/\/(?:values|templates)$/.test(request.path) || request.path.includes('..')) return false;
  return note !== 'prov part only';
}

/** Looked at right after a replacement: here the real index was late, which the double is only when told to be. */
function isStale(name: string, { request }: Recorded): boolean {
  return name.startsWith('06-') && request.method === 'GET';
}

function isBase64(body: unknown): body is { base64: string } {
  return typeof body === 'object' && body !== null && 'base64' in body;
}

function bytesOf(body: unknown): Buffer {
  return isBase64(body) ? Buffer.from(body.base64, 'base64') : Buffer.from(String(body));
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

async function send(port: number, { method, path, headers, body }: Recorded['request']): Promise<Answer> {
  const authorization = headers['Authorization'] && `Basic ${Buffer.from('u:<password>').toString('base64')}`;
  const bytes = bytesOf(body);
  return new Promise((resolve, reject) => {
    const options = { port, host: '127.0.0.1', method, path, agent: false };
    const length = 'Transfer-Encoding' in headers ? {} : { 'content-length': bytes.length };
    const request = httpRequest(
      { ...options, headers: { ...headers, ...(authorization ? { authorization } : {}), ...length } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve(
            reduced(response.statusCode ?? 0, response.headers['content-type'] ?? '', Buffer.concat(chunks)),
          ),
        );
      },
    );
    request.on('error', reject);
    request.end(bytes);
  });
}

function essential({ response, request }: Recorded): Answer {
  const type = response?.headers['Content-Type'] ?? '';
  const body = response?.body;
  if (request.method === 'HEAD') return { status: response?.status ?? 0, body: '' };
  if (typeof body === 'object' && body !== null && 'sha256' in body) return { status: 200, body: 'file' };
  return reduced(response?.status ?? 0, type, bytesOf(body));
}

/** Times differ each time; the welcome page is not ours; index and JSON count as data. */
function reduced(status: number, type: string, bytes: Buffer): Answer {
  const text = bytes.toString('utf8');
  if (type.includes('html')) return { status, body: 'an HTML page' };
  if (type.includes('x-tar')) return { status, body: bytes.toString('base64') };
  if (status >= 500 && text.includes('<dir>')) return { status, body: 'a file system error' };
  return { status, body: /json|yaml/.test(type) && text !== '' ? withoutTimes(parse(text)) : text };
}

function withoutTimes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutTimes);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key !== 'created' && key !== 'generated');
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutTimes(item)]));
}
