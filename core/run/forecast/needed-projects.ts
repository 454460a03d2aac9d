// Which projects of a registry an import needs, whether they exist, and whether their quotas have space for the new bytes.
import type { Cancellable } from '../../ports/cancellable.js';
import type { Figures, NeededProject, NeededSpace, PlanChart } from '../../contract.js';
import { AppError } from '../../errors.js';
import type { ConnectedTarget } from '../../target/connect.js';

export interface ProjectNeeds {
  readonly projects: readonly NeededProject[];
  readonly space: readonly NeededSpace[];
  /** Names the projects that an administrator has to create; null when none is missing. */
  readonly problem: AppError | null;
}

/** Bytes that go to one host, by project. */
type Bytes = Map<string, number>;

/**
 * Asks the registries of images and of OCI charts; a registry without projects needs none. `repositories`: those of the tags of
 * the import. `bytesNewTo`: bytes of image blobs that are new to each project.
 */
export async function projectNeeds(
  target: ConnectedTarget,
  repositories: readonly string[],
  bytesNewTo: Figures['newTo'],
  charts: readonly PlanChart[],
  options: Cancellable,
): Promise<ProjectNeeds> {
  const hosts = new Map<string, Bytes>();
  const add = (host: string, project: string, bytes: number): void => {
    const known = hosts.get(host) ?? new Map<string, number>();
    hosts.set(host, known.set(project, (known.get(project) ?? 0) + bytes));
  };
  const images = target.images?.kind === 'registry' ? target.images : null;
  if (images) {
    for (const project of new Set(repositories.map(projectOf)))
      add(images.host, project, bytesNewTo[project] ?? 0);
  }
  for (const { url, name, bytes } of charts) {
    const address = /^oci:\/\/([^/]+)\/?(.*)$/.exec(url);
    if (address?.[1] !== undefined) add(address[1], projectOf(address[2] || name), bytes);
  }
  const found = await Promise.all([...hosts].map(([host, needs]) => askHost(target, host, needs, options)));
  return {
    projects: found.flatMap((one) => one.projects),
    space: found.flatMap((one) => one.space),
    problem: found.find((one) => one.problem !== null)?.problem ?? null,
  };
}

async function askHost(
  target: ConnectedTarget,
  host: string,
  needs: Bytes,
  options: Cancellable,
): Promise<ProjectNeeds> {
  const directory = await target.projectsAt(host, options);
  if (!directory) return { projects: [], space: [], problem: null };
  const asked = await Promise.all(
    [...needs].map(async ([name, needed]) => {
      const exists = await directory.exists(name, options);
      const room = exists === false ? null : await directory.room(name, options);
      return { name, needed, exists, free: room?.free ?? null };
    }),
  );
  const missing = asked.filter(({ exists }) => exists === false).map(({ name }) => name);
  return {
    projects: asked.map(({ name, exists }) => ({ name, exists, create: 'no' })),
    space: asked
      .filter(({ exists }) => exists !== false)
      .map(({ name, needed, free }) => ({
        kind: 'project',
        where: name,
        free,
        needed,
        enough: free === null ? null : needed <= free,
      })),
    problem:
      missing.length === 0
        ? null
        : new AppError('run.projects-missing', {
            origin: 'registry',
            params: { host, projects: missing.sort().join(', '), count: missing.length },
          }),
  };
}

/** The first segment of a repository; in a registry with projects (Harbor) it names the project. */
export function projectOf(repository: string): string {
  return repository.split('/')[0] ?? '';
}
