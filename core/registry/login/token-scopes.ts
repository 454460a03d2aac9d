// The scopes of Bearer tokens: joined, so that one token serves many repositories, and compared with what a token says that it grants.
// https://distribution.github.io/distribution/spec/auth/scope/ and https://distribution.github.io/distribution/spec/auth/jwt/
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';

/** How far a token of one repository reaches: Harbor's serves every repository of the same project. */
export type Reach = 'repository' | 'project';

/** What a token grants: actions by `type:name`. */
export type Grants = ReadonlyMap<string, ReadonlySet<string>>;

interface Scope {
  /** `repository:<name>` or `registry:catalog`. */
  readonly resource: string;
  readonly actions: readonly string[];
}

/** Characters of a token besides the scopes: header, other claims, signature (Harbor's: 1,105). */
const TOKEN_BASE = 1_200;

/** Scopes that are asked for with one token. */
export class ScopeSet {
  readonly #reach: Reach;
  readonly #entries = new Map<string, { readonly resource: string; readonly actions: Set<string> }>();

  constructor(reach: Reach, scopes: readonly string[] = []) {
    this.#reach = reach;
    this.add(scopes);
  }

  /** Number of repositories (projects, where tokens reach that far). */
  get size(): number {
    return this.#entries.size;
  }

  /** As the parameters `scope` of a token request. */
  get texts(): readonly string[] {
    return [...this.#entries.values()].map(
      ({ resource, actions }) => `${resource}:${[...actions].join(',')}`,
    );
  }

  /** About how many characters a token with these scopes has. */
  get tokenLength(): number {
    let claims = 0;
    // An entry of the claim is {"type":"repository","class":"","name":"a/b","actions":["pull","push"]}, in base64.
    for (const { resource } of this.#entries.values()) claims += resource.length + 70;
    return TOKEN_BASE + Math.ceil((claims * 4) / 3);
  }

  add(scopes: readonly string[]): void {
    for (const { resource, actions } of scopes.map(parseScope)) {
      const key = reachOf(resource, this.#reach);
      const entry = this.#entries.get(key) ?? { resource, actions: new Set<string>() };
      for (const action of actions) entry.actions.add(action);
      this.#entries.set(key, entry);
    }
  }

  /** True when a token for this set serves all of `scopes`, as far as it was asked for. */
  covers(scopes: readonly string[]): boolean {
    return scopes.map(parseScope).every(({ resource, actions }) => {
      const entry = this.#entries.get(reachOf(resource, this.#reach));
      return entry !== undefined && actions.every((action) => entry.actions.has(action));
    });
  }

  /** True when it holds one of the repositories of `scopes`. */
  touches(scopes: readonly string[]): boolean {
    return scopes.some((scope) => this.#entries.has(reachOf(parseScope(scope).resource, this.#reach)));
  }

  /** Removes half of the repositories and returns them as a set of their own. */
  split(): ScopeSet {
    const moved = new ScopeSet(this.#reach);
    const entries = [...this.#entries];
    for (const [key, entry] of entries.slice(Math.ceil(entries.length / 2))) {
      moved.#entries.set(key, entry);
      this.#entries.delete(key);
    }
    return moved;
  }
}

/**
 * What the token grants of these scopes: all, or not all; null where the token does not tell. `unlisted`: it does not mention one of
 * the repositories at all, either because it grants nothing there or because the service answered other scopes only.
 */
export function grantOf(
  grants: Grants | null,
  scopes: readonly string[],
  reach: Reach,
): 'granted' | 'lacking' | 'unlisted' | null {
  if (grants === null) return null;
  let answer: 'granted' | 'lacking' = 'granted';
  for (const { resource, actions } of scopes.map(parseScope)) {
    const granted = grants.get(reachOf(resource, reach));
    if (granted === undefined) return 'unlisted';
    if (!actions.every((action) => granted.has(action) || granted.has('*'))) answer = 'lacking';
  }
  return answer;
}

const claimsSchema = z.looseObject({
  access: optional(
    z.array(z.looseObject({ type: z.string(), name: z.string(), actions: optional(z.array(z.string())) })),
  ),
});

/** Reads the claim `access` of a JSON Web Token; null for any other token. The signature is the registry's business. */
export function grantsOf(token: string, reach: Reach): Grants | null {
  const parts = token.split('.');
  if (parts.length !== 3) return null;
  const text = Buffer.from(parts[1] ?? '', 'base64url').toString('utf8');
  const access = claimsSchema.safeParse(parseJson(text)).data?.access;
  if (!access) return null;
  const grants = new Map<string, Set<string>>();
  for (const { type, name, actions } of access) {
    const key = reachOf(`${type}:${name}`, reach);
    grants.set(key, new Set([...(grants.get(key) ?? []), ...(actions ?? [])]));
  }
  return grants;
}

function parseScope(scope: string): Scope {
  const end = scope.lastIndexOf(':');
  return { resource: scope.slice(0, end), actions: scope.slice(end + 1).split(',') };
}

function reachOf(resource: string, reach: Reach): string {
  return reach === 'project' && resource.startsWith('repository:')
    ? (resource.split('/', 1)[0] ?? '')
    : resource;
}
