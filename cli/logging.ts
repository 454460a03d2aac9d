// The log: JSON lines in a file, or readable lines on stderr. Fields that may hold secrets are removed from both.
import { basename, dirname } from 'node:path';
import { pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import { AppError, LOG_SECRETS, openLogFile, openLogFileIn, type LogFile } from '../core/engine.js';
import { printable } from '../core/messages/printable.js';
import type { Log, LogLevel } from './io.js';

export interface LogSettings {
  readonly level: LogLevel | null;
  readonly file: string | null;
  /** Path of the log of runs, where no file is named. */
  readonly fallback: string;
  /** Takes one readable line. */
  readonly onLine: (line: string) => void;
}

/** A log that was opened. */
export interface OpenedLog {
  readonly write: Log;
  close(): void;
}

/**
 * Opens the log. `file` gets JSON lines of `level` (default info) and above. Without a file, `level` sends readable lines to
 * `onLine`, and a command that carries out a run writes JSON lines to `fallback`. Throws `cli.log-not-writable`.
 */
export function openLog({ level, file, fallback, onLine }: LogSettings): OpenedLog {
  const options = { level: level ?? 'info', base: null, redact: { paths: [...LOG_SECRETS], censor: '***' } };
  const timed = { ...options, timestamp: stdTimeFunctions.isoTime };
  const named = file === null ? logOfRuns(fallback) : openFile(file);
  const loggers = [pino(timed, named)];
  if (file === null && level !== null) loggers.push(pino(options, readableLines(onLine)));
  return {
    write: (severity, message, fields = {}) => {
      for (const logger of loggers) logger[severity](fields, message);
    },
    close: () => named.close(),
  };
}

function openFile(file: string): LogFile {
  try {
    return openLogFile(file);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('cli.log-not-writable', { origin: 'config', params: { file, detail }, cause });
  }
}

/** Lines that wait for a run to begin. */
const MOST_WAITING = 100;

/**
 * A log file that is made when the first line names a run: commands that only look leave nothing behind. Where it cannot be written,
 * there is none.
 */
function logOfRuns(path: string): LogFile {
  let waiting: string[] | null = [];
  let file: LogFile | null = null;
  return {
    write(line) {
      if (waiting === null) return file?.write(line);
      waiting.push(line);
      if (waiting.length > MOST_WAITING) waiting.shift();
      if (!line.includes('"run":"')) return;
      try {
        file = openLogFileIn(dirname(path), basename(path));
        for (const one of waiting) file.write(one);
      } catch {
        // the run itself tells that the state folder cannot be written
      }
      waiting = null;
    },
    close: () => file?.close(),
  };
}

const lineSchema = z.looseObject({ level: z.number(), msg: z.string(), time: z.unknown() });

const NAMES: ReadonlyMap<number, string> = new Map([
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
]);

function readableLines(onLine: (line: string) => void): { write(line: string): void } {
  return {
    write(line) {
      const { level, time: _time, msg, ...fields } = lineSchema.parse(JSON.parse(line));
      const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      onLine(printable([NAMES.get(level) ?? String(level), msg, ...rest].join(' ')));
    },
  };
}
