// Keeps the Bearer tokens of a run: as few as possible for all repositories, each renewed before it ends.
import type { Credentials } from '../../contract.js';
import { SharedTask } from '../../flow/shared-task.js';
import { Refusal } from '../http/refusal.js';
import type { Transport } from '../http/transport-types.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { fetchToken, isFresh, type Token, type TokenRealm } from './token.js';
import { grantOf, ScopeSet } from './token-scopes.js';

/**
 * Characters of a token. It goes into one header line of each request, and servers refuse long ones: nginx (Harbor) a line of more
 * than 8 KB, Tomcat a request whose headers have more than 8 KB together.
 */
const LONGEST_TOKEN = 6_000;
/** Characters of all tokens that are kept at a time: some thousand usual ones. A service that answers long ones is asked more often. */
const MOST_CHARACTERS = 8_000_000;
/** Characters that an entry counts besides its token: its scopes. */
const ENTRY_CHARACTERS = 1_000;
/** Milliseconds after which a token that lacks a right is fetched anew: somebody may have given the right meanwhile. */
const RIGHTS_LAST = 60_000;

/** Statuses of a service that does not take so long a URL. */
const TOO_LONG = new Set([414, 431]);
/** Statuses of a service that does not take several scopes, or not where one of them is for a project that is missing or hidden. */
const NOT_TOGETHER = new Set([400, 403, 404]);

/** Repositories that share one token. */
interface Group {
  readonly scopes: ScopeSet;
  /** True: nothing is added. */
  readonly isAlone: boolean;
  readonly fetching: SharedTask<Token | null>;
  token: Token | null;
}

/**
 * The tokens of one realm for one account, or for anonymous requests. The scopes of all repositories are joined in one request for a
 * token; where the token would become longer than {@link LONGEST_TOKEN} characters, or did, they are divided among several tokens.
 * A service that refuses joined scopes, or answers only one of them, is asked for each repository alone.
 */
export class TokenSource {
  readonly realm: TokenRealm;
  readonly #transport: Transport;
  readonly #credentials: Credentials | null;
  #groups: Group[] = [];
  /** Null: not known yet. False: the service does not answer all scopes of a request. */
  #joins: boolean | null = null;
  readonly #comparing = new SharedTask<void>();
  #longest = LONGEST_TOKEN;
  /** Scopes that a token has granted. */
  readonly #granted = new Set<string>();
  /** Scopes that were asked for alone because a token for several did not tell what it grants. */
  readonly #askedAlone = new Set<string>();

  constructor(transport: Transport, realm: TokenRealm, credentials: Credentials | null) {
    this.#transport = transport;
    this.realm = realm;
    this.#credentials = credentials;
  }

  /** Names scopes that will be needed, so that the next tokens serve them too. Nothing is fetched. */
  announce(scopes: readonly string[]): void {
    for (const scope of scopes) this.#groupFor([scope]);
  }

