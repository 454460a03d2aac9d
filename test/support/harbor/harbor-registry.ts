// The /v2/ side of the Harbor double: rights, missing projects, blobs, mounts, manifests, tags, deletions.
import { randomUUID } from 'node:crypto';
import { recorded, type Answer } from '../replay.js';
import type { Harbor, HarborRequest } from './harbor.js';
import type { Right } from './harbor-accounts.js';
import { partsOf, sha256, type Project } from './harbor-store.js';

const PATH =
  /^\/v2\/(?<repository>.+)\/(?<kind>blobs\/uploads|blobs|manifests|tags|referrers)\/(?<reference>[^/]*)$/;
/** The address that `startReplay` replaces by its own. */
const SELF = 'http://self.invalid';

interface Asked extends HarborRequest {
  readonly repository: string;
  readonly kind: string;
  readonly reference: string;
  readonly project: Project;
}

export function answerRegistry(harbor: Harbor, request: HarborRequest): Answer {
  const { method, path } = request;
  if (path === '/v2/') return greeting(request);
  if (path === '/v2/_catalog') return catalog(harbor, request);
  const { repository = '', kind = '', reference = '' } = PATH.exec(path)?.groups ?? {};
  const [name = '', ...below] = repository.split('/');
  const isRead = method === 'GET' || method === 'HEAD';
  if (harbor.isReadOnly && !isRead) return recorded('harbor/59-read-only', 3);
  if (harbor.isDatabaseDown)
    return recorded('harbor/92-database-down', isRead ? (method === 'HEAD' ? 0 : 1) : 2);
  if (isRead && !request.hasCredentials) return challenge(method, repository);
  if (below.length === 0) return replaced(recorded('harbor/34-manifest-bad', 7), 'single', repository);
  const project = harbor.projects.get(name);
  if (!project) return missing(name, method);
  const needed: Right = method === 'DELETE' ? 'repository:delete' : isRead ? 'pull' : 'push';
  if (!may(harbor, request, project, needed)) return refused(request, repository, needed);
  if (project.isProxyCache && !isRead)
    return replaced(recorded('harbor/60-proxy-cache', 2), 'rec-proxy', name);
  const asked: Asked = { ...request, repository, kind, reference, project };
  switch (kind) {
    case 'blobs/uploads':
      return upload(harbor, asked);
    case 'blobs':
      return blob(harbor, asked);
    case 'manifests':
      return manifest(harbor, asked);
    case 'tags':
      return tagList(harbor, asked);
    default:
      return replaced(recorded('harbor/70-other-paths', 10), '/v2/rec-priv/app/unknown', path);
  }
}

function greeting({ account, hasCredentials }: HarborRequest): Answer {
  if (!hasCredentials) return recorded('harbor/04-v2-anonymous');
  return account ? recorded('harbor/05-v2-basic') : recorded('harbor/06-v2-wrong-password');
}

function catalog(harbor: Harbor, { account }: HarborRequest): Answer {
  if (!account?.isAdmin) return recorded('harbor/20-v2-catalog', 1);
  const names = [...harbor.repositories]
    .filter(([, { manifests }]) => manifests.size > 0)
    .map(([name]) => name);
  return { ...recorded('harbor/20-v2-catalog', 2), body: JSON.stringify({ repositories: names }) };
}

/** Rights of the account, as far as the token was asked for this project. */
function may(harbor: Harbor, request: HarborRequest, project: Project, right: Right): boolean {
  if (!request.granted) return harbor.rights(request, project).has(right);
  return request.granted.get(project.name)?.has(right === 'repository:delete' ? 'delete' : right) ?? false;
}

function challenge(method: string, repository: string): Answer {
  const answer = recorded('harbor/16-anonymous-public', method === 'HEAD' ? 0 : 1);
  const header = answer.headers?.['Www-Authenticate'] ?? '';
  return {
    ...answer,
    headers: { ...answer.headers, 'Www-Authenticate': header.replace('rec-pub/app', repository) },
  };
}

