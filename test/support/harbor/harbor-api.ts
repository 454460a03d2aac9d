// The API of the Harbor double beside /v2/: projects, quotas, repositories, tags.
import { recorded, type Answer } from '../replay.js';
import type { Harbor, HarborRequest } from './harbor.js';
import { Project } from './harbor-store.js';

interface NewProject {
  readonly project_name?: string;
  readonly metadata?: { readonly public?: unknown };
  readonly public?: boolean;
  readonly storage_limit?: number;
}

const PROJECT_NAME = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

export function answerApi(harbor: Harbor, request: HarborRequest): Answer {
  const { method, query } = request;
  const path = request.path.slice('/api/v2.0/'.length);
  if (harbor.isApiClosed) return recorded('harbor/43-project-get', request.method === 'HEAD' ? 3 : 10);
  if (path === 'ping') return recorded('harbor/01-ping');
  if (path === 'systeminfo') return systemInfo(harbor, request);
  if (path === 'users/current') return currentUser(request);
  if (path === 'projects' && harbor.isDatabaseDown) return recorded('harbor/92-database-down', 7);
  if (harbor.isReadOnly && method !== 'GET' && method !== 'HEAD') return recorded('harbor/59-read-only', 6);
  if (path === 'projects' && method === 'HEAD') {
    if (!request.account) return recorded('harbor/43-project-get', 3);
    return recorded('harbor/43-project-get', harbor.projects.has(query.get('project_name') ?? '') ? 0 : 1);
  }
  if (path === 'projects' && method === 'POST') return create(harbor, request);
  if (path === 'projects') return list(harbor, request);
  const [, name = '', rest = ''] = /^projects\/([^/]+)\/?(.*)$/.exec(path) ?? [];
  const project = harbor.projects.get(name);
  if (name !== '' && rest === '' && method === 'GET') return one(harbor, request, name);
  if (rest === 'summary') return summary(harbor, request, project);
  if (rest === 'repositories') return repositories(harbor, request, project);
  if (rest === 'immutabletagrules') return rules(request, project);
  const artifact = /^repositories\/([^/]+)\/artifacts\/([^/]+)$/.exec(rest);
  if (artifact && method === 'GET') {
    const [, repository = '', tag = ''] = artifact;
    return artifactOf(harbor, request, project, { repository, tag });
  }
  const tag = /^repositories\/([^/]+)\/artifacts\/([^/]+)\/tags\/([^/]+)$/.exec(rest);
  if (tag && method === 'DELETE') {
    const [, repository = '', digest = '', gone = ''] = tag;
    return deleteTag(harbor, request, project, { repository, digest, gone });
  }
  return recorded('harbor/70-other-paths', 6);
}

function systemInfo(harbor: Harbor, { account }: HarborRequest): Answer {
  if (!account) return recorded('harbor/02-systeminfo', 0);
  const { body = '', ...answer } = recorded('harbor/02-systeminfo', 1);
  return {
    ...answer,
    body: body
      .replace(
        '"project_creation_restriction":"everyone"',
        `"project_creation_restriction":"${harbor.creation}"`,
      )
      .replace('"read_only":false', `"read_only":${String(harbor.isReadOnly)}`),
  };
}

function currentUser({ account, user }: HarborRequest): Answer {
  if (!account) return recorded('harbor/52-user-current', 2);
  if (account.robot) return recorded('harbor/50-robot-projects', 17);
  if (account.isAdmin) return recorded('harbor/52-user-current', 1);
  const { body = '', ...answer } = recorded('harbor/52-user-current', 0);
  return { ...answer, body: body.replaceAll('nina', user) };
}

function create(harbor: Harbor, { account, user, body }: HarborRequest): Answer {
  if (!account) return recorded('harbor/40-project-create-bad', 6);
  let asked: NewProject;
  try {
    asked = JSON.parse(body.toString('utf8')) as NewProject;
  } catch {
    return recorded('harbor/40-project-create-bad', 5);
  }
  const name = asked.project_name ?? '';
  if (asked.metadata?.public !== undefined && typeof asked.metadata.public !== 'string')
    return recorded('harbor/39-project-create', 5);
  if (account.robot === 'project') return recorded('harbor/50-robot-projects', 8);
  if (!account.isAdmin && !account.robot && harbor.creation === 'adminonly')
    return recorded('harbor/42-project-create-adminonly');
  if (!PROJECT_NAME.test(name)) return recorded('harbor/40-project-create-bad', 0);
  if (harbor.projects.has(name)) return renamed(recorded('harbor/39-project-create', 6), 'rec-a1', name);
  const isPublic = asked.metadata?.public === 'true' || (asked.public ?? false);
  harbor.projects.set(name, new Project(name, user, { isPublic }));
  return recorded('harbor/39-project-create', 0);
}

