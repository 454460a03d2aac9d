// Looks at the arguments of all processes while tests run, and fails the run when a secret of a test was among them: everybody on a
// computer can read them. Vitest calls `setup` before the first test and what it gives after the last one.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const LOOK_EVERY_MS = 250;

/** Names the file to which {@link noteSecret} writes the secrets of all workers. */
export const SECRETS_FILE = 'ARCHBRIDGE_TEST_SECRETS';

/** Begins to look. Gives what ends it, which throws where the arguments of a process held a secret. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'archbridge-secrets-'));
  const file = join(folder, 'secrets');
  process.env[SECRETS_FILE] = file;
  const seen = new Set<string>();
  const timer = setInterval(() => lookAtProcesses(seen), LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    lookAtProcesses(seen);
    const secrets = new Set(readOrNothing(file).split('\n').filter(Boolean));
    rmSync(folder, { recursive: true });
    for (const secret of secrets) {
      const guilty = [...seen].find((line) => line.includes(secret));
      if (guilty !== undefined) {
        const program = basename(guilty.split('\0', 1)[0] ?? '');
        throw new Error(`the arguments of ${program} held a secret of ${String(secret.length)} characters`);
      }
    }
  };
}

/** Adds the arguments of every process; nothing on systems without /proc. */
function lookAtProcesses(seen: Set<string>): void {
  if (!existsSync('/proc')) return;
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) seen.add(readOrNothing(join('/proc', name, 'cmdline')));
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