function missing(project: string, method: string): Answer {
  return replaced(recorded('harbor/14-missing-project-push', method === 'HEAD' ? 0 : 3), 'nosuch', project);
}

function refused({ method, hasCredentials }: HarborRequest, repository: string, right: Right): Answer {
  const action = right === 'repository:delete' ? 'delete' : right;
  const isAnonymous = !hasCredentials;
  const answer = isAnonymous
    ? recorded('harbor/16-anonymous-public', 4)
    : recorded('harbor/17-no-rights', method === 'HEAD' ? 0 : 1);
  const named = replaced(replaced(answer, 'rec-priv/app', repository), 'rec-pub/app', repository);
  return replaced(named, 'action: push', `action: ${action}`);
}

function replaced(answer: Answer, from: string, to: string): Answer {
  return { ...answer, body: (answer.body ?? '').replaceAll(from, to) };
}

function overQuota(): Answer {
  return recorded('harbor/53-quota-blob', 3);
}

function upload(harbor: Harbor, asked: Asked): Answer {
  const { method, query, repository, reference, project, body } = asked;
  if (method === 'POST') {
    const mounted = query.get('mount');
    const from = query.get('from');
    if (mounted !== null && from !== null) {
      const source = harbor.projects.get(from.split('/')[0] ?? '');
      if (!source) return missing(from.split('/')[0] ?? '', method);
      if (!may(harbor, asked, source, 'pull')) return refused(asked, from, 'pull');
      const bytes = harbor.repositories.get(from)?.blobs.get(mounted);
      if (bytes) {
        if (!project.charge(new Map([[mounted, bytes.length]]))) return overQuota();
        harbor.repository(repository).blobs.set(mounted, bytes);
        return stored(recorded('harbor/30-mount-ok'), `/v2/${repository}/blobs/${mounted}`, mounted);
      }
    }
    const id = randomUUID();
    harbor.uploads.set(id, { repository, bytes: Buffer.alloc(0) });
    return session(repository, id, recorded('harbor/30-mount-ok', 3));
  }
  const open = harbor.uploads.get(reference);
  if (!open || open.repository !== repository) return recorded('harbor/25-blob-cancel', 4);
  if (method === 'DELETE') {
    harbor.uploads.delete(reference);
    return { status: 204 };
  }
  if (method === 'PATCH') {
    open.bytes = Buffer.concat([open.bytes, body]);
    return session(repository, reference, recorded('harbor/53-quota-blob', 2), open.bytes.length);
  }
  if (method === 'GET') return session(repository, reference, { status: 204 }, open.bytes.length);
  const bytes = Buffer.concat([open.bytes, body]);
  const digest = query.get('digest') ?? '';
  if (sha256(bytes) !== digest)
    return { ...recorded('harbor/33-manifest-missing-blob'), body: wrongDigest() };
  if (!project.charge(new Map([[digest, bytes.length]]))) return overQuota();
  harbor.uploads.delete(reference);
  harbor.repository(repository).blobs.set(digest, bytes);
  return stored(
    { status: 201, headers: { 'Content-Length': '0' } },
    `/v2/${repository}/blobs/${digest}`,
    digest,
  );
}

function wrongDigest(): string {
  return '{"errors":[{"code":"DIGEST_INVALID","message":"provided digest did not match uploaded content","detail":{}}]}';
}

function session(repository: string, id: string, { status }: Answer, size = 0): Answer {
  const Location = `${SELF}/v2/${repository}/blobs/uploads/${id}?_state=${id}`;
  return { status, headers: { Location, Range: `0-${String(Math.max(0, size - 1))}` } };
}

function stored({ status }: Answer, path: string, digest: string): Answer {
  return { status, headers: { Location: `${SELF}${path}`, 'Docker-Content-Digest': digest } };
}

