// Which projects of a registry an import needs, whether they exist or will be created, and whether their quotas have space.
import type { Figures, NeededProject, NeededSpace, PlanChart } from '../../contract.js';
import type { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { chartPlace, projectOf } from '../../target/projects.js';
import { projectProblems, type ProjectGate, type ProjectOutlook } from '../base/project-gate.js';

export interface ProjectNeeds {
  readonly projects: readonly NeededProject[];
  readonly space: readonly NeededSpace[];
  /** Each names all projects with one obstacle; none where nothing prevents the import. */
  readonly problems: readonly AppError[];
}

/** Bytes that go to a chart repository. */
export type ChartBytes = Pick<PlanChart, 'url' | 'bytes'>;

interface Need {
  readonly host: string;
  readonly project: string;
  bytes: number;
}

/**
 * Asks the registries of images and of OCI charts; a registry without projects needs none. `repositories`: those of the tags of
 * the import. `bytesNewTo`: bytes of image blobs that are new to each project.
 */
export async function projectNeeds(
  target: ConnectedTarget,
  gate: ProjectGate,
  repositories: readonly string[],
  bytesNewTo: Figures['newTo'],
  charts: readonly ChartBytes[],
  options: Cancellable,
): Promise<ProjectNeeds> {
  const needs = new Map<string, Need>();
  const add = (host: string, project: string, bytes: number): void => {
    const need = needs.get(`${host}/${project}`) ?? { host, project, bytes: 0 };
    need.bytes += bytes;
    needs.set(`${host}/${project}`, need);
  };
  const images = target.images?.kind === 'registry' ? target.images : null;
  if (images) {
    for (const project of new Set(repositories.map(projectOf)))
      add(images.host, project, bytesNewTo[project] ?? 0);
  }
  for (const { url, bytes } of charts) {
    const place = chartPlace(url);
    if (place) add(place.host, projectOf(place.repository), bytes);
  }
  const asked = await Promise.all([...needs.values()].map((need) => askFor(need, target, gate, options)));
  const outlooks = asked.flatMap(({ outlook }) => outlook ?? []);
  return {
    projects: outlooks.map(({ name, exists, create }) => ({ name, exists, create })),
    space: asked.flatMap(({ space }) => space ?? []),
    problems: projectProblems(outlooks),
  };
}

async function askFor(
  { host, project, bytes }: Need,
  target: ConnectedTarget,
  gate: ProjectGate,
  options: Cancellable,
): Promise<{ readonly outlook: ProjectOutlook | null; readonly space: NeededSpace | null }> {
  const outlook = await gate.outlook(host, project);
  if (!outlook || outlook.exists === false) return { outlook, space: null };
  const directory = await target.projectsAt(host, options);
  const room = (await directory?.room(project, options)) ?? null;
  const free = room?.free ?? null;
  const space = { kind: 'project', where: project, free, needed: bytes } as const;
  if (room && free === null) return { outlook, space: { ...space, enough: true, unlimited: true } };
  return { outlook, space: { ...space, enough: free === null ? null : bytes <= free } };
}
