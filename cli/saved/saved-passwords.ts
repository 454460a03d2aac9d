// The passwords of a saved target: from the system's keychain, or else asked. They are never in a file.
import type {
  ChartRepositorySpec,
  CredentialsSource,
  RememberedTarget,
  TargetSpec,
} from '../../core/contract.js';
import { chartOrigin, chartOrigins, registryOrigin } from '../../core/engine.js';
import { askPassword, type Asking } from './ask-password.js';
import type { CommandContext } from '../command.js';
import { systemKeychain } from './keychain.js';
import type { GivenCredentials } from '../options/credentials.js';

type Around = Pick<CommandContext, 'env' | 'mayAsk'> & Asking;

interface Login {
  readonly origin: string;
  readonly username: string;
  /** `own`: of the chart repositories at the origin alone. */
  readonly side: 'credentials' | 'chartCredentials' | 'own';
}

/** The part of a target that holds passwords. */
export type WithPasswords = GivenCredentials & Pick<TargetSpec, 'charts'>;

/** The passwords of a saved target that the keychain holds, where nothing else has given them. */
export async function keptPasswords(
  saved: RememberedTarget,
  given: WithPasswords,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<WithPasswords> {
  const keychain = systemKeychain(env);
  return passwordsFor(saved, given, 'keychain', (login) =>
    keychain.get(login.origin, login.username, { signal }),
  );
}

/**
 * Asks for the passwords of a saved target that are not known. Without a terminal, or where the person just presses Enter, there are
 * none: a server that wants one says so itself.
 */
export async function askedPasswords(
  saved: RememberedTarget,
  given: WithPasswords,
  around: Around,
): Promise<WithPasswords> {
  if (!around.mayAsk) return {};
  return passwordsFor(saved, given, 'terminal', (login) => askPassword(login.origin, login.username, around));
}

async function passwordsFor(
  saved: RememberedTarget,
  given: WithPasswords,
  kind: CredentialsSource['kind'],
  find: (login: Login) => Promise<string | null>,
): Promise<WithPasswords> {
  let found: WithPasswords = {};
  let { charts = [] } = given;
  for (const login of loginsOf(saved)) {
    const { username, side, origin } = login;
    if (side === 'own' ? charts.every((one) => one.credentials || !isAt(one, login, saved)) : given[side])
      continue;
    const password = await find(login);
    if (!password) continue;
    const credentials = { username, password };
    if (side === 'credentials') found = { ...found, credentials, credentialsFrom: { kind, where: origin } };
    else if (side === 'chartCredentials') found = { ...found, chartCredentials: credentials };
    else {
      charts = charts.map((one) => (isAt(one, login, saved) ? { ...one, credentials } : one));
      found = { ...found, charts };
    }
  }
  return found;
}

/** True for a chart repository with an account of its own, which is this one. */
function isAt(charts: ChartRepositorySpec, { origin, username }: Login, { spec }: RememberedTarget): boolean {
  return charts.username === username && chartOrigin(spec, charts) === origin;
}

/** Puts the passwords of a target into the keychain. Gives the origins whose passwords it did not take. */
export async function keepPasswords(
  saved: RememberedTarget,
  spec: TargetSpec,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<readonly string[]> {
  const keychain = systemKeychain(env);
  const notKept: string[] = [];
  for (const login of loginsOf(saved)) {
    const { origin, username, side } = login;
    const own = saved.spec.charts?.findIndex((one) => isAt(one, login, saved)) ?? -1;
    const password = (side === 'own' ? spec.charts?.[own]?.credentials : spec[side])?.password;
    if (password === undefined || (await keychain.set(origin, username, password, { signal }))) continue;
    notKept.push(origin);
  }
  return notKept;
}

/** Removes the passwords of a target from the keychain, those that another saved target uses excepted. */
export async function forgetPasswords(
  saved: RememberedTarget,
  others: readonly RememberedTarget[],
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<void> {
  const used = new Set(others.flatMap(loginsOf).map(({ origin, username }) => `${origin} ${username}`));
  for (const { origin, username } of loginsOf(saved)) {
    if (!used.has(`${origin} ${username}`)) await systemKeychain(env).remove(origin, username, { signal });
  }
}

function loginsOf({ spec, username, chartsUsername }: RememberedTarget): readonly Login[] {
  const registry = registryOrigin(spec);
  const [charts] = chartOrigins(spec).filter((origin) => origin !== registry);
  const own = (spec.charts ?? []).flatMap((one): readonly Login[] => {
    const origin = chartOrigin(spec, one);
    return one.username === undefined || origin === null
      ? []
      : [{ origin, username: one.username, side: 'own' }];
  });
  return [
    ...new Map(own.map((login) => [`${login.origin} ${login.username}`, login])).values(),
    ...(registry !== null && username !== ''
      ? [{ origin: registry, username, side: 'credentials' as const }]
      : []),
    ...(charts !== undefined && chartsUsername
      ? [{ origin: charts, username: chartsUsername, side: 'chartCredentials' as const }]
      : []),
  ];
}
