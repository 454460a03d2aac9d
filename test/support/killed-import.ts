// Runs in a process of their own that kills itself at a chosen step: before or after a file is written, renamed or synced, and
// before bytes go to a socket. The same step is the same moment each time.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportRequest, PruneRequest, Report, UndoRequest } from '../../core/contract.js';
import { compileCore } from './compiled-core.js';

const SCRIPT = `
import fsp from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import net from 'node:net';
import { syncBuiltinESMExports } from 'node:module';
const [, , state, command, request, killAt, answer] = process.argv;
const isPath = Number.isNaN(Number(killAt));
let steps = 0;
const step = () => {
  steps += 1;
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
};
const stepping = (own) =>
  async function (...given) {
    step();
    const result = await own.apply(this, given);
    if (own.name === 'rename' && isPath && String(given[1]).endsWith(killAt)) process.kill(process.pid, 'SIGKILL');
    step();
    return result;
  };
const handle = await fsp.open('/dev/null');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const name of ['open', 'rename', 'rm', 'mkdir', 'writeFile']) fsp[name] = stepping(fsp[name]);
for (const name of ['write', 'appendFile', 'datasync', 'sync']) prototype[name] = stepping(prototype[name]);
syncBuiltinESMExports();
const { write } = net.Socket.prototype;
net.Socket.prototype.write = function (...given) {
  step();
  return write.apply(this, given);
};
const { createEngine } = await import('./core/engine.js');
const engine = createEngine({ stateDir: state, version: '0.0.0', log: () => undefined });
const { signal } = new AbortController();
const result = await engine[command](JSON.parse(request), { signal });
writeFileSync(answer, JSON.stringify({ steps, result }));
`;

export type KillableCommand = 'import' | 'prune' | 'undo';

export interface KillableImports {
  /**
   * Imports with this state folder, and kills the process at step `killAt`, or right after a file whose path ends so got its name;
   * null when it was killed.
   */
  run(
    state: string,
    request: ImportRequest | PruneRequest | UndoRequest,
    killAt?: number | string,
    command?: KillableCommand,
  ): Promise<{ readonly steps: number; readonly report: Report } | null>;
  close(): Promise<void>;
}

export async function openKillableImports(): Promise<KillableImports> {
  const folder = await mkdtemp(join(tmpdir(), 'archbridge-killed-'));
  await compileCore(folder);
  const script = join(folder, 'import.js');
  await writeFile(script, SCRIPT);
  return {
    run: async (state, request, killAt = 0, command = 'import') => {
      const answer = join(folder, `${randomUUID()}.json`);
      const args = [script, state, command, JSON.stringify(request), String(killAt), answer];
      await new Promise((resolve) => execFile(process.execPath, args, resolve));
      const text = await readFile(answer, 'utf8').catch(() => null);
      if (text === null) return null;
      const { steps, result } = JSON.parse(text) as {
        steps: number;
        result: { ok: true; value: Report } | { ok: false; problem: { message: string } };
      };
      if (!result.ok) throw new Error(result.problem.message);
      return { steps, report: result.value };
    },
    close: () => rm(folder, { recursive: true }),
  };
}

/** Steps spread evenly over a run. */
export function momentsOf(steps: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => Math.floor(((at + 0.5) / count) * steps) + 1);
}
