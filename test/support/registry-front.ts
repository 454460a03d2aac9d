// A server in front of a real registry that changes some of its answers, as proxies and other registries would give them.
import {
  createServer,
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FrontRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers?: IncomingHttpHeaders;
  readonly body?: Buffer | string;
}

/** Gives the answer to a request. `pass` asks the registry behind. */
export type Alter = (request: FrontRequest, pass: () => Promise<FrontAnswer>) => Promise<FrontAnswer>;

export interface Front {
  readonly url: string;
  /** `METHOD path status` of every request, in the order of their answers. */
  readonly log: readonly string[];
  /** How many requests had this method and a path that matches. */
  count(method: string, path: RegExp): number;
  /** Breaks all connections. */
  drop(): void;
  stop(): Promise<void>;
}

/** Bytes of a body behind which an answer that is lost would have come. */
const LOST_BEHIND = 256 * 1024;

/**
 * Gives an answer before the body of a request is read; null for requests that are read. The connection is closed behind it. With
 * `isLost` the connection of a long body is reset before the answer is seen, as a server does that closes while bytes still come.
 */
export type Early = (
  request: Omit<FrontRequest, 'body'>,
) => (FrontAnswer & { readonly isLost?: boolean }) | null;

export async function startFront(
  registryUrl: string,
  alter: Alter,
  early: Early = () => null,
): Promise<Front> {
  const log: string[] = [];
  const asked: FrontRequest[] = [];
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const head = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers };
      const refusal = early(head);
      if (refusal) {
        asked.push({ ...head, body: Buffer.alloc(0) });
        if (refusal.isLost && (await bringsMoreThan(incoming, LOST_BEHIND))) {
          incoming.socket.resetAndDestroy();
          return;
        }
        outgoing.writeHead(refusal.status, { ...refusal.headers, connection: 'close' });
        outgoing.end(refusal.body, () => incoming.socket.destroy());
        return;
      }
      const request: FrontRequest = { ...head, body: await bodyOf(incoming) };
      asked.push(request);
      const { status, headers = {}, body = '' } = await alter(request, () => forward(registryUrl, request));
      log.push(`${request.method} ${request.path} ${String(status)}`);
      const { 'transfer-encoding': _, connection: __, ...kept } = headers;
      const length = request.method === 'HEAD' ? {} : { 'content-length': Buffer.byteLength(body) };
      outgoing.writeHead(status, { ...kept, ...length });
      outgoing.end(body);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    log,
    count: (method, path) => asked.filter((one) => one.method === method && path.test(one.path)).length,
    drop: () => server.closeAllConnections(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** False once nothing comes any more, or the body has ended. */
function bringsMoreThan(incoming: IncomingMessage, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    let count = 0;
    let idle = setTimeout(resolve, 100, false);
    incoming.on('end', () => resolve(false));
    incoming.on('data', (chunk: Buffer) => {
      count += chunk.length;
      clearTimeout(idle);
      idle = setTimeout(resolve, 100, false);
      if (count > bytes) resolve(true);
    });
  });
}

/** The registry's own address in its answers is the front's, since both get the Host header of the client. */
function forward(registryUrl: string, { method, path, headers, body }: FrontRequest): Promise<FrontAnswer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(new URL(path, registryUrl), { method, headers, agent: false }, (answer) => {
      bodyOf(answer).then(
        (bytes) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: bytes }),
        reject,
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks);
}
