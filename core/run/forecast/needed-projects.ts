// Which projects of a registry an import needs, whether they exist or will be created, and whether their quotas have space.
import type { NeededProject, NeededSpace, PlanChart } from '../../contract.js';
import { compareText } from '../../content/text-order.js';
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { chartPlace, projectOf } from '../../target/projects.js';
import { bytesNewByManifests, bytesNotHeld, bytesOf, type ProjectLoad } from './quota-bytes.js';
import { projectProblems, type ProjectGate, type ProjectOutlook } from '../base/project-gate.js';

export interface ProjectNeeds {
  readonly projects: readonly NeededProject[];
  readonly space: readonly NeededSpace[];
  /** Each names all projects with one obstacle; none where nothing prevents the import. */
  readonly problems: readonly AppError[];
}

/** Bytes that go to a chart repository. */
export type ChartBytes = Pick<PlanChart, 'url' | 'bytes'>;

/** Bytes of the config and the manifest of a chart in a registry, rounded up. */
const CHART_MANIFEST = 1024;

interface Need {
  readonly host: string;
  readonly project: string;
  /** Of charts. */
  bytes: number;
  load: ProjectLoad | null;
}

/**
 * Asks the registries of images and of OCI charts; a registry without projects needs none. `loads`: what the images store in
 * each project, also where that is nothing.
 */
export async function projectNeeds(
  target: ConnectedTarget,
  gate: ProjectGate,
  loads: ReadonlyMap<string, ProjectLoad>,
  charts: readonly ChartBytes[],
  options: Cancellable,
): Promise<ProjectNeeds> {
  const needs = new Map<string, Need>();
  const needOf = (host: string, project: string): Need => {
    const need = needs.get(`${host}/${project}`) ?? { host, project, bytes: 0, load: null };
    needs.set(`${host}/${project}`, need);
    return need;
  };
  const images = target.images?.kind === 'registry' ? target.images : null;
  if (images) for (const [project, load] of loads) needOf(images.host, project).load = load;
  for (const { url, bytes } of charts) {
    const place = chartPlace(url);
    if (!place) continue;
    needOf(place.host, projectOf(place.repository)).bytes += bytes === 0 ? 0 : bytes + CHART_MANIFEST;
  }
  // packages are read in any order, so the names give the order
  const sorted = [...needs.values()].sort(
    (a, b) => compareText(a.host, b.host) || compareText(a.project, b.project),
  );
  const asked = await Promise.all(sorted.map((need) => askFor(need, target, gate, options)));
  const outlooks = asked.flatMap(({ outlook }) => outlook ?? []);
  return {
    projects: outlooks.map(({ name, exists, create }) => ({ name, exists, create })),
    space: asked.flatMap(({ space }) => space ?? []),
    problems: [...projectProblems(outlooks), ...(await readOnlyHosts(outlooks, target, options))],
  };
}

/** One problem for each registry that takes no writes at the moment. */
async function readOnlyHosts(
  outlooks: readonly ProjectOutlook[],
  target: ConnectedTarget,
  options: Cancellable,
): Promise<readonly AppError[]> {
  const problems: AppError[] = [];
  for (const host of new Set(outlooks.map((one) => one.host))) {
    const directory = await target.projectsAt(host, options);
    if (!(await directory?.isReadOnly(options))) continue;
    const params = { host, reason: 'read_only' };
    problems.push(new AppError('registry.read-only', { origin: 'registry', params }));
  }
  return problems;
}

async function askFor(
  { host, project, bytes, load }: Need,
  target: ConnectedTarget,
  gate: ProjectGate,
  options: Cancellable,
): Promise<{ readonly outlook: ProjectOutlook | null; readonly space: NeededSpace | null }> {
  const outlook = await gate.outlook(host, project);
  if (!outlook || outlook.exists === false) return { outlook, space: null };
  const directory = await target.projectsAt(host, options);
  const room = (await directory?.room(project, options)) ?? null;
  const free = room?.free ?? null;
  const ofImages =
    load === null ? 0 : await neededBytes(load, free === null ? null : free - bytes, target, options);
  const needed = ofImages + bytes;
  const space = { kind: 'project', where: project, free, needed } as const;
  if (room && free === null) return { outlook, space: { ...space, enough: true, unlimited: true } };
  return { outlook, space: { ...space, enough: free === null ? null : needed <= free } };
}

/** The manifests of the project are read only where the answer depends on them. `free`: null without a limit, and where it is not known. */
async function neededBytes(
  load: ProjectLoad,
  free: number | null,
  { images }: ConnectedTarget,
  options: Cancellable,
): Promise<number> {
  const isDoubtful = free !== null && bytesOf(load) > free;
  return isDoubtful && images ? bytesNewByManifests(images, load, options) : bytesNotHeld(load);
}
