// A TCP proxy in front of a registry that resets a connection after some bytes of the client, a given number of times.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface ResettingProxy {
  readonly url: string;
  /** How many connections were reset. */
  readonly resets: () => number;
  stop(): Promise<void>;
}

export async function startResettingProxy(
  registryUrl: string,
  { afterBytes, times }: { readonly afterBytes: number; readonly times: number },
): Promise<ResettingProxy> {
  const { hostname, port } = new URL(registryUrl);
  const sockets = new Set<Socket>();
  let resets = 0;
  const server = createServer((client) => {
    const registry = connect({ host: hostname, port: Number(port) });
    let sent = 0;
    for (const socket of [client, registry]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        registry.destroy();
      });
    }
    client.on('data', (chunk: Buffer) => {
      sent += chunk.length;
      if (sent > afterBytes && resets < times) {
        resets += 1;
        client.resetAndDestroy();
        return;
      }
      if (!registry.write(chunk)) {
        client.pause();
        registry.once('drain', () => client.resume());
      }
    });
    registry.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(address.port)}`,
    resets: () => resets,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
