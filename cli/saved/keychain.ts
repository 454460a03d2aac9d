// The system's keychain, through the program that comes with it: secret-tool (libsecret) on Linux, security on macOS. Passwords go through
// stdin only, never through arguments.
import { spawn } from 'node:child_process';
import type { Environment } from '../io.js';

interface Cancellable {
  readonly signal: AbortSignal;
}

/** Passwords by origin and user name. */
export interface Keychain {
  /** Null where it holds none, or is locked. */
  get(origin: string, username: string, options: Cancellable): Promise<string | null>;
  /** False where it does not take the password. */
  set(origin: string, username: string, password: string, options: Cancellable): Promise<boolean>;
  remove(origin: string, username: string, options: Cancellable): Promise<void>;
}

/** A keychain whose program is missing keeps nothing and has nothing. */
export function systemKeychain(env: Environment, platform: NodeJS.Platform = process.platform): Keychain {
  return platform === 'darwin' ? macKeychain(env) : platform === 'linux' ? secretService(env) : NONE;
}

const NONE: Keychain = {
  get: () => Promise.resolve(null),
  set: () => Promise.resolve(false),
  remove: () => Promise.resolve(),
};

/** https://manpages.debian.org/secret-tool */
function secretService(env: Environment): Keychain {
  const of = (origin: string, username: string) => [
    'application',
    'archbridge',
    'origin',
    origin,
    'username',
    username,
  ];
  const call = (words: readonly string[], stdin: string, o: Cancellable) =>
    output('secret-tool', words, stdin, env, o);
  return {
    get: async (origin, username, o) => (await call(['lookup', ...of(origin, username)], '', o)) || null,
    set: async (origin, username, password, o) => {
      const words = ['store', `--label=Archbridge ${username} ${origin}`, ...of(origin, username)];
      return (await call(words, password, o)) !== null;
    },
    remove: async (origin, username, o) => {
      await call(['clear', ...of(origin, username)], '', o);
    },
  };
}

/** https://ss64.com/mac/security.html (from the documentation, not run) */
function macKeychain(env: Environment): Keychain {
  const of = (origin: string, username: string) => ['-s', `archbridge ${origin}`, '-a', username];
  const call = (words: readonly string[], stdin: string, o: Cancellable) =>
    output('security', words, stdin, env, o);
  return {
    get: async (origin, username, o) => {
      const found = await call(['find-generic-password', ...of(origin, username), '-w'], '', o);
      return found?.replace(/\n$/, '') || null;
    },
    set: async (origin, username, password, o) => {
      // In the interactive mode the password is no argument; as hex it needs no quotes.
      const words = [...of(origin, username).map(quoted), '-X', Buffer.from(password).toString('hex')];
      return (await call(['-i'], `add-generic-password -U ${words.join(' ')}\n`, o)) !== null;
    },
    remove: async (origin, username, o) => {
      await call(['delete-generic-password', ...of(origin, username)], '', o);
    },
  };
}

function quoted(word: string): string {
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}

/** What a program prints; null where it is missing or fails. */
function output(
  program: string,
  words: readonly string[],
  stdin: string,
  env: Environment,
  { signal }: Cancellable,
): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env: { ...env }, stdio: ['pipe', 'pipe', 'ignore'], signal });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => (signal.aborted ? reject(error) : resolve(null)));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(chunks).toString('utf8') : null));
    child.stdin.on('error', () => undefined); // a program that does not read ends with an error of its own
    child.stdin.end(stdin);
  });
}
