// Harbor's projects and quotas, from recorded answers, for accounts with and without rights.
import { afterEach, describe, expect, it } from 'vitest';
import type { Credentials } from '../../core/contract.js';
import type { ProjectDirectory } from '../../core/registry/harbor.js';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { HARBOR_ACCOUNT, harborDouble } from '../support/harbor-double.js';
import { recorded, startReplay, type Replay, type Script } from '../support/replay.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function directory(
  script: Script,
  credentials: Credentials | null = HARBOR_ACCOUNT,
): Promise<{ readonly projects: ProjectDirectory | null; readonly server: Replay }> {
  const server = await startReplay(script);
  endings.push(() => server.stop());
  const target = createRegistryTarget({
    url: server.url,
    retryPauses: [],
    ...(credentials ? { credentials } : {}),
  });
  endings.push(() => target.close());
  return { projects: await target.projects(never), server };
}

const some = harborDouble({
  lantern: { hard: 20_000, used: 8_969 },
  full: { hard: 100, used: 300 },
  open: {},
  hidden: { mayAsk: false },
});

async function someProjects(): Promise<ProjectDirectory> {
  const { projects } = await directory(some);
  if (!projects) throw new Error('no Harbor');
  return projects;
}

describe('the projects of a Harbor', () => {
  it('are asked for with the password, not with a token of /v2/', async () => {
    const { projects, server } = await directory(some);
    await projects?.exists('lantern', never);
    const { method, path, headers } = server.seen.at(-1) ?? {};
    expect([method, path]).toEqual(['HEAD', '/api/v2.0/projects?project_name=lantern']);
    expect(headers?.authorization).toMatch(/^Basic /);
    expect(headers?.cookie).toBeUndefined();
  });

  it('exist, do not exist, or are unknown to this account', async () => {
    const projects = await someProjects();
    const found = ['lantern', 'nosuch', 'hidden'].map((name) => projects.exists(name, never));
    expect(await Promise.all(found)).toEqual([true, false, null]);
  });

  it('have the free bytes that their quota leaves, never below 0, and null without a quota', async () => {
    const projects = await someProjects();
    const rooms = ['lantern', 'full', 'open', 'hidden'].map((name) => projects.room(name, never));
    expect(await Promise.all(rooms)).toEqual([{ free: 11_031 }, { free: 0 }, { free: null }, null]);
  });

  it('are unknown without credentials, and where a web page answers', async () => {
    const stranger = await directory(some, null);
    expect(await stranger.projects?.exists('lantern', never)).toBeNull();
    expect(await stranger.projects?.room('lantern', never)).toBeNull();
    const page = await directory((request) =>
      request.path.startsWith('/api/')
        ? { status: 200, headers: { 'content-type': 'text/html' }, body: '<html></html>' }
        : some(request),
    );
    expect(await page.projects?.room('lantern', never)).toBeNull();
  });

  it.each([
    ['{"quota":null}', null],
    ['{"quota":{"hard":{"storage":null},"used":null}}', null],
    [
      '{"quota":{"hard":{"storage":10,"limit":null},"used":{"storage":4},"ref":null},"repo_count":null}',
      { free: 6 },
    ],
  ])('have a summary whose fields may be null: %s', async (body, free) => {
    const { projects } = await directory((request) =>
      request.path.endsWith('/summary') ? { status: 200, body } : some(request),
    );
    expect(await projects?.room('lantern', never)).toEqual(free);
  });

  it('exist in no other registry', async () => {
    const other = await directory(() => recorded('distribution-2.8/01-ping'));
    expect(other.projects).toBeNull();
  });
});
