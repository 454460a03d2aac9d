// What the command line needs from the process around it, so that tests can stand in for the process.
import type { Engine } from '../core/contract.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface EngineDeps {
  readonly stateDir: string;
  readonly version: string;
  readonly log: Log;
}

/** A stream that text is written to; `columns` is the terminal's width where it is one. */
export interface TextSink {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** For `--password-stdin`; absent: empty. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  readonly env: Environment;
  /** Which of them is a terminal: stdout decides about colour, stderr about the live display, stdin about questions. */
  readonly isTty: { readonly stdout: boolean; readonly stderr: boolean; readonly stdin?: boolean };
  readonly engineFactory: (deps: EngineDeps) => Engine;
  /** Aborting it stops the command cleanly. */
  readonly signal: AbortSignal;
}
