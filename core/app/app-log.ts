// The app's log: JSON lines in a file of the state folder, readable lines for the window. Secrets are removed from both.
import { basename, dirname } from 'node:path';
import { pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import type { AppSettings } from '../contract.js';
import { LOG_SECRETS, type EngineDeps } from '../engine.js';
import { tailOf } from '../layout/file-tail.js';
import { openLogFileIn, type LogFile } from '../layout/log-file.js';
import { printable } from '../messages/printable.js';
import type { Cancellable } from '../ports/cancellable.js';

export interface AppLog {
  readonly write: EngineDeps['log'];
  setLevel(level: AppSettings['logLevel']): void;
  /** The newest lines in readable form, oldest first. */
  lastLines(count: number, options: Cancellable): Promise<readonly string[]>;
  /** Sets the one listener that gets each new line; null removes it. */
  onLine(listener: ((line: string) => void) | null): void;
  close(): void;
}

/** Bytes at the end of the file that are read for the newest lines. */
const TAIL = 2 * 1024 * 1024;

/** Opens the log at `path`. Where it cannot be written, the app works without a log file. */
export function openAppLog(path: string, level: AppSettings['logLevel'] = 'info'): AppLog {
  let file = openFile(path);
  let listener: ((line: string) => void) | null = null;
  const logger = pino(
    {
      level,
      base: null,
      redact: { paths: [...LOG_SECRETS], censor: '***' },
      timestamp: stdTimeFunctions.isoTime,
    },
    {
      write(line) {
        file?.write(line);
        listener?.(readable(line));
      },
    },
  );
  return {
    write: (severity, message, fields = {}) => logger[severity](fields, message),
    setLevel: (wanted) => {
      logger.level = wanted;
    },
    lastLines: async (count, options) => {
      const { text } = (await tailOf(path, TAIL, options)) ?? { text: '' };
      const lines = text.split('\n').filter((line) => line !== '');
      return lines.slice(-count).map(readable);
    },
    onLine: (wanted) => {
      listener = wanted;
    },
    close: () => {
      file?.close();
      file = null;
    },
  };
}

/** Null where it cannot be written: a full disk must not end the app. */
function openFile(path: string): LogFile | null {
  try {
    return openLogFileIn(dirname(path), basename(path));
  } catch {
    return null;
  }
}

const LEVELS: ReadonlyMap<number, string> = new Map([
  [20, 'debug'],
  [30, 'info'],
  [40, 'warn'],
  [50, 'error'],
]);
const lineSchema = z.looseObject({ level: z.number(), time: z.string(), msg: z.string() });

/** `2026-01-31T12:00:00.000Z info run started run="…"`; a line that another program wrote is returned unchanged. */
function readable(line: string): string {
  try {
    const { level, time, msg, ...fields } = lineSchema.parse(JSON.parse(line));
    const rest = Object.entries(fields).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
    return printable([time, LEVELS.get(level) ?? String(level), msg, ...rest].join(' '));
  } catch {
    return printable(line.trimEnd());
  }
}
