// Harbor's projects and quotas for accounts with and without rights, against the double that answers as recorded.
import { afterEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../../core/contract.js';
import type { ProjectDirectory } from '../../../core/ports/project-directory.js';
import { createRegistryTarget } from '../../../core/registry/registry-target.js';
import { Harbor, type HarborOptions } from '../../support/harbor/harbor.js';
import { ADMIN, ALICE, developerOf } from '../../support/harbor/harbor-accounts.js';
import { recorded, startReplay, type Script } from '../../support/replay.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function at(url: string, credentials: Credentials | null = ALICE): Promise<ProjectDirectory> {
  const target = createRegistryTarget({ url, retryPauses: [], ...(credentials ? { credentials } : {}) });
  endings.push(() => target.close());
  const projects = await target.projects(never);
  if (!projects) throw new Error('no projects');
  return projects;
}

async function harbor(options: HarborOptions = {}): Promise<Harbor> {
  const server = await Harbor.start({
    accounts: {
      ...developerOf(['lantern', 'full', 'open']),
      robot$sys: { password: 'p', robot: 'system' },
      'robot$lantern+pusher': { password: 'p', robot: 'project', rights: { lantern: ['pull', 'push'] } },
    },
    projects: {
      lantern: { hard: 20_000, used: 8_969 },
      full: { hard: 100, used: 300 },
      open: {},
      hidden: {},
    },
    ...options,
  });
  endings.push(() => server.stop());
  return server;
}

describe('the projects of a Harbor', () => {
  it('are asked for with the password, not with a token of /v2/, and one list tells of all that the account sees', async () => {
    const server = await harbor();
    const projects = await at(server.url);
    const found = await Promise.all(['lantern', 'full', 'open'].map((name) => projects.find(name, never)));
    expect(found.map((one) => one !== null && one !== 'unknown' && one.name)).toEqual([
      'lantern',
      'full',
      'open',
    ]);
    expect(server.log.filter((line) => line.includes('/api/'))).toEqual([
      'GET /api/v2.0/projects?page_size=100&page=1',
    ]);
  });

  it('exist although the account does not see them, or do not exist', async () => {
    const projects = await at((await harbor()).url);
    expect(await projects.find('hidden', never)).toEqual({
      name: 'hidden',
      isPublic: null,
      isProxyCache: false,
    });
    expect(await projects.find('nosuch', never)).toBeNull();
  });

  it('are unknown where the API answers nobody, and without credentials', async () => {
    const closed = await at((await harbor({ isApiClosed: true })).url);
    expect(await closed.find('lantern', never)).toBe('unknown');
    expect(await closed.room('lantern', never)).toBeNull();
    expect(await closed.mayCreate(never)).toBeNull();
    const server = await harbor();
    const stranger = await at(server.url, null);
    expect(await stranger.find('lantern', never)).toBe('unknown');
    expect(await stranger.room('lantern', never)).toBeNull();
    expect(server.log.some((line) => line.includes('/api/'))).toBe(false);
  });

  it('are listed beyond the first page', async () => {
    const many = Array.from({ length: 120 }, (_, at) => `p${String(at)}`);
    const server = await harbor({
      accounts: developerOf(many),
      projects: Object.fromEntries(many.map((name) => [name, {}])),
    });
    const projects = await at(server.url);
    expect(await projects.find('p119', never)).toMatchObject({ name: 'p119' });
    expect(server.log.filter((line) => line.startsWith('HEAD /api/'))).toEqual([]);
  });

  it('tell whether they are public, and whether they only cache another registry', async () => {
    const { url } = await harbor({ projects: { cache: { isProxyCache: true, isPublic: true } } });
    const projects = await at(url);
    expect(await projects.find('cache', never)).toMatchObject({ isPublic: true, isProxyCache: true });
  });

  it('have the free bytes that their quota leaves, never below 0, and null without a quota', async () => {
    const projects = await at((await harbor()).url);
    const rooms = ['lantern', 'full', 'open', 'hidden'].map((name) => projects.room(name, never));
    expect(await Promise.all(rooms)).toEqual([{ free: 11_031 }, { free: 0 }, { free: null }, null]);
  });

  it.each([
    ['a user where everybody may', 'everyone', ALICE, true],
    ['a user where only administrators may', 'adminonly', ALICE, false],
    ['an administrator', 'adminonly', ADMIN, true],
    ['a robot of the system', 'adminonly', { username: 'robot$sys', password: 'p' }, null],
    ['a robot of a project', 'everyone', { username: 'robot$lantern+pusher', password: 'p' }, false],
  ] as const)('may be created by %s: %s', async (_who, creation, credentials, may) => {
    const projects = await at((await harbor({ creation })).url, credentials);
    expect(await projects.mayCreate(never)).toBe(may);
    expect(await projects.isAdministrator(never)).toBe(credentials === ADMIN);
  });

  it('are created private or public; one that somebody else has created meanwhile is fine', async () => {
    const server = await harbor();
    const projects = await at(server.url);
    expect(await projects.create('new', 'public', never)).toBe(true);
    expect(server.projects.get('new')?.isPublic).toBe(true);
    expect(await projects.create('secret', 'private', never)).toBe(true);
    expect(server.projects.get('secret')?.isPublic).toBe(false);
    expect(await projects.create('new', 'private', never)).toBe(true);
    expect(server.projects.get('new')?.isPublic).toBe(true);
  });

  it('without the right are not created, but one that exists counts although the refusal does not say so', async () => {
    const projects = await at((await harbor({ creation: 'adminonly' })).url);
    expect(await projects.create('new', 'public', never)).toBe(false);
    expect(await projects.create('hidden', 'public', never)).toBe(true);
  });
});

describe('answers that are not those of Harbor’s API', () => {
  async function behind(change: Script): Promise<ProjectDirectory> {
    const double = new Harbor({ accounts: developerOf(['lantern']), projects: { lantern: {} } });
    const server = await startReplay(async (request) => (await change(request)) ?? double.answer(request));
    endings.push(() => server.stop());
    return at(server.url);
  }

  it('are no summary: a web page', async () => {
    const projects = await behind(({ path }) =>
      path.startsWith('/api/')
        ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }
        : undefined,
    );
    expect(await projects.room('lantern', never)).toBeNull();
  });

  it.each([
    ['{"quota":null}', null],
    ['{"quota":{"hard":{"storage":null},"used":null}}', null],
    [
      '{"quota":{"hard":{"storage":10,"limit":null},"used":{"storage":4},"ref":null},"repo_count":null}',
      { free: 6 },
    ],
  ])('may have null in its fields: %s', async (body, free) => {
    const projects = await behind(({ path }) =>
      path.endsWith('/summary') ? { status: 200, body } : undefined,
    );
    expect(await projects.room('lantern', never)).toEqual(free);
  });

  it('come from no other registry', async () => {
    const server = await startReplay(() => recorded('distribution-2.8/01-ping'));
    endings.push(() => server.stop());
    const target = createRegistryTarget({ url: server.url, retryPauses: [] });
    endings.push(() => target.close());
    expect(await target.projects(never)).toBeNull();
  });
});
