// A proxy in front of a real server that passes requests on, holds them, refuses them, or behaves as a server that is gone.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface Gate {
  /** `http://127.0.0.1:<port>`; stays the same whichever server is behind. */
  readonly url: string;
  readonly host: string;
  /** Number of requests that are held. */
  readonly held: number;
  /** Number of requests so far, held ones included. */
  readonly came: number;
  /** From now on requests for which `which` is true are held. */
  hold(which: (method: string, path: string) => boolean): void;
  /** From now on requests for which `which` is true are refused with 403, as for an account without the right. */
  refuse(which: (method: string, path: string) => boolean): void;
  /** From now on requests without a login are answered with 401, as where an administrator shut out anonymous clients. */
  demandLogin(): void;
  /** From now on requests for which `which` is true are answered with 507, as by a storage that is full. */
  fill(which: (method: string, path: string) => boolean): void;
  /** Passes held and later requests on; refused ones stay refused. */
  release(): void;
  /** Passes everything on again. */
  open(): void;
  /** Cuts all connections and accepts no more, as a server that was stopped. */
  shut(): Promise<void>;
  /** Accepts connections again at the same address, in front of another server. */
  leadTo(host: string): Promise<void>;
  close(): Promise<void>;
}

/** `host` of the server behind. */
export async function openGate(host: string): Promise<Gate> {
  let behind = host;
  let held: (() => void)[] = [];
  let came = 0;
  let holds: (method: string, path: string) => boolean = () => false;
  let refuses = holds;
  let isFull = holds;
  let asksLogin = false;
  const server = createServer((request, response) => {
    came += 1;
    const { method = '', url = '' } = request;
    const pass = (): void => forward(request, response, behind);
    if (asksLogin && request.headers.authorization === undefined) challenge(request, response);
    else if (refuses(method, url)) answer(request, response, 403, 'DENIED');
    else if (isFull(method, url)) answer(request, response, 507, 'UNKNOWN');
    else if (holds(method, url)) held.push(pass);
    else pass();
  });
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return address !== null && typeof address === 'object' ? address.port : port;
  };
  const shut = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  const port = await listen(0);
  const release = (): void => {
    holds = () => false;
    const waiting = held;
    held = [];
    for (const pass of waiting) pass();
  };
  const open = (): void => {
    asksLogin = false;
    refuses = () => false;
    isFull = () => false;
    release();
  };
  return {
    url: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    get held() {
      return held.length;
    },
    get came() {
      return came;
    },
    hold: (which) => (holds = which),
    refuse: (which) => (refuses = which),
    demandLogin: () => (asksLogin = true),
    fill: (which) => (isFull = which),
    release,
    open,
    shut,
    async leadTo(other) {
      behind = other;
      open();
      await listen(port);
    },
    close: shut,
  };
}

/** https://github.com/opencontainers/distribution-spec/blob/v1.1.0/spec.md#error-codes */
function answer(request: IncomingMessage, response: ServerResponse, status: number, code: string): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message: `answered with ${String(status)}` }] }));
}

/** https://www.rfc-editor.org/rfc/rfc7617#section-2 */
function challenge(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('www-authenticate', 'Basic realm="gate"');
  answer(request, response, 401, 'UNAUTHORIZED');
}

/** Keeps the host header, so that a server that puts its own address into answers puts the proxy's. */
function forward(request: IncomingMessage, response: ServerResponse, behind: string): void {
  const { method, url, headers } = request;
  const [hostname, port] = behind.split(':');
  const passed = ask({ hostname, port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  // When the server behind is gone, the connection is cut.
  passed.on('error', () => response.destroy());
  request.on('error', () => passed.destroy());
  request.pipe(passed);
}
