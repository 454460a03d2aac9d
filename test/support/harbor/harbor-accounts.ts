// Accounts, roles and tokens of the Harbor double.
export type Right = 'pull' | 'push' | 'repository:delete' | 'tag:delete';

export interface HarborAccount {
  readonly password: string;
  readonly isAdmin?: boolean;
  /** Robots of the system may create projects, those of a project may not. */
  readonly robot?: 'system' | 'project';
  /** By project; `*` for every project. */
  readonly rights?: Readonly<Record<string, readonly Right[]>>;
  /** A disabled robot's password is refused; its tokens work until they expire. */
  isDisabled?: boolean;
}

/** What a role of Harbor may do. https://goharbor.io/docs/2.10.0/administration/managing-users/user-permissions-by-role/ */
export const ROLES = {
  maintainer: ['pull', 'push', 'repository:delete', 'tag:delete'],
  developer: ['pull', 'push'],
  guest: ['pull'],
} as const satisfies Readonly<Record<string, readonly Right[]>>;

/** The account of most tests. */
export const ALICE = { username: 'alice', password: 'p' } as const;
export const ADMIN = { username: 'admin', password: 'a' } as const;

/** Alice, who may push to these projects, and an administrator. */
export function developerOf(projects: readonly string[]): Readonly<Record<string, HarborAccount>> {
  const rights = Object.fromEntries(projects.map((name) => [name, ROLES.developer]));
  return {
    [ALICE.username]: { password: ALICE.password, rights },
    [ADMIN.username]: { password: ADMIN.password, isAdmin: true },
  };
}

/** The rights of an account in a project. Anybody may pull from a public one. */
export function rightsIn(
  account: HarborAccount | null,
  project: { readonly name: string; readonly isPublic: boolean; readonly owner: string },
  name: string,
): ReadonlySet<Right> {
  if (account?.isAdmin || (account && project.owner === name)) return new Set(ROLES.maintainer);
  const own = account?.rights?.[project.name] ?? account?.rights?.['*'] ?? [];
  return new Set<Right>([...own, ...(project.isPublic ? ROLES.guest : [])]);
}

interface TokenContent {
  readonly sub: string;
  readonly exp: number;
  readonly access: readonly {
    readonly type: string;
    readonly name: string;
    readonly actions: readonly string[];
  }[];
}

/** A JWT in form; the signature is a text, because nobody but the double checks it. */
export function writeToken(content: TokenContent): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ typ: 'JWT', alg: 'RS256' })}.${part(content)}.c2lnbmF0dXJl`;
}

export function readToken(token: string): TokenContent | null {
  const [, content = ''] = token.split('.');
  try {
    return JSON.parse(Buffer.from(content, 'base64url').toString('utf8')) as TokenContent;
  } catch {
    return null;
  }
}
