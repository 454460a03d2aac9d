// Asks a credential helper (docker-credential-NAME) for the login of a registry. Helpers are programs of others, so they get little trust:
// no shell, a plain name, a bounded time, a bounded answer; what they print is never shown, because it may hold a secret.
// https://github.com/docker/docker-credential-helpers#development
import { spawn } from 'node:child_process';
import { z } from 'zod';
import { AppError } from '../../core/engine.js';
import type { Environment } from '../io.js';

export interface HelperAnswer {
  readonly username: string;
  readonly secret: string;
}

/** What the name of a helper may be; it becomes a part of a program's name. */
const NAME = /^[a-z0-9-]{1,64}$/;
/** Milliseconds. A helper may ask a person to unlock a keychain. */
const PATIENCE = 30_000;
const LONGEST_ANSWER = 256 * 1024;
/** What a helper prints for a registry that it has no login for. */
const NOT_FOUND = 'credentials not found';

const answerSchema = z.looseObject({ Username: z.string(), Secret: z.string().min(1) });

/**
 * The login that the helper has for a registry, as docker's configuration names it; null where it has none. Throws
 * `config.credential-helper-name` and `config.credential-helper-failed`.
 */
export async function askCredentialHelper(
  helper: string,
  registry: string,
  env: Environment,
  { signal }: { readonly signal: AbortSignal },
): Promise<HelperAnswer | null> {
  if (!NAME.test(helper)) {
    throw new AppError('config.credential-helper-name', {
      origin: 'config',
      params: { helper: helper.slice(0, 64) },
    });
  }
  const { status, text } = await answerOf(`docker-credential-${helper}`, registry, env, signal).catch(
    (cause: unknown) => {
      if (signal.aborted) throw cause;
      throw failed(
        helper,
        registry,
        cause instanceof Error && 'code' in cause ? String(cause.code) : 'timeout',
      );
    },
  );
  if (status !== 0) {
    if (text.includes(NOT_FOUND)) return null;
    throw failed(helper, registry, `exit ${String(status)}`);
  }
  const answer = answerSchema.safeParse(parsed(text)).data;
  if (!answer) throw failed(helper, registry, 'JSON');
  return { username: answer.Username, secret: answer.Secret };
}

function answerOf(
  program: string,
  registry: string,
  env: Environment,
  signal: AbortSignal,
): Promise<{ readonly status: number | null; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const child = spawn(program, ['get'], {
      env: { ...env },
      stdio: ['pipe', 'pipe', 'ignore'],
      signal: limit,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const chunks: Buffer[] = [];
    let size = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LONGEST_ANSWER) chunks.push(chunk);
    });
    child.on('error', reject);
    child.on('close', (status) => {
      if (limit.aborted) reject(new Error('aborted'));
      else resolve({ status, text: Buffer.concat(chunks).toString('utf8') });
    });
    // A helper that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => undefined);
    child.stdin.end(registry);
  });
}

function failed(helper: string, host: string, reason: string): AppError {
  return new AppError('config.credential-helper-failed', {
    origin: 'config',
    params: { helper, host, reason },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
