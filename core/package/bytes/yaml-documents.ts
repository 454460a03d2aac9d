// Parses YAML text of packages, after a look at how much is in it: it is untrusted, and the parser needs time for every mark.
import { Composer, Parser, type Document } from 'yaml';
import { LIMITS } from '../../flow/limits.js';
import type { PassBudget } from '../../flow/pass-budget.js';

/** What the time for parsing depends on: line ends and punctuation, and dashes that begin an item. */
const MARK = /[\n\r,:{}[\]?&*!%'"#|>]|-(?=\s)/g;

/** The number of marks in a text; null when the text is longer, or has more of them, than is parsed. */
export function countMarks(text: string): number | null {
  if (text.length > LIMITS.yamlBytes) return null;
  let marks = 0;
  for (const _ of text.matchAll(MARK)) if (++marks > LIMITS.yamlMarks) return null;
  return marks;
}

/**
 * The first document of a text, and the second as far as it is needed to see that there is one; Helm reads the first alone. Scalars are
 * left as text, because the library's YAML 1.1 is not Go's.
 */
export function firstDocuments(text: string): readonly Document.Parsed[] {
  const composer = new Composer({ schema: 'failsafe', uniqueKeys: false, strict: false });
  const documents: Document.Parsed[] = [];
  const { stackTraceLimit } = Error;
  // a text may hold a hundred thousand errors, and the stack of each would take most of the memory and time
  Error.stackTraceLimit = 0;
  try {
    for (const document of composer.compose(new Parser().parse(text))) {
      documents.push(document);
      if (documents.length > 1) break;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return documents;
}

/**
 * The data of the first document, all scalars as text; null when the text is no YAML, is longer than is parsed, or has aliases. Throws
 * `package.limit` when the budget is used up; `entry` is what its message names.
 */
export function plainData(text: string, budget: PassBudget, entry: string): unknown {
  const marks = countMarks(text);
  if (marks === null) return null;
  budget.spend('yaml', marks, entry);
  try {
    const [document] = firstDocuments(text);
    return document === undefined || document.errors.length > 0 ? null : document.toJS({ maxAliasCount: 0 });
  } catch {
    // aliases, or nesting that overflows the parser's stack
    return null;
  }
}
