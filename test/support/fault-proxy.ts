// A server in front of a real registry that does one thing wrong at one step of the protocol, so that tests can do it at every step.
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * `reset-…`: the connection is reset before the request is passed on, in the middle of its body, or instead of the answer. `stall…`: no
 * answer comes, ever, and of `stall-in-body` no more than the first bytes of the body are taken.
 */
export type FaultKind =
  | 'reset-before'
  | 'reset-in-body'
  | 'reset-after'
  | '500'
  | '502'
  | '503'
  | '413'
  | '429'
  | 'stall'
  | 'stall-in-body'
  | 'cut-answer'
  | 'wrong-digest'
  | 'wrong-bytes';

export interface Fault {
  /** Absent: any. */
  readonly method?: string;
  /** Path and query. */
  readonly path: RegExp;
  readonly kind: FaultKind;
  /** How many requests it meets; the others are passed on. */
  readonly times: number;
}

export interface FaultProxy {
  readonly url: string;
  /** Sets what goes wrong from now on; null: nothing. */
  set(fault: Fault | null): void;
  /** How many requests met the fault that was set last. */
  readonly met: () => number;
  stop(): Promise<void>;
}

export async function startFaultProxy(registryUrl: string): Promise<FaultProxy> {
  let fault: Fault | null = null;
  let met = 0;
  const server = createServer((incoming, outgoing) => {
    const isMet =
      fault !== null &&
      met < fault.times &&
      (fault.method === undefined || incoming.method === fault.method) &&
      fault.path.test(incoming.url ?? '');
    if (isMet) met += 1;
    exchange(registryUrl, incoming, outgoing, isMet && fault ? fault.kind : null);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    set: (next) => {
      fault = next;
      met = 0;
    },
    met: () => met,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function exchange(
  registryUrl: string,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  kind: FaultKind | null,
): void {
  const { method, url = '', headers } = incoming;
  const reset = (): void => void incoming.socket.resetAndDestroy();
  switch (kind) {
    case 'reset-before':
      reset();
      return;
    case 'reset-in-body':
      incoming.once('data', reset);
      incoming.once('end', reset);
      return;
    case 'stall':
      incoming.resume();
      return;
    case 'stall-in-body':
      incoming.once('data', () => incoming.pause());
      return;
    case '500':
    case '502':
    case '503':
    case '413':
    case '429':
      incoming.resume();
      outgoing.writeHead(Number(kind), { 'content-type': 'text/html', 'retry-after': '0' });
      outgoing.end('<html><title>a proxy</title></html>');
      return;
    default:
  }
  const passed = httpRequest(new URL(url, registryUrl), { method, headers, agent: false }, (answer) => {
    const chunks: Buffer[] = [];
    answer.on('data', (chunk: Buffer) => chunks.push(chunk));
    answer.on('error', reset);
    answer.on('end', () => {
      if (kind === 'reset-after') reset();
      else give(outgoing, answer, Buffer.concat(chunks), kind, method === 'HEAD');
    });
  });
  passed.on('error', reset);
  incoming.pipe(passed);
}

function give(
  outgoing: ServerResponse,
  { statusCode = 0, headers }: IncomingMessage,
  body: Buffer,
  kind: FaultKind | null,
  isHead: boolean,
): void {
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  const length = isHead ? {} : { 'content-length': String(body.length) };
  const digest = kind === 'wrong-digest' ? { 'docker-content-digest': `sha256:${'0'.repeat(64)}` } : {};
  outgoing.writeHead(statusCode, { ...kept, ...length, ...digest });
  if (kind === 'cut-answer') {
    outgoing.write(body.subarray(0, Math.floor(body.length / 2)));
    // the half that was written must arrive before the connection breaks
    outgoing.socket?.end();
    return;
  }
  if (kind === 'wrong-bytes' && body.length > 0) body.writeUInt8((body[0] ?? 0) ^ 1, 0);
  outgoing.end(body);
}
