// The log: JSON lines in a file, or readable lines on stderr. Fields that may hold secrets are removed from both.
import { destination, pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import { AppError, LOG_SECRETS } from '../core/engine.js';
import { printable } from '../core/messages/printable.js';
import type { Log, LogLevel } from './io.js';

export interface LogSettings {
  readonly level: LogLevel | null;
  readonly file: string | null;
  /** Takes one readable line. */
  readonly onLine: (line: string) => void;
}

/**
 * Opens the log. `file` gets JSON lines of `level` (default info) and above. Without a file, `level` sends readable lines to
 * `onLine`; without both there is no log. Throws `cli.log-not-writable`.
 */
export function openLog({ level, file, onLine }: LogSettings): Log {
  if (file === null && level === null) return () => {};
  const options = { level: level ?? 'info', base: null, redact: { paths: [...LOG_SECRETS], censor: '***' } };
  const logger =
    file === null
      ? pino(options, readableLines(onLine))
      : pino({ ...options, timestamp: stdTimeFunctions.isoTime }, openFile(file));
  return (severity, message, fields = {}) => logger[severity](fields, message);
}

function openFile(file: string): ReturnType<typeof destination> {
  try {
    // Each line is written at once, so that the last lines before a crash are in the file.
    return destination({ dest: file, sync: true });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('cli.log-not-writable', { origin: 'config', params: { file, detail }, cause });
  }
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
