// A server with the recorded answers of real ones, byte for byte as in the files of test/fixtures/recordings.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const headersSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const exchangeSchema = z.looseObject({
  request: z.looseObject({ method: z.string(), path: z.string(), headers: headersSchema }),
  response: z
    .looseObject({ status: z.number(), headers: headersSchema.optional(), body: z.unknown().optional() })
    .nullable(),
});
const fileSchema = z.union([
  z.looseObject({ exchanges: z.array(exchangeSchema) }),
  exchangeSchema.transform((exchange) => ({ exchanges: [exchange] })),
]);

/** Servers put their own address into Location and realm; recorded answers get the replay's address there. */
const SELF = 'http://self.invalid';
const RECORDED_SELF = /https?:\/\/127\.0\.0\.1:\d+/g;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** In place of `body`. */
  readonly bytes?: Buffer;
}

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Returns the answer to a request, or undefined to cut the connection. */
export type Script = (request: SeenRequest) => Answer | undefined | Promise<Answer | undefined>;

export interface Replay {
  readonly url: string;
  readonly host: string;
  readonly seen: readonly SeenRequest[];
  stop(): Promise<void>;
}

/** The recorded answer number `at` (from 0) of a file like `harbor/14-missing-project-push`. */
export function recorded(file: string, at = 0): Answer {
  const path = fileURLToPath(new URL(`../fixtures/recordings/${file}.json`, import.meta.url));
  const { exchanges } = fileSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  const { request, response } = exchanges[at] ?? {};
  if (!response) throw new Error(`${file} has no answer ${at}`);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    // Lengths are computed again, because a path was replaced in some recorded bodies.
    if (name.toLowerCase() === 'content-length' && request?.method !== 'HEAD') continue;
    headers[name] = (Array.isArray(value) ? value.join(', ') : value).replaceAll(RECORDED_SELF, SELF);
  }
  return { status: response.status, headers, body: typeof response.body === 'string' ? response.body : '' };
}

/** Serves a script on a port of its own. */
export async function startReplay(script: Script): Promise<Replay> {
  const seen: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, script, seen).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const host = `127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  return {
    url: `http://${host}`,
    host,
    seen,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  script: Script,
  seen: SeenRequest[],
): Promise<void> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(request, 'end');
  const entry: SeenRequest = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: Buffer.concat(chunks),
  };
  seen.push(entry);
  const given = await script(entry);
  if (!given) return void response.destroy();
  const own = `http://${request.headers.host ?? ''}`;
  for (const [name, value] of Object.entries(given.headers ?? {})) {
    response.setHeader(name, value.replaceAll(SELF, own));
  }
  response.writeHead(given.status);
  response.end(given.bytes ?? given.body ?? '');
}
