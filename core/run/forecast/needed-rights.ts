// Which projects of a registry this account may not push to; found out before anything is read or sent there.
import { AppError } from '../../errors.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { projectOf } from '../../target/projects.js';

/** Repositories that an import writes to, in one registry. Images and charts of one target may have accounts of their own. */
export interface PlacesAt {
  readonly host: string;
  readonly side: 'registry' | 'chart-repo';
  readonly repositories: readonly string[];
}

/** The repositories of tags; none in a folder. */
export function placesOfTags(
  { images }: ConnectedTarget,
  tags: readonly { readonly repository: string }[],
): readonly PlacesAt[] {
  if (images?.kind !== 'registry' || tags.length === 0) return [];
  return [{ host: images.host, side: 'registry', repositories: tags.map(({ repository }) => repository) }];
}

/** The repositories of charts that go to OCI registries. */
export function placesOfCharts(
  charts: readonly { readonly url: string; readonly name: string }[],
): readonly PlacesAt[] {
  const byHost = new Map<string, string[]>();
  for (const { url, name } of charts) {
    const [, host, path = ''] = /^oci:\/\/([^/]+)\/?(.*?)\/?$/.exec(url) ?? [];
    if (host === undefined) continue;
    byHost.set(host, [...(byHost.get(host) ?? []), path === '' ? name : `${path}/${name}`]);
  }
  return [...byHost].map(([host, repositories]) => ({ host, side: 'chart-repo', repositories }));
}

/**
 * The repositories that this account may not push to, as far as projects and login tell. From then on nothing is asked in projects
 * that are missing; their repositories are not among the answer.
 */
export async function shutPlaces(
  target: ConnectedTarget,
  places: readonly PlacesAt[],
  options: Cancellable,
): Promise<readonly PlacesAt[]> {
  const shut: PlacesAt[] = [];
  for (const { host, side, repositories } of places) {
    const missing = await missingProjects(target, host, repositories, options);
    const there = repositories.filter((name) => !missing.has(projectOf(name)));
    const rights = (await target.rightsAt(host, side)?.rightsIn(there, options)) ?? [];
    const refused = [...rights].flatMap(([name, { push }]) => (push === false ? [name] : []));
    shut.push({ host, side, repositories: refused });
  }
  return shut;
}

/** As {@link shutPlaces}, found out by an upload that is opened and cancelled where the login does not tell. */
export async function refusingPlaces(
  target: ConnectedTarget,
  places: readonly PlacesAt[],
  options: Cancellable,
): Promise<readonly PlacesAt[]> {
  const refusing: PlacesAt[] = [];
  for (const { host, side, repositories } of places) {
    const refused = await target.rightsAt(host, side)?.refusedIn(repositories, options);
    refusing.push({ host, side, repositories: refused ?? [] });
  }
  return refusing;
}

/** One problem for each host, which names each project once. */
export function rightsProblems(shut: readonly PlacesAt[]): readonly AppError[] {
  const hosts = new Map<string, { readonly side: PlacesAt['side']; readonly projects: Set<string> }>();
  for (const { host, side, repositories } of shut) {
    const known = hosts.get(host) ?? { side, projects: new Set<string>() };
    for (const repository of repositories) known.projects.add(projectOf(repository));
    if (known.projects.size > 0) hosts.set(host, known);
  }
  return [...hosts].map(([host, { side, projects }]) => {
    const params = { host, projects: [...projects].sort().join(', '), count: projects.size };
    return new AppError('run.rights-missing', { origin: side, params });
  });
}

async function missingProjects(
  target: ConnectedTarget,
  host: string,
  repositories: readonly string[],
  options: Cancellable,
): Promise<ReadonlySet<string>> {
  const missing = new Set<string>();
  const directory = await target.projectsAt(host, options);
  if (!directory) return missing;
  await forEachLimited(new Set(repositories.map(projectOf)), QUESTIONS_AT_A_TIME, async (project) => {
    if ((await directory.find(project, options)) === null) missing.add(project);
  });
  return missing;
}
