// The projects of a Harbor: which exist, who may create them, what their quotas leave, which repositories they have.
// https://goharbor.io/docs/2.10.0/working-with-projects/
import { z } from 'zod';
import type { Cancellable } from '../../ports/cancellable.js';
import type { Project, ProjectDirectory, ProjectRoom } from '../../ports/project-directory.js';
import { SharedTask } from '../../flow/shared-task.js';
import type { Connection } from '../connection.js';
import { askHarbor, PAGE } from './harbor-api.js';

const storage = z.looseObject({ storage: z.number() });
const repositoriesSchema = z.array(z.looseObject({ name: z.string() }));
const summarySchema = z.looseObject({ quota: z.looseObject({ hard: storage, used: storage }) });
const projectsSchema = z.array(
  z.looseObject({
    name: z.string(),
    metadata: z.looseObject({ public: z.string().nullish() }).nullish(),
    /** The registry that a proxy-cache project caches; 0 and absent: none. */
    registry_id: z.number().nullish(),
    repo_count: z.number().nullish(),
  }),
);
const rulesSchema = z.array(z.looseObject({ disabled: z.boolean().nullish() }));
const artifactSchema = z.looseObject({
  tags: z.array(z.looseObject({ name: z.string(), immutable: z.boolean().nullish() })).nullish(),
});
const userSchema = z.looseObject({ sysadmin_flag: z.boolean() });
const systemSchema = z.looseObject({
  project_creation_restriction: z.string().nullish(),
  read_only: z.boolean().nullish(),
});
type System = z.output<typeof systemSchema>;

interface ListedProject extends Project {
  readonly holdsImages: boolean;
}

/** The kinds of accounts, as far as creating projects is concerned. */
type Account = 'administrator' | 'user' | 'system-robot' | 'project-robot' | 'unknown';

/** Answers to reads that say no more than that this account may not know. */
const MAY_NOT_KNOW = [401, 403, 404, 412];

/** The projects of the Harbor behind a connection. What this account may not read is null. */
export function harborProjects(connection: Connection, username: string | null): ProjectDirectory {
  return new HarborProjects(connection, username);
}

class HarborProjects implements ProjectDirectory {
  readonly #connection: Connection;
  readonly #username: string | null;
  readonly #listing = new SharedTask<ReadonlyMap<string, ListedProject>>();
  readonly #asking = new SharedTask<Account>();
  #listed: ReadonlyMap<string, ListedProject> | null = null;
  #account: Account | null = null;
  /** By project: whether it may have rules that make tags immutable. */
  readonly #ruled = new Map<string, Promise<boolean>>();
  readonly #introducing = new SharedTask<System>();
  #system: System | null = null;

  constructor(connection: Connection, username: string | null) {
    this.#connection = connection;
    this.#username = username;
  }

