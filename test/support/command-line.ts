// Runs command lines with the real engine in this process, with a state folder of their own.
import { join } from 'node:path';
import { runCli } from '../../cli/run-cli.js';
import { createEngine } from '../../core/engine.js';
import { refuseSecrets, refuseSecretsBelow } from './secrets.js';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Gives a function that runs `archbridge <argv>`; state folder and home lie in `folder`. */
export function commandLine(folder: string): (...argv: readonly string[]) => Promise<Ended> {
  return async (...argv) => {
    let stdout = '';
    let stderr = '';
    const code = await runCli([...argv, '--state-dir', join(folder, 'state')], {
      stdout: { write: (text) => (stdout += text), columns: undefined },
      stderr: { write: (text) => (stderr += text), columns: undefined },
      stdin: (async function* () {
        yield '';
      })(),
      env: { HOME: folder },
      isTty: { stdout: false, stderr: false },
      engineFactory: createEngine,
      signal: new AbortController().signal,
    });
    refuseSecrets(stdout, 'standard output');
    refuseSecrets(stderr, 'standard error');
    await refuseSecretsBelow(join(folder, 'state'));
    return { code, stdout, stderr };
  };
}
