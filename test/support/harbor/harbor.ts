// A Harbor in memory (a double, no real one): accounts, rights, tokens, projects, quotas and /v2/, with the recorded answers of
// Harbor 2.15.2. test/support/harbor.test.ts compares it with the recordings.
import { noteAccount, noteSecret } from '../secrets.js';
import { recorded, startReplay, type Answer, type Replay } from '../replay.js';
import { readToken, rightsIn, writeToken, type HarborAccount, type Right } from './harbor-accounts.js';
import { answerApi } from './harbor-api.js';
import { answerRegistry } from './harbor-registry.js';
import { Project, Repository, type ProjectOptions } from './harbor-store.js';

export interface HarborOptions {
  readonly accounts?: Readonly<Record<string, HarborAccount>>;
  readonly projects?: Readonly<Record<string, ProjectOptions>>;
  /** Who may create projects, beside administrators. */
  readonly creation?: 'everyone' | 'adminonly';
  /** True: the API answers nobody, as behind a gateway that only lets /v2/ through. */
  readonly isApiClosed?: boolean;
  /** Seconds; 1800 as in Harbor unless given. */
  readonly tokenLife?: number;
}

/** A request with the account that sent it. */
export interface HarborRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly contentType: string;
  /** '' without credentials, and with wrong ones. */
  readonly user: string;
  readonly account: HarborAccount | null;
  readonly hasCredentials: boolean;
  /** What the Bearer token grants, by project; null with Basic, where the rights of the account count. */
  readonly granted: ReadonlyMap<string, ReadonlySet<string>> | null;
}

export class Harbor {
  readonly accounts = new Map<string, HarborAccount>();
  readonly projects = new Map<string, Project>();
  readonly repositories = new Map<string, Repository>();
  readonly uploads = new Map<string, { readonly repository: string; bytes: Buffer }>();
  readonly creation: 'everyone' | 'adminonly';
  readonly tokenLife: number;
  readonly isApiClosed: boolean;
  isReadOnly = false;
  isDatabaseDown = false;
  #replay: Replay | null = null;

  constructor(options: HarborOptions) {
    this.creation = options.creation ?? 'everyone';
    this.isApiClosed = options.isApiClosed ?? false;
    this.tokenLife = options.tokenLife ?? 1800;
    for (const [name, account] of Object.entries(options.accounts ?? {})) {
      this.accounts.set(name, account);
      noteAccount(name, account.password);
    }
    this.projects.set('library', new Project('library', 'admin', { isPublic: true }));
    for (const [name, project] of Object.entries(options.projects ?? {}))
      this.projects.set(name, new Project(name, 'admin', project));
  }

  static async start(options: HarborOptions): Promise<Harbor> {
    const harbor = new Harbor(options);
    harbor.#replay = await startReplay((request) => harbor.answer(request));
    return harbor;
  }

  get url(): string {
    return this.#replay?.url ?? '';
  }

  get host(): string {
    return this.#replay?.host ?? '';
  }

  /** `METHOD path` of every request so far. */
  get log(): readonly string[] {
    return (this.#replay?.seen ?? []).map(({ method, path }) => `${method} ${path}`);
  }

  /** Requests that change something. */
  get writes(): readonly string[] {
    return this.log.filter((line) => !/^(?:GET|HEAD) /.test(line));
  }

  stop(): Promise<void> {
    return this.#replay?.stop() ?? Promise.resolve();
  }

  repository(name: string): Repository {
    const known = this.repositories.get(name) ?? new Repository();
    this.repositories.set(name, known);
    return known;
  }

  /** As the portal does: artifacts and tags go, the blobs stay until the garbage collection and do not count any more. */
  deleteRepository(name: string): void {
    const gone = this.repositories.get(name);
    if (!gone) return;
    const project = this.projects.get(name.split('/')[0] ?? '');
    for (const digest of [...gone.blobs.keys(), ...gone.manifests.keys()]) project?.charged.delete(digest);
    gone.manifests.clear();
    gone.tags.clear();
  }

  rights(request: Pick<HarborRequest, 'account' | 'user'>, project: Project): ReadonlySet<Right> {
    return rightsIn(request.account, project, request.user);
  }

  answer(asked: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly body: Buffer;
  }): Answer {
    const url = new URL(asked.path, 'http://harbor.test');
    const authorization = asked.headers['authorization'];
    const contentType = asked.headers['content-type'];
    const request: HarborRequest = {
      method: asked.method,
      path: url.pathname,
      query: url.searchParams,
      body: asked.body,
      contentType: typeof contentType === 'string' ? contentType : '',
      ...this.#whoSends(typeof authorization === 'string' ? authorization : ''),
    };
    if (url.pathname === '/service/token') return this.#token(request);
    if (url.pathname.startsWith('/api/v2.0/')) return answerApi(this, request);
    if (url.pathname.startsWith('/v2/')) return answerRegistry(this, request);
    return recorded('harbor/70-other-paths', url.pathname.startsWith('/api/') ? 2 : 0);
  }

  #whoSends(authorization: string): Pick<HarborRequest, 'user' | 'account' | 'hasCredentials' | 'granted'> {
    const nobody = { user: '', account: null, hasCredentials: authorization !== '', granted: null };
    if (authorization.startsWith('Basic ')) {
      const [user = '', ...rest] = Buffer.from(authorization.slice(6), 'base64').toString('utf8').split(':');
      const account = this.accounts.get(user);
      if (!account || account.isDisabled || account.password !== rest.join(':') || this.isDatabaseDown)
        return nobody;
      return { ...nobody, user, account };
    }
    const token = authorization.startsWith('Bearer ') ? readToken(authorization.slice(7)) : null;
    if (!token) return nobody;
    // What a token grants was decided when it was issued; an expired one grants nothing.
    const access = token.exp * 1000 > Date.now() ? token.access : [];
    const granted = new Map(access.map(({ name, actions }) => [name.split('/')[0] ?? '', new Set(actions)]));
    return { ...nobody, user: token.sub, account: this.accounts.get(token.sub) ?? null, granted };
  }

  /** The token service answers 200 to everybody; rights are in the token. */
  #token(request: HarborRequest): Answer {
    if (request.method !== 'GET') return recorded('harbor/59-read-only', 7);
    if (request.query.get('service') !== 'harbor-registry')
      return recorded('harbor/12-token-several-scopes', 3);
    const scopes = request.query.getAll('scope').flatMap((scope) => scope.split(' '));
    const access = scopes.flatMap((scope) => {
      const name = /^repository:(.+):[^:]*$/.exec(scope)?.[1];
      if (name === undefined) return [];
      const project = this.projects.get(name.split('/')[0] ?? '');
      const rights = project ? this.rights(request, project) : new Set<Right>();
      const actions = [
        ...(rights.has('pull') ? ['pull'] : []),
        ...(rights.has('push') ? ['push'] : []),
        ...(rights.has('repository:delete') ? ['delete'] : []),
      ];
      return [{ type: 'repository', name, actions }];
    });
    const exp = Math.floor(Date.now() / 1000) + this.tokenLife;
    const token = writeToken({ sub: request.user, exp, access });
    noteSecret(token);
    const answer = recorded('harbor/10-token-rights');
    const body = (answer.body ?? '')
      .replace('<token>', token)
      .replace('"expires_in":1800', `"expires_in":${String(this.tokenLife)}`);
    return { ...answer, body };
  }
}
