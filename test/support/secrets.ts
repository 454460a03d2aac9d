// The secrets that the doubles and real servers of a test run hand out or accept; the helpers look for them in everything that is written.
import { appendFileSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS_FILE } from './process-list.js';

/** Shorter texts occur by chance. */
const SHORTEST = 6;
const LARGEST_FILE = 4 * 1024 * 1024;
const known = new Set<string>();

/** Remembers a token or the like. */
export function noteSecret(secret: string): void {
  if (secret.length < SHORTEST || known.has(secret)) return;
  if (/^[a-z]+$/.test(secret)) throw new Error('A word may occur by chance: the test needs another password');
  known.add(secret);
  const file = process.env[SECRETS_FILE];
  // what all workers know is looked for in the list of processes
  if (file !== undefined && !secret.includes('\n')) appendFileSync(file, `${secret}\n`);
}

/** Remembers a password, as it is and as Basic sends it. */
export function noteAccount(username: string, password: string): void {
  noteSecret(password);
  if (password.length >= SHORTEST) noteSecret(Buffer.from(`${username}:${password}`).toString('base64'));
}

/** Remembers the secrets that a command line gets: variables of passwords, and what is typed or piped where it asks for one. */
export function noteGiven(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stdin: string,
): void {
  for (const [name, value = ''] of Object.entries(env)) {
    if (/PASSWORD$/.test(name)) noteSecret(value);
    const login = /PROXY$/i.test(name) ? /^\w+:\/\/[^:@/]*:([^@/]+)@/.exec(value)?.[1] : undefined;
    if (login !== undefined) noteSecret(login);
  }
  if (argv.includes('--password-stdin')) noteSecret(stdin.trim());
}

/** Throws where a text holds a secret; the error does not repeat it. */
export function refuseSecrets(text: string, where: string): void {
  for (const secret of known) {
    if (!text.includes(secret)) continue;
    const at = text.indexOf(secret);
    throw new Error(`${where} holds a secret of ${secret.length} characters at ${at}`);
  }
}

/** As {@link refuseSecrets} for every file below a folder: journals, reports, logs, caches. */
export async function refuseSecretsBelow(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true }).catch(() => [])) {
    const path = join(folder, entry);
    const { size, isFile } = await stat(path).then(
      (found) => ({ size: found.size, isFile: found.isFile() }),
      () => ({ size: 0, isFile: false }),
    );
    if (isFile && size <= LARGEST_FILE) refuseSecrets(await readFile(path, 'latin1').catch(() => ''), path);
  }
}
