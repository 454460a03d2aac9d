#!/usr/bin/env node
// The program: connects the process (arguments, streams, signals) with the command line.
import { AppError, createEngine, toProblem } from '../core/engine.js';
import { problemText } from './display/text/problem-text.js';
import { EXIT } from './exit-codes.js';
import { abortOnSignals, endProcess } from './interrupt.js';
import { languageOfLocale } from './language.js';
import { runCli } from './run-cli.js';
import { flushed, survivingSink } from './sinks.js';

const stdout = survivingSink(process.stdout);
const stderr = survivingSink(process.stderr);
const isTty = {
  stdout: process.stdout.isTTY === true,
  stderr: process.stderr.isTTY === true,
  stdin: process.stdin.isTTY === true,
};
const code = await runCli(process.argv.slice(2), {
  stdout,
  stderr,
  // Each question reads a line; the next one goes on where it ended.
  stdin: { [Symbol.asyncIterator]: () => process.stdin.iterator({ destroyOnReturn: false }) },
  ...(isTty.stdin ? { hideInput: (isHidden: boolean) => process.stdin.setRawMode(isHidden) } : {}),
  env: process.env,
  isTty,
  engineFactory: createEngine,
  signal: abortOnSignals(
    { on: (...args) => process.on(...args), exit: endProcess },
    isTty.stdout || isTty.stderr || isTty.stdin,
  ),
});
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
if (stdout.failure !== null) {
  const params = { detail: stdout.failure.message };
  const problem = toProblem(
    new AppError('cli.output-lost', { origin: 'disk', params, cause: stdout.failure }),
  );
  stderr.write(`${problemText(problem, languageOfLocale(process.env))}\n`);
  await flushed(process.stderr);
}
// A result that could not be written to stdout is not a success. The process is ended explicitly, because connections that are
// kept open for later requests would keep it running.
endProcess(code === EXIT.done && stdout.failure !== null ? EXIT.space : code);
