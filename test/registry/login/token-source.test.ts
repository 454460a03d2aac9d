// How many tokens a run fetches, and what it does with services that do not join scopes. The services are scripts.
import { afterEach, describe, expect, it } from 'vitest';
import { createTransport } from '../../../core/registry/http/transport.js';
import { TokenSource } from '../../../core/registry/login/token-source.js';
import type { Reach } from '../../../core/registry/login/token-scopes.js';
import { startReplay, type Answer, type Replay } from '../../support/replay.js';

const options = { signal: new AbortController().signal, long: false };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

type Access = readonly { readonly name: string; readonly actions: readonly string[] }[];

/** A JSON Web Token in form. */
function tokenWith(access: Access): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { access: access.map((one) => ({ type: 'repository', ...one })) };
  return `${part({ alg: 'none' })}.${part(claims)}.x`;
}

/** What the service grants for a scope like `repository:a/b:pull,push`. */
function asAsked(scope: string): Access[number] {
  const [, name = '', actions = ''] = /^repository:(.+):(.*)$/.exec(scope) ?? [];
  return { name, actions: actions.split(',') };
}

async function sourceFor(
  answer: (scopes: readonly string[]) => Answer,
  reach: Reach = 'repository',
): Promise<{ readonly tokens: TokenSource; readonly asked: () => readonly (readonly string[])[] }> {
  const scopesOf = (path: string) => new URL(path, 'http://t').searchParams.getAll('scope');
  const server: Replay = await startReplay(({ path }) => answer(scopesOf(path)));
  endings.push(() => server.stop());
  const transport = createTransport({ origin: 'registry', allowedHosts: [server.host] });
  endings.push(() => transport.close());
  return {
    tokens: new TokenSource(transport, { url: new URL(server.url), service: null, reach }, null),
    asked: () => server.seen.map(({ path }) => scopesOf(path)),
  };
}

function answerWith(token: string, seconds = 300): Answer {
  return { status: 200, body: JSON.stringify({ token, expires_in: seconds }) };
}

const scopesOf = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `repository:project-${at}/app:pull,push`);

