// The Harbor double answers as Harbor 2.15.2 did: the recorded requests are sent to it, and the answers are compared.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Harbor, type HarborOptions } from './harbor.js';
import { Project } from './harbor-store.js';

interface Recorded {
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string | null;
  };
}

const ACCOUNTS: HarborOptions['accounts'] = {
  admin: { password: 'p', isAdmin: true },
  alice: {
    password: 'p',
    rights: {
      'rec-priv': ['pull', 'push'],
      'rec-dev': ['pull', 'push'],
      'rec-imm': ['pull', 'push'],
      'rec-quota': ['pull', 'push'],
    },
  },
  bob: { password: 'p', rights: { 'rec-priv': ['pull'] } },
  nina: { password: 'p' },
  robot$sys: { password: 'p', robot: 'system' },
  'robot$rec-priv+pusher': { password: 'p', robot: 'project', rights: { 'rec-priv': ['pull', 'push'] } },
};

/** Recordings whose every answer, or whose answers with these numbers, the double must give. */
const CASES: readonly (readonly [file: string, options: HarborOptions, numbers?: readonly number[]])[] = [
  ['01-ping', {}],
  ['02-systeminfo', {}],
  ['04-v2-anonymous', {}, [0]],
  ['05-v2-basic', {}],
  ['06-v2-wrong-password', {}],
  ['14-missing-project-push', {}, [4, 5, 6, 7]],
  ['17-no-rights', { projects: { 'rec-priv': {} } }, [0, 1]],
  ['18-guest-push', { projects: { 'rec-priv': {} } }, [2]],
  ['20-v2-catalog', {}, [1]],
  ['25-blob-cancel', { projects: { 'rec-priv': {} } }, [0]],
  ['31-mount-no-rights', { projects: { 'rec-dev': {}, 'rec-hidden': {} } }, [0, 1, 4]],
  ['33-manifest-missing-blob', { projects: { 'rec-priv': {} } }, [0]],
  ['34-manifest-bad', { projects: { 'rec-priv': {}, single: {} } }, [7]],
  ['39-project-create', {}],
  ['40-project-create-bad', {}, [0, 1, 5, 6, 7]],
  ['41-project-create-user', {}, [0, 1, 2]],
  ['42-project-create-adminonly', { creation: 'adminonly', projects: { 'rec-mine': {} } }],
  ['43-project-get', { projects: { 'rec-a1': {} } }, [0, 1, 2, 3, 7, 8, 9, 10]],
  ['50-robot-projects', { projects: { 'rec-priv': {} } }, [0, 1, 4, 8, 9, 10, 11, 12, 14, 16, 17]],
  ['52-user-current', {}, [0, 1, 2]],
  ['53-quota-blob', { projects: { 'rec-quota': { hard: 20_000, used: 8_700 } } }, [1]],
  ['60-proxy-cache', { projects: { 'rec-proxy': { isProxyCache: true, isPublic: true } } }, [2, 3]],
  ['61-tags-list', { projects: { 'rec-priv': {} } }, [7]],
  ['62-delete', { projects: { 'rec-priv': {} } }, [0, 1, 7]],
  ['70-other-paths', {}, [0, 1, 2, 4, 5, 6]],
  ['92-database-down', { projects: { 'rec-priv': {} } }, [4, 6, 7]],
];

function exchanges(file: string): readonly Recorded[] {
  const path = new URL(`../../fixtures/recordings/harbor/${file}.json`, import.meta.url);
  const parsed = JSON.parse(readFileSync(path, 'utf8')) as { readonly exchanges?: readonly Recorded[] };
  return parsed.exchanges ?? [parsed as unknown as Recorded];
}

/** `Basic <base64 of alice:<password>>` as a header that the double understands; a wrong password stays wrong. */
function authorization(recorded: string | undefined): { authorization?: string } {
  const [, user, password] = /^Basic <base64 of ([^:]+):<([^>]*)/.exec(recorded ?? '') ?? [];
  if (user === undefined) return {};
  const secret = password === 'wrong password' ? 'wrong' : 'p';
  return { authorization: `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}` };
}

/** What a client can tell apart; ids, sizes of generated names and times differ from run to run. */
function essence(status: number, headers: Readonly<Record<string, string>>, body: string) {
  const challenge = headers['Www-Authenticate'] ?? headers['www-authenticate'];
  return {
    status,
    challenge: challenge?.replace(/https?:\/\/[^/"]+/g, 'HOST'),
    type: (headers['Content-Type'] ?? '').split(';')[0],
    body: status >= 400 || !body.startsWith('{"current_time') ? body.trim() : '',
  };
}

describe('the Harbor double answers as recorded', () => {
  it.each(CASES.map(([file, options, numbers]) => ({ file, options, numbers })))(
    '$file',
    ({ file, options, numbers }) => {
      const harbor = new Harbor({ accounts: ACCOUNTS, ...options });
      harbor.isDatabaseDown = file === '92-database-down';
      for (const [at, { request, response }] of exchanges(file).entries()) {
        const { method, path, headers, body = '' } = request;
        const sent = {
          ...authorization(headers['Authorization']),
          'content-type': headers['Content-Type'] ?? '',
        };
        const answer = harbor.answer({ method, path, headers: sent, body: Buffer.from(body ?? '') });
        if (numbers && !numbers.includes(at)) continue;
        const told = answer.bytes?.toString('utf8') ?? answer.body ?? '';
        const there = response.body ?? '';
        const expected = essence(response.status, response.headers, typeof there === 'string' ? there : '');
        const given = essence(answer.status, answer.headers ?? {}, told);
        // Bodies of success describe what the server holds; a double holds other things.
        if (response.status < 400) Object.assign(given, { body: expected.body, type: expected.type });
        expect(given, `${file} ${String(at)}: ${method} ${path}`).toEqual(expected);
      }
    },
  );
});

describe('the quota of a project of the double', () => {
  it('counts each blob and manifest once, and takes nothing that goes beyond it', () => {
    const project = new Project('p', 'admin', { hard: 100, used: 10 });
    expect(project.charge(new Map([['a', 50]]))).toBe(true);
    expect(
      project.charge(
        new Map([
          ['a', 50],
          ['b', 40],
        ]),
      ),
    ).toBe(true);
    expect(project.used).toBe(100);
    expect(project.charge(new Map([['c', 1]]))).toBe(false);
    expect(project.charge(new Map([['a', 50]]))).toBe(true);
    expect(project.used).toBe(100);
  });
});
