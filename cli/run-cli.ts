// Carries out one command line, from its arguments to its exit code. It touches its process only through `io`.
import { join } from 'node:path';
import type { Engine, Language, Problem } from '../core/contract.js';
import { AppError, textFor, toProblem } from '../core/engine.js';
import type { Command, CommandContext, OptionValues, Outcome, Say } from './command.js';
import { commands } from './commands/all.js';
import { jsonText, quietDisplay } from './display/progress/json.js';
import { liveDisplay } from './display/progress/live.js';
import { plainDisplay } from './display/progress/plain.js';
import { problemText } from './display/text/problem-text.js';
import type { ProgressDisplay } from './display/progress/progress.js';
import { styleOf } from './display/text/style.js';
import { EXIT, exitCodeForProblem } from './exit-codes.js';
import type { CliIo, Log } from './io.js';
import { languageOfArgv, languageOfLocale } from './language.js';
import { openLog, type OpenedLog } from './logging.js';
import { readGeneral } from './options/output.js';
import { parseArguments } from './program.js';
import { stateDir } from './state-dir.js';
import { programVersion } from './version.js';

/**
 * Runs `archbridge <argv>` and returns the exit code. Results go to stdout, everything else to stderr. With `--json` stdout gets
 * exactly one JSON value, also after a failure. Never throws.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  const teller = new Teller(io, isJson(argv), languageOfLocale(io.env));
  let log: Log = () => {};
  let opened: OpenedLog | null = null;
  let display: ProgressDisplay | null = null;
  const stopping = (): void => display?.note(teller.say('cli.stopping'));
  try {
    teller.command = commandIn(argv);
    teller.language = languageOfArgv(argv) ?? teller.language;
    const invocation = parseArguments(argv, commands, {
      version: programVersion(),
      say: teller.say,
      columns: Math.max(60, io.stdout.columns ?? 100),
    });
    if (invocation.kind === 'text') {
      io.stdout.write(
        teller.json
          ? jsonText({ schema: 'archbridge.text/1', text: invocation.text.trimEnd() })
          : invocation.text,
      );
      return EXIT.done;
    }
    const { command, operands, values } = invocation;
    teller.command = command;
    const shown = teller.newDisplay();
    display = shown;
    const { logLevel, logFile } = readGeneral(values);
    const fallback = join(stateDir(readGeneral(values).stateDir, io.env), 'logs', 'cli.log');
    opened = openLog({ level: logLevel, file: logFile, fallback, onLine: (line) => shown.note(line) });
    log = opened.write;
    log('info', 'command started', {
      command: command.meta.name,
      version: programVersion(),
      node: process.version,
    });
    io.signal.addEventListener('abort', stopping, { once: true });
    const answer = await command.handler(contextFor(io, values, teller, shown, log), operands, values);
    shown.close();
    const code = answer.ok ? teller.tell(answer.value) : teller.tellFailure(answer.problem);
    log('info', 'command ended', { code });
    return code;
  } catch (error) {
    const stack = error instanceof Error ? error.stack : String(error);
    log('debug', 'command failed', { stack });
    display?.close();
    // After an abort, an error that is no AppError was most likely caused by the abort.
    const cancelled = io.signal.aborted && !(error instanceof AppError);
    return teller.tellFailure(
      toProblem(cancelled ? new AppError('run.cancelled', { origin: 'app' }) : error),
    );
  } finally {
    io.signal.removeEventListener('abort', stopping);
    opened?.close();
  }
}

/** Prints how the command ended, in the form and language that were asked for. */
class Teller {
  command: Command | null = null;
  readonly say: Say = (key, params = {}) => textFor(key, params, this.language);

  constructor(
    readonly io: CliIo,
    readonly json: boolean,
    public language: Language,
  ) {}

  newDisplay(): ProgressDisplay {
    const { io, say, language } = this;
    if (io.isTty.stderr) return liveDisplay(io.stderr, say, language);
    return this.json ? quietDisplay(io.stderr, say, language) : plainDisplay(io.stderr, say, language);
  }

  tell(outcome: Outcome): number {
    if (this.json) {
      this.io.stdout.write(jsonText(outcome.json));
      // The same problem may concern many images; it is printed once.
      for (const text of new Set(outcome.complaints())) this.io.stderr.write(`${text}\n`);
    } else {
      this.io.stdout.write(outcome.text());
    }
    return outcome.code;
  }

  tellFailure(problem: Problem): number {
    this.io.stderr.write(`${problemText(problem, this.language)}\n`);
    if (this.json) {
      const value = this.command?.meta.failureJson(problem);
      this.io.stdout.write(jsonText(value ?? { schema: 'archbridge.problem/1', problems: [problem] }));
    }
    const code = exitCodeForProblem(problem);
    const stopped = this.io.signal.aborted && code !== EXIT.defect && code !== EXIT.usage;
    return stopped ? EXIT.cancelled : code;
  }
}

function contextFor(
  io: CliIo,
  values: OptionValues,
  { say, language, json }: Teller,
  display: ProgressDisplay,
  log: Log,
): CommandContext {
  const general = readGeneral(values);
  const stateFolder = stateDir(general.stateDir, io.env);
  let engine: Engine | null = null;
  return {
    language,
    say,
    style: styleOf(general.color && io.isTty.stdout && !io.env['NO_COLOR']),
    columns: io.isTty.stdout ? (io.stdout.columns ?? 80) : null,
    env: io.env,
    stdin: io.stdin ?? nothing(),
    hideInput: io.hideInput ?? (() => undefined),
    display,
    mayAsk: !json && io.isTty.stdin === true && io.isTty.stderr,
    print: (text) => void (json ? io.stderr : io.stdout).write(text),
    stateDir: stateFolder,
    engine: () =>
      (engine ??= io.engineFactory({
        stateDir: stateFolder,
        version: programVersion(),
        log,
      })),
    log,
    signal: io.signal,
  };
}

async function* nothing(): AsyncGenerator<string> {}

/** Looked up before parsing, because a parse error must be JSON, too. */
function isJson(argv: readonly string[]): boolean {
  return beforeOperands(argv).includes('--json');
}

function commandIn(argv: readonly string[]): Command | null {
  for (const word of beforeOperands(argv)) {
    const command = commands.find(({ meta }) => meta.name === word);
    if (command !== undefined) return command;
  }
  return null;
}

function beforeOperands(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}