describe('tokens', () => {
  it('serve all repositories that were announced, and are fetched once for all who ask at the same time', async () => {
    const { tokens, asked } = await sourceFor((scopes) => answerWith(tokenWith(scopes.map(asAsked))));
    const scopes = scopesOf(22);
    tokens.announce(scopes);
    const got = await Promise.all(scopes.map((scope) => tokens.get([scope], options)));
    expect(new Set(got).size).toBe(1);
    expect(
      await tokens.get(['repository:project-1/app:pull,push', 'repository:project-2/app:pull'], options),
    ).toBe(got[0]);
    expect(asked()).toEqual([scopes]);
  });

  it('serve whole projects in Harbor', async () => {
    const { tokens, asked } = await sourceFor(
      (scopes) => answerWith(tokenWith(scopes.map(asAsked))),
      'project',
    );
    tokens.announce(['repository:p/one:pull,push', 'repository:p/two:pull,push', 'repository:q/x:pull,push']);
    const token = await tokens.get(['repository:p/three:pull,push'], options);
    expect(tokens.grants(token, ['repository:p/two:pull,push'])).toBe(true);
    expect(asked()).toEqual([['repository:p/one:pull,push', 'repository:q/x:pull,push']]);
  });

  it('stay short enough for a header line: many repositories are divided among several', async () => {
    const lengths: number[] = [];
    const { tokens, asked } = await sourceFor((scopes) => {
      const token = tokenWith(scopes.map(asAsked));
      lengths.push(token.length);
      return answerWith(token);
    });
    const scopes = scopesOf(100);
    tokens.announce(scopes);
    for (const scope of scopes) await tokens.get([scope], options);
    expect(asked().flat().sort()).toEqual([...scopes].sort());
    expect(asked().length).toBeLessThanOrEqual(4);
    expect(Math.max(...lengths)).toBeLessThan(6_000);
  });

  it('are divided again where the service makes them longer than expected', async () => {
    const { tokens, asked } = await sourceFor((scopes) => answerWith('x'.repeat(1_500 * scopes.length)));
    const scopes = scopesOf(8);
    tokens.announce(scopes);
    for (const scope of scopes)
      expect((await tokens.get([scope], options)).value.length).toBeLessThanOrEqual(6_000);
    expect(asked().map((one) => one.length)).toEqual([8, 4, 4]);
  });

  it('are divided where the service does not take so long a URL', async () => {
    const { tokens, asked } = await sourceFor((scopes) =>
      scopes.length > 5 ? { status: 414 } : answerWith(tokenWith(scopes.map(asAsked))),
    );
    const scopes = scopesOf(8);
    tokens.announce(scopes);
    for (const scope of scopes) await tokens.get([scope], options);
    expect(asked().map((one) => one.length)).toEqual([8, 4, 4]);
  });

  it('are fetched for each repository alone where the service answers only the first scope', async () => {
    const { tokens, asked } = await sourceFor((scopes) =>
      answerWith(tokenWith(scopes.slice(0, 1).map(asAsked))),
    );
    const scopes = scopesOf(3);
    tokens.announce(scopes);
    for (const scope of scopes) {
      const token = await tokens.get([scope], options);
      expect(tokens.grants(token, [scope])).toBe(true);
    }
    // All together, one more to compare, then each that has no token of its own yet.
    expect(asked().map((one) => one.length)).toEqual([3, 1, 1, 1]);
  });

  it('are fetched for each repository alone where the service refuses several scopes', async () => {
    const { tokens, asked } = await sourceFor((scopes) =>
      scopes.length > 1 ? { status: 400 } : answerWith(tokenWith(scopes.map(asAsked))),
    );
    const scopes = scopesOf(2);
    tokens.announce(scopes);
    for (const scope of scopes) expect(tokens.grants(await tokens.get([scope], options), [scope])).toBe(true);
    expect(asked().map((one) => one.length)).toEqual([2, 1, 1]);
  });

  it('are kept up to a number of characters, the latest ones, and fetched again after that', async () => {
    const { tokens, asked } = await sourceFor((scopes) =>
      scopes.length > 1 ? { status: 400 } : answerWith('x'.repeat(200_000)),
    );
    const scopes = scopesOf(60);
    // the service does not take two scopes at a time, so that each gets a token of its own
    await expect(tokens.get(scopes.slice(0, 2), options)).rejects.toMatchObject({ status: 400 });
    for (const scope of scopes) await tokens.get([scope], options);
    const count = asked().length;
    for (const scope of scopes.slice(-35)) await tokens.get([scope], options);
    expect(asked().length).toBe(count);
    await tokens.get(scopes.slice(0, 1), options);
    expect(asked().length).toBe(count + 1);
  });

  it('say where an account has fewer rights; a service that leaves such repositories out is asked once more only', async () => {
    const { tokens, asked } = await sourceFor((scopes) =>
      answerWith(tokenWith(scopes.filter((scope) => scope.includes('project-0/')).map(asAsked))),
    );
    const scopes = scopesOf(5);
    tokens.announce(scopes);
    const granted = await Promise.all(
      scopes.map(async (scope) => tokens.grants(await tokens.get([scope], options), [scope])),
    );
    expect(granted).toEqual([true, false, false, false, false]);
    expect(asked().length).toBe(2);
  });

  it('are renewed before they end, for all repositories together', async () => {
    const { tokens, asked } = await sourceFor((scopes) => answerWith(tokenWith(scopes.map(asAsked)), 1e-6));
    const scopes = scopesOf(3);
    tokens.announce(scopes);
    for (const scope of scopes) await tokens.get([scope], options);
    expect(asked()).toEqual([scopes, scopes, scopes]);
  });
});
