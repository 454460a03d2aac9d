// Starts a fresh distribution registry (2.8) for one run and tells afterwards what it was asked, what it stored and what it cost.
import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { folderBytes, processCpu } from './measured.mjs';

const CLOCK_WAIT_MS = 20;

/**
 * @param program path of the registry
 * @param folder for its storage and its log; deleted by `stop`
 * @returns `{ host, facts, stop }`; `facts()` answers requests by kind, bytes stored, and CPU seconds of the registry
 */
export async function startRegistry(program, folder) {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const storage = join(folder, 'storage');
  const config = join(folder, 'config.json');
  const log = join(folder, 'access.log');
  await writeFile(
    config,
    JSON.stringify({
      version: '0.1',
      log: { level: 'error', accesslog: { disabled: false } },
      storage: {
        filesystem: { rootdirectory: storage, maxthreads: 100 },
        delete: { enabled: true },
        maintenance: { uploadpurging: { enabled: false } },
      },
      http: { addr: `127.0.0.1:${port}`, secret: 'of-a-benchmark' },
    }),
  );
  const child = spawn(program, ['serve', config], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { HOME: folder, OTEL_TRACES_EXPORTER: 'none' },
  });
  child.stdout.pipe(createWriteStream(log));
  const host = `127.0.0.1:${port}`;
  await answers(host, child);
  return {
    host,
    async facts() {
      const cpu = await processCpu(child.pid);
      await pause(CLOCK_WAIT_MS); // the last lines of the log are on their way
      return {
        requests: countRequests(await readFile(log, 'utf8')),
        stored: await folderBytes(storage),
        cpu,
      };
    },
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(host, child) {
  for (let tries = 0; tries < 250; tries += 1) {
    if (child.exitCode !== null) throw new Error('the registry has ended');
    try {
      if ((await fetch(`http://${host}/v2/`)).ok) return;
    } catch {
      // it does not listen yet
    }
    await pause(CLOCK_WAIT_MS);
  }
  throw new Error('the registry does not answer');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Requests by kind, from an access log in the combined format. */
export function countRequests(log) {
  const counts = {};
  for (const [, method, path, status] of log.matchAll(/"([A-Z]+) (\S+) HTTP\/1\.\d" (\d{3})/g)) {
    const kind = kindOf(method, path, status);
    if (kind) counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

function kindOf(method, path, status) {
  if (path === '/v2/') return null; // the start of the registry was waited for with this
  if (path.includes('/blobs/uploads/')) {
    if (method !== 'POST' || !path.includes('mount=')) return `${method} upload`;
    return status === '201' ? 'POST mount' : 'POST mount (refused)';
  }
  const kind = /\/(blobs|manifests|tags|_catalog)\b/.exec(path)?.[1] ?? 'other';
  return `${method} ${kind}`;
}
