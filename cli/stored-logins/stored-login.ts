// Finds the login that docker, podman or skopeo keep for a registry on this computer.
// https://docs.docker.com/reference/cli/docker/login/#credential-stores and
// https://github.com/containers/image/blob/main/docs/containers-auth.json.5.md
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Credentials, CredentialsSource } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { Environment } from '../io.js';
import { askCredentialHelper } from './credential-program.js';

export interface StoredLogin {
  readonly credentials: Credentials;
  readonly source: CredentialsSource;
}

/** The user name with which docker stores an identity token. */
const IDENTITY = '<token>';

const text = z.string().optional().catch(undefined);
const schema = z.looseObject({
  auths: z
    .record(z.string(), z.looseObject({ auth: text, identitytoken: text, username: text, password: text }))
    .nullish()
    .catch(null),
  credHelpers: z.record(z.string(), z.string()).nullish().catch(null),
  credsStore: text,
});
type LoginFile = z.output<typeof schema>;

/**
 * The login for `host[:port]`: of the first file that has one, a credential helper for this registry before the general one, and that
 * before logins in the file itself. Keys with a path (podman's logins for one repository) count where all of this host's are the same
 * login. Null where nothing is stored. Throws `config.login-file-unreadable` and what {@link askCredentialHelper} throws.
 */
export async function storedLogin(
  host: string,
  env: Environment,
  options: { readonly signal: AbortSignal },
): Promise<StoredLogin | null> {
  for (const file of loginFiles(env)) {
    const known = await read(file, options);
    const login = known && ((await fromHelper(known, host, env, options)) ?? fromFile(known, host, file));
    if (login) return login;
  }
  return null;
}

/** In the order of their precedence. REGISTRY_AUTH_FILE, where it is set, is the only one. */
function loginFiles(env: Environment): readonly string[] {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? homedir();
  const chosen = env['REGISTRY_AUTH_FILE'];
  if (chosen) return [chosen];
  const runtime = env['XDG_RUNTIME_DIR'];
  return [
    join(env['DOCKER_CONFIG'] ?? join(home, '.docker'), 'config.json'),
    ...(runtime ? [join(runtime, 'containers', 'auth.json')] : []),
    join(env['XDG_CONFIG_HOME'] ?? join(home, '.config'), 'containers', 'auth.json'),
  ];
}

async function read(file: string, { signal }: { readonly signal: AbortSignal }): Promise<LoginFile | null> {
  const content = await readFile(file, { encoding: 'utf8', signal }).catch(() => null);
  signal.throwIfAborted();
  if (content === null || content.trim() === '') return null;
  try {
    return schema.parse(JSON.parse(content));
  } catch {
    // The cause is left out: the words of a parser may quote the file.
    throw new AppError('config.login-file-unreadable', { origin: 'config', params: { file } });
  }
}

async function fromHelper(
  { credHelpers, credsStore, auths }: LoginFile,
  host: string,
  env: Environment,
  options: { readonly signal: AbortSignal },
): Promise<StoredLogin | null> {
  const [registry, own] = Object.entries(credHelpers ?? {}).find(([name]) => isHost(name, host)) ?? [];
  const stored = Object.keys(auths ?? {}).find((name) => isHost(name, host));
  // docker writes an empty entry for each login that the general helper keeps.
  const helper = own ?? (stored === undefined ? undefined : credsStore);
  if (helper === undefined) return null;
  const answer = await askCredentialHelper(helper, registry ?? stored ?? host, env, options);
  if (!answer) return null;
  const isIdentity = answer.username === IDENTITY;
  return {
    credentials: isIdentity
      ? identity(answer.secret)
      : { username: answer.username, password: answer.secret },
    source: { kind: 'credential-helper', where: `docker-credential-${helper}` },
  };
}

function fromFile({ auths }: LoginFile, host: string, file: string): StoredLogin | null {
  const entries = Object.entries(auths ?? {});
  const logins = (names: (name: string) => boolean): readonly Credentials[] =>
    entries.flatMap(([name, entry]) => (names(name) ? (loginIn(entry) ?? []) : []));
  const [whole] = logins((name) => isHost(name, host));
  const ofPaths = logins((name) => !isHost(name, host) && withoutScheme(name).startsWith(`${host}/`));
  const isOne = new Set(ofPaths.map((login) => JSON.stringify(login))).size === 1;
  const credentials = whole ?? (isOne ? ofPaths[0] : undefined);
  return credentials ? { credentials, source: { kind: 'login-file', where: file } } : null;
}

function loginIn(entry: NonNullable<LoginFile['auths']>[string]): Credentials | null {
  if (entry.identitytoken) return identity(entry.identitytoken);
  const pair = Buffer.from(entry.auth ?? '', 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  const username = colon < 0 ? entry.username : pair.slice(0, colon);
  // Some versions of docker pad the pair with NUL.
  const password = colon < 0 ? entry.password : pair.slice(colon + 1).replace(/\0+$/, '');
  return username && password ? { username, password } : null;
}

function identity(token: string): Credentials {
  return { username: IDENTITY, password: token, isIdentityToken: true };
}

/** Keys are hosts, or URLs as docker writes them for `/v1/` and `/v2/`. https on port 443 may stand without its port. */
function isHost(key: string, host: string): boolean {
  const name = withoutScheme(key).replace(/\/(?:v[12]\/?)?$/, '');
  return name === host || name === host.replace(/:443$/, '') || name === `${host}:443`;
}

function withoutScheme(key: string): string {
  return key.replace(/^https?:\/\//, '');
}
