// Parses WWW-Authenticate headers: Bearer with realm, service and scope, Basic, several in one header, or none.
// https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1, https://distribution.github.io/distribution/spec/auth/token/

export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly params: Readonly<Record<string, string>>;
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y;
const SEPARATOR = /[\s,]*/y;
const PARAM = /([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))/y;

/** The challenges of a header in their order; none for an empty one, which Harbor sends for a missing project. */
export function parseChallenges(header: string | undefined): readonly Challenge[] {
  const challenges: { scheme: string; params: Record<string, string> }[] = [];
  const text = header ?? '';
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  for (;;) {
    take(SEPARATOR);
    const param = take(PARAM);
    if (param) {
      const [, name = '', quoted, bare] = param;
      const current = challenges.at(-1);
      if (current) current.params[name.toLowerCase()] = quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '';
      continue;
    }
    const scheme = take(TOKEN);
    if (!scheme) return challenges;
    challenges.push({ scheme: scheme[0].toLowerCase(), params: {} });
  }
}
