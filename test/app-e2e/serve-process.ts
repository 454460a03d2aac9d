// `archbridge serve` as a process: the built program as people start it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../support/source-tree.js';
import type { Place } from './app-under-test.js';

export interface ServeProcess {
  /** The address with the token. */
  readonly url: string;
  /** Interrupts it as Ctrl-C does; resolves when it has ended. */
  stop(): Promise<void>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
}

export async function startServe({ home, env }: Place): Promise<ServeProcess> {
  const program = join(PROJECT_ROOT, 'dist', 'cli', 'main.js');
  const child = spawn(process.execPath, [program, 'serve', '--no-open', '--port', '0'], { cwd: home, env });
  let [printed, complained] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complained += text));
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(printed)?.[0];
      if (found) resolve(found);
    });
    ended.then(
      () => reject(new Error(`archbridge serve ended: ${printed}${complained}`)),
      (error: unknown) => reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
  return {
    url,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await ended;
    },
  };
}
