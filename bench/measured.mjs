// Runs one command and measures it: wall time, CPU seconds, peak memory, bytes read and written, and temporary disk. Linux only.
import { spawn } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const SAMPLE_MS = 100;
/** Ticks a second in /proc/PID/stat: the same on every Linux that Node runs on. */
const TICKS = 100;

// `times` and the kernel's io counters of a shell include those of every child that it has waited for
const WRAPPER = '"$@"; code=$?; times >&3; cat /proc/$$/io >&3; exit $code';

/**
 * Runs a command to its end.
 * @param command program and arguments
 * @param options.folder its temporary files lie there; their largest size is measured
 * @param options.env added to the environment
 * @returns seconds, cpu (user and system seconds with all children), peakMemory, bytesRead, bytesWritten, temporaryDisk (bytes), stdout
 */
export async function measure(command, { folder, env = {} }) {
  const started = performance.now();
  const child = spawn('/bin/sh', ['-c', WRAPPER, 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, TMPDIR: folder, ...env },
  });
  const texts = [1, 2, 3].map((at) => textOf(child.stdio[at]));
  let isOver = false;
  const peak = { memory: 0, disk: 0 };
  const sampling = (async () => {
    while (!isOver) {
      const [memory, disk] = await Promise.all([treeMemory(child.pid), folderBytes(folder)]);
      peak.memory = Math.max(peak.memory, memory);
      peak.disk = Math.max(peak.disk, disk);
      await pause(SAMPLE_MS);
    }
  })();
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const seconds = (performance.now() - started) / 1000;
  isOver = true;
  const [stdout, stderr, accounts] = await Promise.all(texts);
  await sampling;
  if (code !== 0) throw new Error(`${command.join(' ')}\nended with ${code}\n${stdout}\n${stderr}`);
  return {
    seconds,
    cpu: cpuOf(accounts),
    peakMemory: peak.memory,
    bytesRead: Number(/^rchar: (\d+)/m.exec(accounts)?.[1] ?? 0),
    bytesWritten: Number(/^wchar: (\d+)/m.exec(accounts)?.[1] ?? 0),
    temporaryDisk: peak.disk,
    stdout,
  };
}

async function textOf(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

/** The second line of `times`: user and system time of all children. */
function cpuOf(accounts) {
  const line = accounts.split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  );
}

/** Resident bytes of a process and all its descendants; the largest that each process ever had where it is alone. */
async function treeMemory(pid) {
  const found = await readProc(`${pid}/task/${pid}/children`);
  const children = found.split(' ').filter(Boolean);
  const below = await Promise.all(children.map(treeMemory));
  const status = await readProc(`${pid}/status`);
  const field = children.length === 0 ? 'VmHWM' : 'VmRSS';
  const own = Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0) * 1024;
  return below.reduce((sum, bytes) => sum + bytes, own);
}

/** User and system seconds that a running process has used. */
export async function processCpu(pid) {
  const fields = (await readProc(`${pid}/stat`)).split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) / TICKS;
}

async function readProc(path) {
  return readFile(`/proc/${path}`, 'utf8').catch(() => '');
}

/** Bytes of all files in a folder; files that vanish meanwhile do not count. */
export async function folderBytes(folder) {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map(async (entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return folderBytes(path);
      return (await stat(path).catch(() => ({ size: 0 }))).size;
    }),
  );
  return sizes.reduce((sum, bytes) => sum + bytes, 0);
}
