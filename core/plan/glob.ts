// Patterns with `*` and `?`, as --only, --skip, --image and --keep-chart take them.
import { AppError } from '../errors.js';

/** A valid pattern. */
export interface Glob {
  matches(text: string): boolean;
}

// Other wildcards of shells are refused: taken literally they would match nothing, and nobody would be told.
const UNSUPPORTED = /[\s[\]{}\\!^$]/;

/** `*` is any text (also across `/`), `?` one character; case counts. Throws `config.bad-pattern`. */
export function parseGlob(pattern: string, whole: string = pattern): Glob {
  if (pattern === '' || UNSUPPORTED.test(pattern)) {
    throw new AppError('config.bad-pattern', { origin: 'config', params: { pattern: whole } });
  }
  return { matches: (text) => matches(pattern, text) };
}

/** Without a regular expression, so that no pattern takes longer than pattern length times text length. */
function matches(pattern: string, text: string): boolean {
  let [p, t, star, mark] = [0, 0, -1, 0];
  while (t < text.length) {
    if (pattern[p] === '*') [star, mark] = [p++, t];
    else if (pattern[p] === '?' || pattern[p] === text[t]) [p, t] = [p + 1, t + 1];
    else if (star >= 0) [p, t] = [star + 1, ++mark];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
