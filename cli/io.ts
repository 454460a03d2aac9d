// What the command line needs of its process (streams, environment, terminal), so that tests can replace it.
import type { Engine } from '../core/contract.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
export type Log = (level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>) => void;

export interface EngineDeps {
  readonly stateDir: string;
  readonly version: string;
  readonly log: Log;
}

/** A stream for text; `columns` is the width of the terminal where the stream is one. */
export interface TextSink {
  write(text: string): unknown;
  readonly columns?: number | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export interface CliIo {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  /** Text for `--password-stdin`; absent: empty. */
  readonly stdin?: AsyncIterable<Uint8Array | string>;
  /** Stops and starts showing what is typed; absent where stdin is no terminal. */
  readonly hideInput?: (isHidden: boolean) => void;
  readonly env: Environment;
  /** Which streams are terminals: stdout decides about colours, stderr about the live display, stdin about questions. */
  readonly isTty: { readonly stdout: boolean; readonly stderr: boolean; readonly stdin?: boolean };
  readonly engineFactory: (deps: EngineDeps) => Engine;
  /** Aborting it cancels the command. */
  readonly signal: AbortSignal;
}