  async find(project: string, options: Cancellable): Promise<Project | null | 'unknown'> {
    if (this.#username === null) return 'unknown';
    const { projects } = this.#connection;
    if (projects.get(project) === false) return null;
    const listed = (await this.#all(options)).get(project);
    if (listed) {
      projects.set(project, true);
      return listed;
    }
    // The list holds public projects and those of the account; whether another one exists tells this request alone.
    const path = `projects?project_name=${encodeURIComponent(project)}`;
    const { status } = await askHarbor(this.#connection, 'HEAD', path, [200, ...MAY_NOT_KNOW], options);
    if (status !== 200 && status !== 404) return 'unknown';
    projects.set(project, status === 200);
    return status === 200 ? { name: project, isPublic: null, isProxyCache: false } : null;
  }

  async filled(options: Cancellable): Promise<readonly Project[]> {
    return [...(await this.#all(options)).values()].filter(({ holdsImages }) => holdsImages);
  }

  async mayCreate(options: Cancellable): Promise<boolean | null> {
    switch (await this.#who(options)) {
      case 'administrator':
        return true;
      case 'project-robot':
        return false;
      case 'system-robot':
      case 'unknown':
        return null;
      case 'user': {
        const { project_creation_restriction: restriction } = await this.#about(options);
        return restriction === 'everyone' ? true : restriction === 'adminonly' ? false : null;
      }
    }
  }

  async isAdministrator(options: Cancellable): Promise<boolean> {
    return (await this.#who(options)) === 'administrator';
  }

  async isReadOnly(options: Cancellable): Promise<boolean> {
    return this.#username !== null && ((await this.#about(options)).read_only ?? false);
  }

  async create(name: string, visibility: 'private' | 'public', options: Cancellable): Promise<boolean> {
    // `public` has to be a text here: as a boolean it is refused with 422.
    const body = { project_name: name, metadata: { public: String(visibility === 'public') } };
    const expected = [201, 401, 403, 409];
    const { status } = await askHarbor(this.#connection, 'POST', 'projects', expected, { ...options, body });
    // Somebody else may have created it meanwhile.
    this.#connection.projects.delete(name);
    if (status === 201 || status === 409) return true;
    const path = `projects?project_name=${encodeURIComponent(name)}`;
    const there = await askHarbor(this.#connection, 'HEAD', path, [200, ...MAY_NOT_KNOW], options);
    return there.status === 200;
  }

  async room(project: string, options: Cancellable): Promise<ProjectRoom | null> {
    if (this.#username === null) return null;
    const path = `projects/${project}/summary`;
    const { json } = await askHarbor(this.#connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
    // No summary: a web page, or an answer without the quota, which some accounts may not read.
    const summary = summarySchema.safeParse(json).data;
    if (!summary) return null;
    const { hard, used } = summary.quota;
    return { free: hard.storage < 0 ? null : Math.max(0, hard.storage - used.storage) };
  }

  async isImmutable(repository: string, tag: string, options: Cancellable): Promise<boolean | null> {
    if (this.#username === null) return null;
    const slash = repository.indexOf('/');
    const [project, name] = [repository.slice(0, slash), repository.slice(slash + 1)];
    const ruled = this.#ruled.get(project) ?? this.#hasRules(project, options);
    this.#ruled.set(project, ruled);
    ruled.catch(() => this.#ruled.delete(project));
    if (!(await ruled)) return false;
    // Slashes are encoded twice here. Harbor applies its patterns itself.
    const encoded = encodeURIComponent(encodeURIComponent(name));
    const query = 'with_tag=true&with_immutable_status=true';
    const path = `projects/${project}/repositories/${encoded}/artifacts/${tag}?${query}`;
    const { json } = await askHarbor(this.#connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
    const found = artifactSchema.safeParse(json).data?.tags?.find((one) => one.name === tag);
    return found ? (found.immutable ?? false) : null;
  }

  /** False where no tag of the project can be immutable. Only some roles may read the rules; others ask for each tag. */
  async #hasRules(project: string, options: Cancellable): Promise<boolean> {
    const path = `projects/${project}/immutabletagrules`;
    const { json } = await askHarbor(this.#connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
    const rules = rulesSchema.safeParse(json).data;
    return rules?.every(({ disabled }) => disabled ?? false) !== true;
  }

  async repositories(project: string, options: Cancellable): Promise<readonly string[] | null> {
    const names: string[] = [];
    for (let page = 1; ; page += 1) {
      const path = `projects/${project}/repositories?page_size=${String(PAGE)}&page=${String(page)}`;
      const { json } = await askHarbor(this.#connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
      const found = repositoriesSchema.safeParse(json).data;
      if (!found) return null;
      names.push(...found.map(({ name }) => name));
      if (found.length < PAGE) return names;
    }
  }

  /** All projects that this account sees, asked for once: one request tells as much as one for each project would. */
  async #all(options: Cancellable): Promise<ReadonlyMap<string, ListedProject>> {
    return (
      this.#listed ??
      this.#listing.run(async () => {
        this.#listed ??= await listProjects(this.#connection, options);
        return this.#listed;
      }, options)
    );
  }

  /** What Harbor tells of itself; without credentials less. */
  async #about(options: Cancellable): Promise<System> {
    return (
      this.#system ??
      this.#introducing.run(async () => {
        const path = 'systeminfo';
        const { json } = await askHarbor(this.#connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
        this.#system ??= systemSchema.safeParse(json).data ?? {};
        return this.#system;
      }, options)
    );
  }

  async #who(options: Cancellable): Promise<Account> {
    return (
      this.#account ??
      this.#asking.run(async () => {
        this.#account ??= await whoAmI(this.#connection, this.#username, options);
        return this.#account;
      }, options)
    );
  }
}

async function listProjects(
  connection: Connection,
  options: Cancellable,
): Promise<ReadonlyMap<string, ListedProject>> {
  const projects = new Map<string, ListedProject>();
  for (let page = 1; ; page += 1) {
    const path = `projects?page_size=${String(PAGE)}&page=${String(page)}`;
    const { json } = await askHarbor(connection, 'GET', path, [200, ...MAY_NOT_KNOW], options);
    const found = projectsSchema.safeParse(json).data ?? [];
    for (const { name, metadata, registry_id: source, repo_count: count } of found) {
      const isPublic =
        metadata?.public === undefined || metadata.public === null ? null : metadata.public === 'true';
      projects.set(name, { name, isPublic, isProxyCache: Boolean(source), holdsImages: Boolean(count) });
    }
    if (found.length < PAGE) return projects;
  }
}

/** Robots have no user: Harbor answers 412. Those of a project carry its name and a plus sign in theirs. */
async function whoAmI(
  connection: Connection,
  username: string | null,
  options: Cancellable,
): Promise<Account> {
  if (username === null) return 'unknown';
  const { status, json } = await askHarbor(
    connection,
    'GET',
    'users/current',
    [200, ...MAY_NOT_KNOW],
    options,
  );
  if (status === 412) return username.includes('+') ? 'project-robot' : 'system-robot';
  const user = userSchema.safeParse(json).data;
  if (!user) return 'unknown';
  return user.sysadmin_flag ? 'administrator' : 'user';
}
