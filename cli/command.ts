// The shape of a command: what it is called and takes, and what it does with it.
import type { Engine, Language, Problem, Result } from '../core/contract.js';
import type { MessageParams, TextKey } from '../core/engine.js';
import type { ProgressDisplay } from './display/progress/progress.js';
import type { Style } from './display/text/style.js';
import type { Environment } from './io.js';

/** A text of the chosen language. */
export type Say = (key: TextKey, params?: MessageParams) => string;

/** Options as commander read them: strings, lists of strings, booleans; each group has one function that reads its own. */
export type OptionValues = Readonly<Record<string, unknown>>;

export interface OptionSpec {
  /** As commander takes them: `-c, --config <file>`. */
  readonly flags: string;
  readonly text: TextKey;
  /** May be given several times; the value is then a list. */
  readonly repeatable?: boolean;
  /** Known, so that it gets its own answer, but not listed. */
  readonly hidden?: boolean;
}

/** Options that belong together, shared by the commands that take them. */
export interface OptionGroup {
  readonly heading: TextKey;
  readonly options: readonly OptionSpec[];
}

export interface CommandMeta {
  readonly name: string;
  /** `<package...>`; absent: no operands. */
  readonly operand?: { readonly name: string; readonly text: TextKey };
  readonly summary: TextKey;
  /** Command lines after `archbridge`. */
  readonly examples: readonly string[];
  readonly groups: readonly OptionGroup[];
  /** The command's JSON value when it failed before it had one: its own schema, empty, with the problem. */
  failureJson(problem: Problem): unknown;
}

export interface CommandContext {
  readonly language: Language;
  readonly say: Say;
  readonly style: Style;
  /** Width of the terminal that stdout is; null where it is none, and nothing is cut. */
  readonly columns: number | null;
  readonly env: Environment;
  readonly stdin: AsyncIterable<Uint8Array | string>;
  readonly display: ProgressDisplay;
  /** True where somebody sits at a terminal and can be asked. */
  readonly mayAsk: boolean;
  /** What must be said before the end: on stdout, with `--json` on stderr. */
  readonly print: (text: string) => void;
  /** Where journals, reports and caches lie. */
  readonly stateDir: string;
  /** Made on first use, after the options have been found right. */
  readonly engine: () => Engine;
  readonly signal: AbortSignal;
}

/** What a command has to say, in both forms; only one of them gets printed. */
export interface Outcome {
  readonly code: number;
  readonly json: unknown;
  /** Ends with a newline. */
  readonly text: () => string;
  /** What goes wrong as text, for stderr beside JSON. */
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
