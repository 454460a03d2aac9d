// Reads the login that docker keeps for a registry, so that a proof can read as a node's pull secret does.
// https://docs.docker.com/reference/cli/docker/login/#credential-stores (only logins in the file itself; no credential program is
// run)
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Environment } from './io.js';

const schema = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).nullish(),
});

/** The password of `username` at `host[:port]`; null where docker's config.json is missing or unreadable, or names another user. */
export async function dockerPassword(
  host: string,
  username: string,
  env: Environment,
  { signal }: { readonly signal: AbortSignal },
): Promise<string | null> {
  const folder = env['DOCKER_CONFIG'] ?? join(env['HOME'] ?? homedir(), '.docker');
  const text = await readFile(join(folder, 'config.json'), { encoding: 'utf8', signal }).catch(() => null);
  signal.throwIfAborted();
  const { auths } = parse(text ?? '');
  for (const [name, { auth }] of Object.entries(auths ?? {})) {
    if (hostOf(name) !== host || auth === undefined) continue;
    const pair = Buffer.from(auth, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (pair.slice(0, colon) === username) return pair.slice(colon + 1);
  }
  return null;
}

/** Entries are hosts, or URLs as old versions of docker wrote them. */
function hostOf(name: string): string {
  return name.replace(/^https?:\/\//, '').split('/', 1)[0] ?? '';
}

function parse(text: string): z.infer<typeof schema> {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}