  /**
   * A token for these scopes that is not about to expire; with `long` one that has at least half of its life left, as a long body
   * needs. It may grant less than was asked for: services do so without an error.
   */
  async get(
    scopes: readonly string[],
    { long, signal }: { readonly long: boolean } & Cancellable,
  ): Promise<Token> {
    for (;;) {
      const group = this.#groupFor(scopes);
      const { token: known } = group;
      const isUsable = known?.scopes.covers(scopes) && isFresh(known, long);
      const token = isUsable
        ? known
        : await group.fetching.run(() => this.#renew(group, { signal }), { signal });
      // Repositories that were added while it was fetched need the next one.
      if (!token?.scopes.covers(scopes)) continue;
      if (await this.#mayBeCutShort(token, scopes, { signal })) continue;
      return token;
    }
  }

  /** Forgets a token that the registry refused. */
  drop(token: Token): void {
    for (const group of this.#groups) if (group.token === token) group.token = null;
  }

  /** True where the token does not grant what an earlier one granted. */
  hasLost(token: Token, scopes: readonly string[]): boolean {
    const key = scopes.join(' ');
    const isGranted = this.grants(token, scopes);
    if (isGranted) this.#granted.add(key);
    return isGranted === false && this.#granted.has(key);
  }

  /** Whether the token says that it grants these scopes; null where it does not tell. */
  grants(token: Token, scopes: readonly string[]): boolean | null {
    const answer = grantOf(token.grants, scopes, this.realm.reach);
    return answer === null ? null : answer === 'granted';
  }

  /**
   * True when the next token may be accepted where this one was refused for a missing right: it is old, or it was asked for together
   * with other scopes and does not tell what it grants, and these scopes were not asked for alone yet.
   */
  mayGrantMore(token: Token, scopes: readonly string[]): boolean {
    const age = performance.now() - token.fetchedAt;
    if (age > Math.min(RIGHTS_LAST, token.lifetime / 2)) {
      this.drop(token);
      return true;
    }
    const key = scopes.join(' ');
    if (token.grants !== null || token.scopes.size <= scopes.length || this.#askedAlone.has(key))
      return false;
    this.#askedAlone.add(key);
    return true;
  }

  /** Divides the scopes of a token that is too long for a server among two; false where it is for one repository. */
  divide(token: Token): boolean {
    this.#longest = Math.min(this.#longest, token.value.length - 1);
    const group = this.#groups.find((one) => one.token === token);
    return group ? this.#divide(group) : true;
  }

  #groupFor(scopes: readonly string[]): Group {
    const isAlone = this.#joins === false || this.#askedAlone.has(scopes.join(' '));
    const groups = this.#groups.filter((group) => group.isAlone === isAlone);
    const known = groups.find((group) => group.scopes.covers(scopes));
    if (known) return known;
    const open = isAlone ? [] : groups.filter((group) => this.#hasRoom(group.scopes, scopes));
    const group = open.find((one) => one.scopes.touches(scopes)) ?? open.at(-1);
    group?.scopes.add(scopes);
    return group ?? this.#newGroup(new ScopeSet(this.realm.reach, scopes), isAlone);
  }

  #newGroup(scopes: ScopeSet, isAlone: boolean): Group {
    const group = { scopes, isAlone, fetching: new SharedTask<Token | null>(), token: null };
    this.#groups.push(group);
    return group;
  }

  #hasRoom(known: ScopeSet, scopes: readonly string[]): boolean {
    return new ScopeSet(this.realm.reach, [...known.texts, ...scopes]).tokenLength <= this.#longest;
  }

  /** False where the group has one repository only. */
  #divide(group: Group): boolean {
    if (group.scopes.size < 2) return false;
    group.token = null;
    this.#newGroup(group.scopes.split(), group.isAlone);
    return true;
  }

  /** Keeps the latest entries. Where each repository has a token of its own, mounts need one for each pair of repositories. */
  #forgetOldest(): void {
    let characters = 0;
    const from = this.#groups.findLastIndex(({ token }) => {
      characters += ENTRY_CHARACTERS + (token?.value.length ?? 0);
      return characters > MOST_CHARACTERS;
    });
    if (from >= 0) this.#groups.splice(0, from + 1);
  }

  /** Null when the scopes of the group are asked for in another way now. */
  async #renew(group: Group, options: Cancellable): Promise<Token | null> {
    const scopes = new ScopeSet(this.realm.reach, group.scopes.texts);
    try {
      const token = await fetchToken(this.#transport, this.realm, this.#credentials, scopes, options);
      if (token.value.length > this.#longest && this.#divide(group)) return null;
      group.token = token;
      this.#forgetOldest();
      return token;
    } catch (error) {
      const status = error instanceof Refusal && scopes.size > 1 ? error.status : 0;
      if (TOO_LONG.has(status) && this.#divide(group)) return null;
      if (!NOT_TOGETHER.has(status)) throw error;
      // a mount needs both of its repositories in one token; each of them alone still gets one
      if (group.isAlone) {
        this.#groups = this.#groups.filter((one) => one !== group);
        throw error;
      }
      this.#askForEachAlone();
      return null;
    }
  }

  /**
   * True when the service turned out to answer only one of several scopes, so that these have to be asked for alone. Where the token
   * does not mention them, they are asked for alone once to find out.
   */
  async #mayBeCutShort(token: Token, scopes: readonly string[], options: Cancellable): Promise<boolean> {
    const { reach } = this.realm;
    if (this.#joins !== null || token.scopes.size <= scopes.length) return false;
    if (grantOf(token.grants, scopes, reach) !== 'unlisted') return false;
    await this.#comparing.run(async () => {
      if (this.#joins !== null) return;
      const asked = new ScopeSet(reach, scopes);
      const alone = await fetchToken(this.#transport, this.realm, this.#credentials, asked, options);
      this.#joins = grantOf(alone.grants, scopes, reach) === 'unlisted';
      if (!this.#joins) this.#askForEachAlone();
    }, options);
    return !this.#joins;
  }

  #askForEachAlone(): void {
    this.#joins = false;
    this.#groups = [];
  }
}
