// Types of cli-reference.mjs, for the tests.
import type { Command, OptionGroup } from '../cli/command.js';
import type { Language } from '../core/contract.js';
import type { TextKey } from '../core/engine.js';

/** The reference of the command line as Markdown. */
export function cliReference(
  commands: readonly Command[],
  general: OptionGroup,
  textOf: (key: TextKey, language: Language) => string,
  language: Language,
): Promise<string>;
