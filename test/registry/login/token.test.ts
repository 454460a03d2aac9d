// Answers of token services, as programs in several languages write them.
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../../core/registry/http/transport.js';
import { TokenSource } from '../../../core/registry/login/token-source.js';
import { startReplay } from '../../support/replay.js';

const options = { signal: new AbortController().signal, long: false };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The token that comes from a service with this answer. */
async function tokenFrom(body: string): ReturnType<TokenSource['get']> {
  const server = await startReplay(() => ({ status: 200, body }));
  endings.push(() => server.stop());
  const transport = createTransport({ origin: 'registry', allowedHosts: [server.host] });
  endings.push(() => transport.close());
  return new TokenSource(
    transport,
    { url: new URL(server.url), service: null, reach: 'repository' },
    null,
  ).get([], options);
}

describe('the answer of a token service', () => {
  it.each([
    ['{"token":"T"}', 60],
    ['{"token":"T","expires_in":null}', 60],
    ['{"token":"T","expires_in":0}', 60],
    ['{"token":"T","expires_in":-1}', 60],
    ['{"token":"T","expires_in":"soon"}', 60],
    ['{"token":"T","expires_in":"300"}', 300],
    ['{"token":"T","expires_in":299.5}', 299.5],
    ['{"token":"T","access_token":null,"expires_in":300}', 300],
    ['{"token":null,"access_token":"T","refresh_token":null,"issued_at":null}', 60],
    ['{"token":"","access_token":"T"}', 60],
    ['\uFEFF{"token":"T"}', 60],
  ])('%s is a token for %d seconds', async (body, seconds) => {
    expect(await tokenFrom(body)).toMatchObject({ value: 'T', lifetime: seconds * 1_000 });
  });

  it.each(['{}', 'null', '{"token":null,"access_token":null}', '{"token":5}', '<html></html>', ''])(
    '%s is no token',
    async (body) => {
      await expect(tokenFrom(body)).rejects.toMatchObject({ code: 'registry.token-unusable' });
    },
  );
});
