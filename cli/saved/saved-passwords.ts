// The passwords of a saved target: from the system's keychain, or else asked. They are never in a file.
import type { CredentialsSource, RememberedTarget, TargetSpec } from '../../core/contract.js';
import { chartOrigins, registryOrigin } from '../../core/engine.js';
import { askPassword, type Asking } from './ask-password.js';
import type { CommandContext } from '../command.js';
import { systemKeychain } from './keychain.js';
import type { GivenCredentials } from '../options/credentials.js';

type Around = Pick<CommandContext, 'env' | 'mayAsk'> & Asking;

interface Login {
  readonly origin: string;
  readonly username: string;
  readonly side: 'credentials' | 'chartCredentials';
}

/** The passwords of a saved target that the keychain holds, where nothing else has given them. */
export async function keptPasswords(
  saved: RememberedTarget,
  given: GivenCredentials,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<GivenCredentials> {
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
  given: GivenCredentials,
  around: Around,
): Promise<GivenCredentials> {
  if (!around.mayAsk) return {};
  return passwordsFor(saved, given, 'terminal', (login) => askPassword(login.origin, login.username, around));
}

async function passwordsFor(
  saved: RememberedTarget,
  given: GivenCredentials,
  kind: CredentialsSource['kind'],
  find: (login: Login) => Promise<string | null>,
): Promise<GivenCredentials> {
  let found: GivenCredentials = {};
  for (const login of loginsOf(saved)) {
    const { username, side, origin } = login;
    if (given[side]) continue;
    const password = await find(login);
    if (!password) continue;
    const credentials = { username, password };
    found =
      side === 'credentials'
        ? { ...found, credentials, credentialsFrom: { kind, where: origin } }
        : { ...found, chartCredentials: credentials };
  }
  return found;
}

/** Puts the passwords of a target into the keychain. Gives the origins whose passwords it did not take. */
export async function keepPasswords(
  saved: RememberedTarget,
  spec: TargetSpec,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<readonly string[]> {
  const keychain = systemKeychain(env);
  const notKept: string[] = [];
  for (const { origin, username, side } of loginsOf(saved)) {
    const password = spec[side]?.password;
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
  return [
    ...(registry !== null && username !== ''
      ? [{ origin: registry, username, side: 'credentials' as const }]
      : []),
    ...(charts !== undefined && chartsUsername
      ? [{ origin: charts, username: chartsUsername, side: 'chartCredentials' as const }]
      : []),
  ];
}
