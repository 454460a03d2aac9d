// The shape of a command: its name, its options and operands, and the function that carries it out.
import type { Engine, Language, Problem, Result } from '../core/contract.js';
import type { MessageParams, TextKey } from '../core/engine.js';
import type { ProgressDisplay } from './display/progress/progress.js';
import type { Style } from './display/text/style.js';
import type { Environment, Log } from './io.js';

/** Returns a text in the chosen language. */
export type Say = (key: TextKey, params?: MessageParams) => string;

/**
 * Options as commander parses them: strings, lists of strings, booleans. Each group of options has one function that reads its own.
 */
export type OptionValues = Readonly<Record<string, unknown>>;

export interface OptionSpec {
  /** As commander takes them: `-c, --config <file>`. */
  readonly flags: string;
  readonly text: TextKey;
  /** May be given several times; the value is then a list. */
  readonly repeatable?: boolean;
  /** The words that its value may be, for completion in shells. */
  readonly choices?: readonly string[];
  /** Recognized, so that it gets an answer of its own, but not listed in the help. */
  readonly hidden?: boolean;
}

/** Options that belong together and that several commands share. */
export interface OptionGroup {
  readonly heading: TextKey;
  readonly options: readonly OptionSpec[];
}

export interface CommandMeta {
  readonly name: string;
  /** Operands as commander writes them (`<package...>`); absent: the command takes none. */
  readonly operand?: {
    readonly name: string;
    readonly text: TextKey;
    /** The words that it may be, for completion in shells. */
    readonly choices?: readonly string[];
  };
  readonly summary: TextKey;
  /** Examples for the help, without `archbridge` in front. */
  readonly examples: readonly string[];
  readonly groups: readonly OptionGroup[];
  /** The value for `--json` when the command failed before it had a result: the command's schema, empty, with the problem. */
  failureJson(problem: Problem): unknown;
}

export interface CommandContext {
  readonly language: Language;
  readonly say: Say;
  readonly style: Style;
  /** Columns of the terminal that stdout is; null where stdout is no terminal, and nothing is cut then. */
  readonly columns: number | null;
  readonly env: Environment;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly display: ProgressDisplay;
  /** Stops and starts showing what is typed on the terminal. */
  readonly hideInput: (isHidden: boolean) => void;
  /** True where a person sits at a terminal and can be asked. */
  readonly mayAsk: boolean;
  /** Prints a text before the command ends: on stdout, with `--json` on stderr. */
  readonly print: (text: string) => void;
  /** Folder for journals, reports and caches. */
  readonly stateDir: string;
  /** Returns the engine. It is made at the first call, after the options were checked. */
  readonly engine: () => Engine;
  /** Writes a line to the log of this command. */
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** The result of a command in both forms; only one of them is printed. */
export interface Outcome {
  readonly code: number;
  readonly json: unknown;
  /** Returns the text; it ends with a newline. */
  readonly text: () => string;
  /** Problems as text, for stderr when stdout gets JSON. */
  readonly complaints: () => readonly string[];
}

export interface Command {
  readonly meta: CommandMeta;
  handler(
    context: CommandContext,
    operands: readonly string[],
    values: OptionValues,
  ): Promise<Result<Outcome>>;
}
