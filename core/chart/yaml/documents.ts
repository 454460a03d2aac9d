// Parses YAML text of charts, after a look at how much is in it: charts are untrusted, and the parser needs time for every mark.
import { Composer, Parser, type Document } from 'yaml';
import { LIMITS } from '../../flow/limits.js';

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
