// Offline guard: strace sees every connection of a process that imports. No address but the target's is contacted, no name is looked up,
// and no program gets a password as an argument.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compileCore } from '../support/compiled-core.js';
import { ACCOUNT, startRegistry } from '../support/registries.js';
import { scratchFolders } from '../support/scratch.js';
import { packagePath } from '../support/seed.js';

const STRACE = '/usr/bin/strace';
const run = promisify(execFile);
const scratch = scratchFolders();

/** False where strace is not installed, or may not trace (containers). */
function mayTrace(): boolean {
  if (!existsSync(STRACE)) return false;
  try {
    execFileSync(STRACE, ['-o', '/dev/null', '/bin/true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isAble = mayTrace();
if (!isAble) console.warn('LEFT OUT: the offline guard, because strace is missing or may not trace here');

const SCRIPT = `
import { createEngine } from './core/engine.js';
const { argv, env } = process;
const engine = createEngine({ stateDir: argv[2], version: '0.0.0', log: () => undefined });
const credentials = { username: env.USER_NAME, password: env.PASSWORD };
const target = { registry: argv[3], credentials };
const { signal } = new AbortController();
const checked = await engine.check(target, { signal });
const imported = await engine.import({ packages: [argv[4]], target }, { signal });
console.log(JSON.stringify([checked.ok && checked.value.ok, imported.ok && imported.value.result]));
`;

describe.skipIf(!isAble)('the offline guard', () => {
  it('sees connections to the target only', async () => {
    const registry = await startRegistry({ version: 3, auth: 'htpasswd' });
    try {
      const folder = scratch();
      await compileCore(folder);
      await writeFile(join(folder, 'run.js'), SCRIPT);
      const trace = join(folder, 'trace');
      const proxy = 'http://proxy.invalid:3128';
      const { stdout } = await run(
        STRACE,
        [
          ...['-f', '-qq', '-s', '4096', '-e', 'trace=connect,sendto,execve', '-o', trace],
          ...[process.execPath, 'run.js', join(folder, 'state'), registry.url, packagePath('v0.9.0-amd64')],
        ],
        {
          cwd: folder,
          env: {
            HOME: folder,
            USER_NAME: ACCOUNT.username,
            PASSWORD: ACCOUNT.password,
            HTTP_PROXY: proxy,
            HTTPS_PROXY: proxy,
          },
        },
      );
      expect(JSON.parse(stdout)).toEqual([true, 'done']);
      const lines = (await readFile(trace, 'latin1')).split('\n');
      const places = lines.flatMap((line) => {
        const [, port = '', address = ''] =
          /connect\(.*sin6?_port=htons\((\d+)\).*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)/.exec(
            line,
          ) ?? [];
        return port === '' ? [] : [`${address}:${port}`];
      });
      expect([...new Set(places)]).toEqual([registry.host]);
      const programs = lines.filter((line) => line.includes('execve('));
      expect(programs.length).toBeGreaterThan(0);
      const args = programs.map((line) => /execve\("[^"]*", (\[.*?\])/.exec(line)?.[1] ?? line);
      expect(args.filter((line) => line.includes(ACCOUNT.password))).toEqual([]);
    } finally {
      await registry.stop();
    }
  });
});
