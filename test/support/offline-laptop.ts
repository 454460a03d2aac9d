// A laptop without network: an empty home folder, the system's programs, and no interface but loopback where this system allows that.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Laptop {
  readonly home: string;
  /** Runs a command there; returns its exit status and what it printed. */
  run(command: string, args: readonly string[], cwd?: string): { status: number | null; output: string };
  /** Everything in the home folder, as paths from there. */
  files(): readonly string[];
}

/** Enters a network namespace of its own; needs user namespaces. https://man7.org/linux/man-pages/man1/unshare.1.html */
const ISOLATED = ['unshare', '--map-root-user', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const canIsolate = spawnSync(ISOLATED[0] ?? '', [...ISOLATED.slice(1), 'true']).status === 0;
if (!canIsolate) console.warn('LEFT OUT: taking the network away (unshare or ip is missing, or not allowed)');

/** @param folder where its home folder is made */
export function offlineLaptop(folder: string): Laptop {
  const home = join(folder, 'home');
  mkdirSync(home);
  const env = { HOME: home, PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, LANG: 'C.UTF-8' };
  return {
    home,
    run(command, args, cwd = home) {
      const [program = '', ...rest] = [...(canIsolate ? ISOLATED : []), command, ...args];
      const { status, stdout, stderr } = spawnSync(program, rest, { cwd, env, encoding: 'utf8' });
      return { status, output: stdout + stderr };
    },
    files: () => readdirSync(home, { recursive: true, encoding: 'utf8' }).sort(),
  };
}
