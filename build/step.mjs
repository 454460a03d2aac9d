// Runs one program of a set-up or a check, collects its output and shows its progress in one line.
import { spawn } from 'node:child_process';

/**
 * @typedef {{ code: number, output: string, seconds: string }} StepResult
 */

const running = new Set();

/** Ends the programs that are running when this process is told to end; a signal to this process alone would leave them running. */
export function passSignalsToSteps() {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.once(signal, () => {
      for (const child of running) child.kill(signal);
      process.exit(code);
    });
  }
}

/**
 * @param {string} command @param {string[]} args
 * @param {{ cwd: string, env?: NodeJS.ProcessEnv, shell?: boolean, onOutput?: (text: string) => void }} options
 * @returns {Promise<StepResult>} never rejects; a program that cannot be started has code 127
 */
export function runStep(command, args, { cwd, env = process.env, shell = false, onOutput }) {
  const began = Date.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, { cwd, env, shell, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    const end = (code) => {
      running.delete(child);
      resolve({ code, output, seconds: ((Date.now() - began) / 1000).toFixed(1) });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
        onOutput?.(text);
      });
    }
    child.once('error', (error) => {
      output += `${command}: ${error.message}\n`;
      end(127);
    });
    child.once('close', (code) => end(code ?? 1));
  });
}

/**
 * Writes a line about the work to stderr (stdout belongs to the command that follows); on a terminal with the seconds.
 * @template T @param {string} title @param {() => Promise<T>} work @returns {Promise<T>}
 */
export async function withProgress(title, work) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  const live = process.stderr.isTTY;
  process.stderr.write(live ? `${title} ...` : `${title} ...\n`);
  const timer = live
    ? setInterval(() => process.stderr.write(`\r${title} ... ${seconds()} s`), 1000)
    : undefined;
  try {
    return await work();
  } finally {
    clearInterval(timer);
    if (live) process.stderr.write(`\r${title} ... ${seconds()} s\n`);
  }
}
