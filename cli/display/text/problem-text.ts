// A problem as text: what happened, and below it what to do.
import type { Language, Problem } from '../../../core/contract.js';
import { translateProblem } from '../../../core/engine.js';
import { printable } from '../../../core/messages/printable.js';

/** Two lines, or one when there is no hint; without a newline at the end. */
export function problemText(problem: Problem, language: Language, indent = ''): string {
  const { message, hint } = inLanguage(problem, language);
  return hint === '' ? `${indent}${message}` : `${indent}${message}\n${indent}  ${hint}`;
}

/** The message alone, for the lines of a running command. */
export function problemLine(problem: Problem, language: Language): string {
  return inLanguage(problem, language).message;
}

function inLanguage(problem: Problem, language: Language): { message: string; hint: string } {
  const { message, hint } = translateProblem(problem, language);
  // A code that this version does not know keeps the words that came with it.
  if (message === problem.code) return { message: printable(problem.message), hint: printable(problem.hint) };
  return { message, hint };
}
