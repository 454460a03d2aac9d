// Describes the process that holds a lock so exactly that another process can tell whether it has ended.
import { readFile } from 'node:fs/promises';
import { hostname, uptime } from 'node:os';
import { z } from 'zod';
import { errnoOf } from './disk-error.js';

export const processIdentitySchema = z.object({
  host: z.string(),
  pid: z.number().int().positive(),
  /** Linux: clock ticks from boot to the start of the process. Together with `boot` it tells apart two processes that had the same pid. */
  started: z.string().nullable(),
  boot: z.string().nullable(),
  /** ISO 8601. */
  since: z.string(),
});
export type ProcessIdentity = z.infer<typeof processIdentitySchema>;

/** The identity of this process. */
export async function ownIdentity(): Promise<ProcessIdentity> {
  const stat = await readStat(process.pid);
  return {
    host: hostname(),
    pid: process.pid,
    started: stat?.started ?? null,
    boot: await bootId(),
    since: new Date().toISOString(),
  };
}

/** True when the process is known to have ended. To be asked only for processes of this host. */
export async function hasEnded(identity: ProcessIdentity): Promise<boolean> {
  const boot = await bootId();
  if (identity.boot !== null && boot !== null) {
    if (identity.boot !== boot) return true;
    const stat = await readStat(identity.pid);
    return stat === null || stat.ended || stat.started !== identity.started;
  }
  // Without /proc: a process from before the last boot has ended; any other is taken to run while its pid is in use.
  if (Date.parse(identity.since) < Date.now() - uptime() * 1000) return true;
  try {
    process.kill(identity.pid, 0);
    return false;
  } catch (error) {
    return errnoOf(error) === 'ESRCH';
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; null when there is no such process, or no /proc. */
async function readStat(pid: number): Promise<{ started: string; ended: boolean } | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The second field, the program's name, may hold blanks and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0] ?? '';
    return { started: fields[19] ?? '', ended: state === 'Z' || state === 'X' };
  } catch {
    return null;
  }
}

async function bootId(): Promise<string | null> {
  try {
    return (await readFile('/proc/sys/kernel/random/boot_id', 'latin1')).trim();
  } catch {
    return null;
  }
}
