// The app's log: JSON lines in a file of the state folder, readable lines for the window. Secrets are removed from both.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { destination, pino, stdTimeFunctions } from 'pino';
import { z } from 'zod';
import type { AppSettings } from '../contract.js';
import { LOG_SECRETS, type EngineDeps } from '../engine.js';
import { isAbsent } from '../layout/disk-error.js';
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

/** Bytes. A larger file is renamed when the app starts; the file that was renamed before is overwritten. */
const LARGEST = 20 * 1024 * 1024;
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
    lastLines: async (count, options) => (await tailOf(path, options)).slice(-count).map(readable),
    onLine: (wanted) => {
      listener = wanted;
    },
    close: () => {
      file?.end();
      file = null;
    },
  };
}

function openFile(path: string): ReturnType<typeof destination> | null {
  try {
    mkdirSync(dirname(path), { recursive: true });
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LARGEST) renameSync(path, `${path}.old`);
    // Each line is written at once, so that the last lines before a crash are in the file.
    const file = destination({ dest: path, sync: true });
    // A full disk must not end the app.
    file.on('error', () => undefined);
    return file;
  } catch {
    return null;
  }
}

async function tailOf(path: string, { signal }: Cancellable): Promise<readonly string[]> {
  signal.throwIfAborted();
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isAbsent(error)) return null;
    throw error;
  });
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - TAIL);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n');
    // The first line was cut unless the reading began at the start of the file.
    return lines.slice(from > 0 ? 1 : 0).filter((line) => line !== '');
  } finally {
    await file.close();
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
    return [time, LEVELS.get(level) ?? String(level), msg, ...rest].join(' ');
  } catch {
    return line.trimEnd();
  }
}