function blob(harbor: Harbor, { method, repository, reference }: Asked): Answer {
  const bytes = harbor.repositories.get(repository)?.blobs.get(reference);
  if (!bytes) return recorded('harbor/29-blob-head-scope', method === 'HEAD' ? 1 : 3);
  const headers = { 'Content-Type': 'application/octet-stream', 'Docker-Content-Digest': reference };
  return method === 'HEAD'
    ? { status: 200, headers: { ...headers, 'Content-Length': String(bytes.length) } }
    : { status: 200, headers, bytes };
}

function manifest(harbor: Harbor, asked: Asked): Answer {
  const { method, repository, reference } = asked;
  if (method === 'PUT') return putManifest(harbor, asked);
  const held = harbor.repositories.get(repository);
  const digest = held?.digestOf(reference) ?? '';
  const found = held?.manifests.get(digest);
  if (method === 'DELETE') return deleteManifest(harbor, asked);
  if (!found) return recorded('harbor/80-manifest-unknown', method === 'HEAD' ? 2 : 0);
  const headers = { 'Content-Type': found.type, 'Docker-Content-Digest': digest };
  return method === 'HEAD'
    ? { status: 200, headers: { ...headers, 'Content-Length': String(found.bytes.length) } }
    : { status: 200, headers, bytes: found.bytes };
}

function putManifest(harbor: Harbor, { repository, reference, project, body, contentType }: Asked): Answer {
  const held = harbor.repository(repository);
  const digest = sha256(body);
  const isTag = !reference.startsWith('sha256:');
  if (isTag && !/^\w[\w.-]{0,127}$/.test(reference))
    return replaced(recorded('harbor/34-manifest-bad', 5), 'a+b', reference);
  if (isTag && project.immutable?.test(reference) && held.tags.has(reference)) {
    const below = repository.slice(project.name.length + 1);
    return replaced(recorded('harbor/58-immutable', 1), "'app:v1'", `'${below}:${reference}'`);
  }
  const parts = partsOf(body);
  if (!parts) return recorded('harbor/34-manifest-bad', 0);
  const { blobs, children } = parts;
  if (blobs.some((one) => !held.blobs.has(one))) return recorded('harbor/33-manifest-missing-blob');
  if (children.some((one) => !held.manifests.has(one))) return recorded('harbor/35-index-missing-child', 1);
  const sizes = new Map(blobs.map((one) => [one, held.blobs.get(one)?.length ?? 0]));
  if (!project.charge(sizes.set(digest, body.length))) return recorded('harbor/56-quota-manifest');
  held.manifests.set(digest, { type: contentType, bytes: body });
  if (isTag) held.tags.set(reference, digest);
  return stored({ status: 201 }, `/v2/${repository}/manifests/${digest}`, digest);
}

function deleteManifest(harbor: Harbor, { repository, reference, project }: Asked): Answer {
  if (!reference.startsWith('sha256:')) return replaced(recorded('harbor/62-delete'), 'v1', reference);
  const held = harbor.repositories.get(repository);
  if (!held?.manifests.has(reference)) return recorded('harbor/62-delete', 7);
  const tags = [...held.tags].filter(([, digest]) => digest === reference).map(([tag]) => tag);
  const locked = tags.find((tag) => project.immutable?.test(tag));
  if (locked !== undefined) return replaced(recorded('harbor/58-immutable', 7), 'tag v1', `tag ${locked}`);
  const isChild = [...held.manifests.values()].some(({ bytes }) =>
    (partsOf(bytes)?.children ?? []).includes(reference),
  );
  if (isChild) return recorded('harbor/62-delete', 9);
  for (const tag of tags) held.tags.delete(tag);
  held.manifests.delete(reference);
  return recorded('harbor/62-delete', 4);
}

function tagList(harbor: Harbor, { repository }: Asked): Answer {
  const held = harbor.repositories.get(repository);
  if (!held) return replaced(recorded('harbor/61-tags-list', 7), 'rec-priv/never', repository);
  const body = JSON.stringify({ name: repository, tags: [...held.tags.keys()].sort() });
  return { ...recorded('harbor/61-tags-list', 0), body };
}
