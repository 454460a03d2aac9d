// Decides for each project of a target, once in a run, whether the run may use it: it exists, is created, or forbids the run.
import type { CreateProjects } from '../../contract.js';
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ProjectDirectory } from '../../ports/project-directory.js';
import type { ConnectedTarget } from '../../target/connect.js';
import { projectOf } from '../../target/projects.js';

/**
 * Why nothing can be pushed to a project: it is missing and this account may not create it, or must not (`--create-projects
 * never`); it caches another registry; this account may not push to it.
 */
export type Obstacle = 'missing' | 'not-created' | 'proxy-cache' | 'no-rights';

/** A repository that images or charts go to. Both sides of a target may have accounts of their own. */
export interface PushPlace {
  readonly host: string;
  readonly side: 'registry' | 'chart-repo';
  readonly repository: string;
}

/** What is known of a project before anything is written. */
export interface ProjectOutlook {
  readonly host: string;
  readonly name: string;
  /** Null when the target does not say. */
  readonly exists: boolean | null;
  /** How the run will create it; `no` where it exists, may not be created or is not known to be missing. */
  readonly create: 'private' | 'public' | 'no';
  readonly obstacle: Obstacle | null;
}

export interface ProjectGateOptions extends Cancellable {
  /** The projects of the registry that serves `host`; null where it has none. */
  readonly projectsAt: (host: string, options: Cancellable) => Promise<ProjectDirectory | null>;
  readonly rightsAt: ConnectedTarget['rightsAt'];
  readonly createProjects: CreateProjects;
}

/** The projects of one run. */
export class ProjectGate {
  readonly #options: ProjectGateOptions;
  readonly #outlooks = new Map<string, Promise<ProjectOutlook | null>>();
  readonly #admissions = new Map<string, Promise<AppError | null>>();
  readonly #refused: ProjectOutlook[] = [];
  readonly #created: ProjectOutlook[] = [];
  #likeExisting: Promise<'private' | 'public'> | null = null;

  constructor(options: ProjectGateOptions) {
    this.#options = options;
  }

  /** Asks the target and writes nothing. Null where the registry has no projects, or none was opened for the host. */
  outlook(host: string, project: string): Promise<ProjectOutlook | null> {
    return once(this.#outlooks, `${host}/${project}`, () => this.#ask(host, project));
  }

  /**
   * Makes sure that the project of a repository exists, creates it where that is allowed, and asks the login whether this account
   * may push. Gives why the run may not use the project; null when it may. Where the registry has no projects, the rights of each
   * repository count.
   */
  async admit(place: PushPlace): Promise<AppError | null> {
    const project = projectOf(place.repository);
    const hasProjects = (await this.outlook(place.host, project)) !== null;
    const key = `${place.side} ${place.host}/${hasProjects ? project : place.repository}`;
    return once(this.#admissions, key, () => this.#open(place));
  }

  /** The problems of the projects that kept images or charts out; see {@link projectProblems}. */
  problems(): readonly AppError[] {
    return projectProblems(this.#refused);
  }

  /** Notes about the projects that this run created. */
  notes(): readonly AppError[] {
    return this.#created.map(({ host, name, create }) => {
      const code = create === 'public' ? 'run.project-created-public' : 'run.project-created-private';
      return new AppError(code, { origin: 'registry', params: { host, project: name } });
    });
  }

  async #ask(host: string, name: string): Promise<ProjectOutlook | null> {
    const { projectsAt, createProjects, signal } = this.#options;
    const directory = await projectsAt(host, { signal });
    if (!directory) return null;
    const found = await directory.find(name, { signal });
    const base = { host, name, create: 'no', obstacle: null } as const;
    if (found === 'unknown') return { ...base, exists: null };
    if (found) return { ...base, exists: true, obstacle: found.isProxyCache ? 'proxy-cache' : null };
    const lacking = { ...base, exists: false };
    if ((await directory.mayCreate({ signal })) === false) return { ...lacking, obstacle: 'missing' };
    if (createProjects === 'never') return { ...lacking, obstacle: 'not-created' };
    const create =
      createProjects === 'like-existing'
        ? await (this.#likeExisting ??= visibilityOfOthers(directory, { signal }))
        : createProjects;
    return { ...lacking, create };
  }

  async #open({ host, side, repository }: PushPlace): Promise<AppError | null> {
    const { projectsAt, rightsAt, signal } = this.#options;
    const project = projectOf(repository);
    let seen = await this.outlook(host, project);
    if (seen && seen.create !== 'no') {
      const directory = await projectsAt(host, { signal });
      const isThere = await directory?.create(project, seen.create, { signal });
      if (isThere) this.#created.push(seen);
      else seen = { ...seen, create: 'no', obstacle: 'missing' };
    }
    // Where charts go exactly is not known yet, which matters where rights are those of single repositories.
    if (!seen && side === 'registry')
      seen = { host, name: project, exists: null, create: 'no', obstacle: null };
    if (seen && !seen.obstacle) {
      const rights = await rightsAt(host, side)?.rightsIn([repository], { signal });
      if (rights?.get(repository)?.push === false) seen = { ...seen, obstacle: 'no-rights' };
    }
    if (!seen?.obstacle) return null;
    this.#refused.push(seen);
    return refusal(seen);
  }
}

