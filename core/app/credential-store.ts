// Passwords by the origin that they are for: kept in memory, put into a target right before it is used, never given to a window.
import type { ChartRepositorySpec, Credentials, TargetSpec } from '../contract.js';
import { chartOrigin, credentialOrigin, registryOrigin } from '../target/credential-origins.js';

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
    const { credentials, chartCredentials } = spec;
    const registry = registryOrigin(spec);
    if (registry !== null && credentials) this.#byOrigin.set(registry, credentials);
    for (const charts of spec.charts ?? []) {
      const origin = chartOrigin(spec, charts);
      const own = charts.credentials ?? chartCredentials;
      if (origin !== null && own) this.#byOrigin.set(origin, own);
    }
    return bare(spec);
  }

  /**
   * Returns the target with the credentials that are known for it. Each chart repository gets those of its own origin: as the target's
   * where all have the same, else beside its address.
   */
  fill(spec: TargetSpec): TargetSpec {
    const registry = registryOrigin(spec);
    const credentials = registry === null ? undefined : this.#byOrigin.get(registry);
    const own = (charts: ChartRepositorySpec): Credentials | undefined => {
      const origin = chartOrigin(spec, charts);
      return origin === null ? undefined : this.#byOrigin.get(origin);
    };
    const rest = bare(spec);
    const target = { ...rest, ...(credentials ? { credentials } : {}) };
    const { charts = [] } = rest;
    const remote = charts.filter((one) => chartOrigin(spec, one) !== null);
    const [first, ...others] = remote.map(own);
    const isSame = others.every(
      (one) => one?.username === first?.username && one?.password === first?.password,
    );
    if (isSame) return first ? { ...target, chartCredentials: first } : target;
    return {
      ...target,
      charts: charts.map((one) => {
        const found = own(one);
        return found ? { ...one, credentials: found } : one;
      }),
    };
  }
}

/** A target without credentials. */
function bare(spec: TargetSpec): TargetSpec {
  const { credentials: _images, chartCredentials: _charts, credentialsFrom: _from, ...rest } = spec;
  if (!rest.charts) return rest;
  return { ...rest, charts: rest.charts.map(({ credentials: _own, ...one }) => one) };
}
