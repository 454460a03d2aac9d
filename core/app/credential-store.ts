// Passwords by the origin that they are for: kept in memory, put into a target right before it is used, never given to a window.
import type { Credentials, TargetSpec } from '../contract.js';
import { chartOrigins, credentialOrigin, registryOrigin } from '../target/credential-origins.js';

export { credentialOrigin } from '../target/credential-origins.js';

/** Credentials and the origin that they are for. */
export interface LocatedCredentials {
  readonly location: string;
  readonly credentials: Credentials;
}

/** Credentials by origin; they stay in the host. */
export class CredentialStore {
  readonly #byOrigin = new Map<string, Credentials>();

  constructor(known: readonly LocatedCredentials[] = []) {
    for (const { location, credentials } of known) this.set(location, credentials);
  }

  /**
   * Sets the credentials for every address at this location's origin; null forgets them. Throws `config.bad-url` and other errors
   * of addresses.
   */
  set(location: string, credentials: Credentials | null): void {
    const origin = credentialOrigin(location);
    if (credentials === null) this.#byOrigin.delete(origin);
    else this.#byOrigin.set(origin, credentials);
  }

  /** Takes the credentials out of a target and remembers them; returns the target without them. */
  takeFrom(spec: TargetSpec): TargetSpec {
    const { credentials, chartCredentials, credentialsFrom: _from, ...rest } = spec;
    const registry = registryOrigin(spec);
    if (registry !== null && credentials) this.#byOrigin.set(registry, credentials);
    if (chartCredentials) {
      for (const origin of chartOrigins(spec)) this.#byOrigin.set(origin, chartCredentials);
    }
    return rest;
  }

  /** Returns the target with the credentials that are known for it. */
  fill(spec: TargetSpec): TargetSpec {
    const { credentials: _none, chartCredentials: _neither, credentialsFrom: _from, ...rest } = spec;
    const registry = registryOrigin(spec);
    const credentials = registry === null ? undefined : this.#byOrigin.get(registry);
    const chartCredentials = this.#forCharts(chartOrigins(spec), registry, credentials);
    return {
      ...rest,
      ...(credentials ? { credentials } : {}),
      ...(chartCredentials ? { chartCredentials } : {}),
    };
  }

  /**
   * A target has one pair of credentials for all its chart repositories. It is filled in only where no repository would get the
   * password of another one.
   */
  #forCharts(
    origins: readonly string[],
    registry: string | null,
    own: Credentials | undefined,
  ): Credentials | undefined {
    const [first, ...others] = origins.map((origin) =>
      origin === registry ? own : this.#byOrigin.get(origin),
    );
    const same = others.every(
      (one) => one?.username === first?.username && one?.password === first?.password,
    );
    return same ? first : undefined;
  }
}
