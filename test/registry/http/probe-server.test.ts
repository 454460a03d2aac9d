// The sign of life of a server: it is no progress of a run, for its storage may hang while it answers.
import { afterEach, expect, it } from 'vitest';
import { probeServer } from '../../../core/registry/http/probe-server.js';
import { createTransport } from '../../../core/registry/http/transport.js';
import { startReplay } from '../../support/replay.js';

const { signal } = new AbortController();

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

it('is given, and does not count as an answer', async () => {
  const server = await startReplay(() => ({ status: 200 }));
  endings.push(() => server.stop());
  const told: (readonly [string, boolean])[] = [];
  const transport = createTransport({
    origin: 'registry',
    allowedHosts: [server.host],
    onRequest: (...line) => told.push(line),
  });
  endings.push(() => transport.close());
  const url = `${server.url}/v2/`;
  expect(await probeServer(transport, url, { signal })).toBeNull();
  await (await transport.send({ method: 'GET', url, signal })).discard();
  expect(told).toEqual([
    [`GET ${url} 200`, false],
    [`GET ${url} 200`, true],
  ]);
});
