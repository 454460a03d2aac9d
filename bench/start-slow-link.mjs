// Starts a slow line to a registry in a process of its own, so that it does not wait for the benchmark.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** @param link.roundTripMs milliseconds. @param link.bytesPerSecond of one connection; 0: no limit */
export async function startSlowLink(host, { roundTripMs, bytesPerSecond }) {
  const script = fileURLToPath(new URL('slow-link.mjs', import.meta.url));
  const child = spawn(process.execPath, [script, host, String(roundTripMs), String(bytesPerSecond)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [port] = await once(child.stdout, 'data');
  return { host: `127.0.0.1:${String(port).trim()}`, stop: () => child.kill('SIGKILL') };
}