/** One problem for each kind of obstacle and host: it names all projects and whom to ask. */
export function projectProblems(outlooks: readonly ProjectOutlook[]): readonly AppError[] {
  const groups = new Map<string, { host: string; obstacle: Obstacle; names: Set<string> }>();
  for (const { host, name, obstacle } of outlooks) {
    if (obstacle === null) continue;
    const group = groups.get(`${host} ${obstacle}`) ?? { host, obstacle, names: new Set() };
    group.names.add(name);
    groups.set(`${host} ${obstacle}`, group);
  }
  return [...groups.values()].map(({ host, obstacle, names }) => {
    const params = { host, projects: [...names].sort().join(', '), count: names.size };
    return new AppError(PROBLEMS[obstacle], { origin: 'registry', params });
  });
}

const PROBLEMS = {
  missing: 'run.projects-missing',
  'not-created': 'run.projects-not-created',
  'proxy-cache': 'run.projects-cache-only',
  'no-rights': 'run.rights-missing',
} as const;

const REFUSALS = {
  missing: 'registry.project-missing',
  'not-created': 'registry.project-missing',
  'proxy-cache': 'registry.project-cache-only',
  'no-rights': 'registry.project-not-writable',
} as const;

/** The problem of one image or chart for which there is no project that it may be pushed to. */
function refusal({ host, name, obstacle }: ProjectOutlook): AppError {
  const code = obstacle === null ? 'registry.project-missing' : REFUSALS[obstacle];
  return new AppError(code, {
    origin: 'registry',
    params: { project: name, repository: `${host}/${name}`, host },
  });
}

/** True for a problem that {@link ProjectGate.admit} gives: the image is whole, and its project keeps it out. */
export function isAboutProject(problem: Pick<AppError, 'code'> | null): boolean {
  return problem !== null && Object.values<string>(REFUSALS).includes(problem.code);
}

/**
 * `public` where every other project that holds images is public, else `private`. Harbor's own `library` is public from the
 * beginning and does not count, nor do projects that cache another registry.
 */
async function visibilityOfOthers(
  directory: ProjectDirectory,
  options: Cancellable,
): Promise<'private' | 'public'> {
  const others = (await directory.filled(options)).filter(
    ({ name, isProxyCache }) => name !== 'library' && !isProxyCache,
  );
  return others.length > 0 && others.every(({ isPublic }) => isPublic === true) ? 'public' : 'private';
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const running = known.get(key) ?? ask();
  known.set(key, running);
  // a failed question is asked again the next time
  running.catch(() => known.delete(key));
  return running;
}
