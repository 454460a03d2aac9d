// A door in front of a real server: lets requests through, holds them back until it is opened, or is gone as the server would be.
import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface Gate {
  /** `http://127.0.0.1:<port>`; stays the same whatever is behind. */
  readonly url: string;
  readonly host: string;
  /** How many requests stand before the door. */
  readonly held: number;
  /** How many requests have come, held ones included. */
  readonly came: number;
  /** From now on requests for which `which` is true wait. */
  hold(which: (method: string, path: string) => boolean): void;
  /** From now on requests for which `which` is true are denied, as an account without the right would be. */
  refuse(which: (method: string, path: string) => boolean): void;
  /** Lets those that wait go on, and all that come; what is refused stays refused. */
  release(): void;
  /** Lets everything through. */
  open(): void;
  /** Breaks all connections and takes no more, as a server that ended. */
  shut(): Promise<void>;
  /** There again, at the same address, before another server. */
  leadTo(host: string): Promise<void>;
  close(): Promise<void>;
}

/** `host`: of the server behind. */
export async function openGate(host: string): Promise<Gate> {
  let behind = host;
  let held: (() => void)[] = [];
  let came = 0;
  let holds: (method: string, path: string) => boolean = () => false;
  let refuses = holds;
  const server = createServer((request, response) => {
    came += 1;
    const { method = '', url = '' } = request;
    const pass = (): void => forward(request, response, behind);
    if (refuses(method, url)) deny(request, response);
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
    refuses = () => false;
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
function deny(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(403, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code: 'DENIED', message: 'requested access is denied' }] }));
}

/** The host header stays, so that a server that names itself in its answers names the door. */
function forward(request: IncomingMessage, response: ServerResponse, behind: string): void {
  const { method, url, headers } = request;
  const [hostname, port] = behind.split(':');
  const passed = ask({ hostname, port, method, path: url, headers }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  // a server that is gone looks like one: the connection ends
  passed.on('error', () => response.destroy());
  request.on('error', () => passed.destroy());
  request.pipe(passed);
}