function list(harbor: Harbor, request: HarborRequest): Answer {
  const size = Number(request.query.get('page_size') ?? 10);
  if (size > 100) return recorded('harbor/44-project-list', 4);
  const page = Number(request.query.get('page') ?? 1);
  const seen = [...harbor.projects.values()].filter(
    (project) => project.isPublic || harbor.rights(request, project).size > 0,
  );
  const body = JSON.stringify(
    seen.slice((page - 1) * size, page * size).map((one) => described(harbor, one)),
  );
  const { headers, status } = recorded('harbor/44-project-list', 3);
  return { status, headers: { ...headers, 'X-Total-Count': String(seen.length) }, body };
}

function one(harbor: Harbor, request: HarborRequest, name: string): Answer {
  const project = harbor.projects.get(name);
  if (!project && request.account?.isAdmin)
    return renamed(recorded('harbor/43-project-get', 7), 'nosuch', name);
  if (!request.account && !project?.isPublic) return recorded('harbor/43-project-get', 10);
  if (!project || (request.account?.robot !== 'system' && harbor.rights(request, project).size === 0))
    return recorded('harbor/43-project-get', 8);
  if (request.account?.robot === 'project') return recorded('harbor/50-robot-projects', 12);
  return { ...recorded('harbor/43-project-get', 4), body: JSON.stringify(described(harbor, project)) };
}

function described(harbor: Harbor, { name, isPublic, isProxyCache }: Project): unknown {
  const repositories = [...harbor.repositories].filter(
    ([repository, { manifests }]) => repository.startsWith(`${name}/`) && manifests.size > 0,
  );
  return {
    metadata: { public: String(isPublic) },
    name,
    repo_count: repositories.length,
    ...(isProxyCache ? { registry_id: 2 } : {}),
  };
}

function summary(harbor: Harbor, request: HarborRequest, project: Project | undefined): Answer {
  if (!project || harbor.rights(request, project).size === 0 || !request.account)
    return recorded('harbor/57-quota-read', 3);
  const { body = '', ...answer } = recorded('harbor/57-quota-read', 2);
  return {
    ...answer,
    body: body
      .replace('"storage":20000', `"storage":${String(project.hard)}`)
      .replace('"storage":8969', `"storage":${String(project.used)}`),
  };
}

function repositories(harbor: Harbor, request: HarborRequest, project: Project | undefined): Answer {
  if (!project || !harbor.rights(request, project).has('pull')) return recorded('harbor/43-project-get', 8);
  const names = [...harbor.repositories]
    .filter(([name, { manifests }]) => name.startsWith(`${project.name}/`) && manifests.size > 0)
    .map(([name]) => ({ name }));
  return { ...recorded('harbor/44-project-list', 3), body: JSON.stringify(names) };
}

/** Members that are no administrators may not read the rules. */
function rules({ account }: HarborRequest, project: Project | undefined): Answer {
  if (!project || !account?.isAdmin) return recorded('harbor/58-immutable', 10);
  const found = project.immutable ? [{ disabled: false, action: 'immutable' }] : [];
  return { ...recorded('harbor/44-project-list', 3), body: JSON.stringify(found) };
}

function artifactOf(
  harbor: Harbor,
  request: HarborRequest,
  project: Project | undefined,
  { repository, tag }: { readonly repository: string; readonly tag: string },
): Answer {
  if (/%2f/i.test(repository)) return recorded('harbor/70-other-paths', 6);
  if (!project || !harbor.rights(request, project).has('pull')) return recorded('harbor/43-project-get', 8);
  const name = decodeURIComponent(decodeURIComponent(repository));
  const held = harbor.repositories.get(`${project.name}/${name}`)?.tags.has(tag);
  if (!held) return recorded('harbor/43-project-get', 7);
  const isTold = request.query.get('with_immutable_status') === 'true';
  const tags = [{ name: tag, ...(isTold ? { immutable: project.immutable?.test(tag) ?? false } : {}) }];
  return { ...recorded('harbor/44-project-list', 3), body: JSON.stringify({ tags }) };
}

function deleteTag(
  harbor: Harbor,
  request: HarborRequest,
  project: Project | undefined,
  {
    repository,
    digest,
    gone,
  }: { readonly repository: string; readonly digest: string; readonly gone: string },
): Answer {
  const name = decodeURIComponent(decodeURIComponent(repository));
  // A slash that is encoded once only is a path of its own.
  if (/%2f/i.test(repository)) return recorded('harbor/70-other-paths', 6);
  if (!project || !harbor.rights(request, project).has('tag:delete'))
    return recorded('harbor/43-project-get', 8);
  const held = harbor.repositories.get(`${project.name}/${name}`);
  if (!held || held.tags.get(gone) !== digest) return recorded('harbor/43-project-get', 7);
  if (project.immutable?.test(gone)) return recorded('harbor/58-immutable', 7);
  held.tags.delete(gone);
  return recorded('harbor/62-delete', 2);
}

function renamed(answer: Answer, from: string, to: string): Answer {
  return { ...answer, body: (answer.body ?? '').replaceAll(from, to) };
}
