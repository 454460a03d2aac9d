// Removes what may be a secret from text that is passed on to other people: passwords in addresses, tokens, keys.

const MARK = '***';
const FIELDS =
  'password|passwd|pwd|secret|token|authorization|cookie|credentials?|api[-_]?key|private[-_]?key';

/** In the order in which they are applied; each keeps what helps to understand the line. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]*)PRIVATE KEY-----[^-]*(?:-----END [A-Z ]*PRIVATE KEY-----)?/g, MARK],
  // user and password in an address
  [/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"'\\]{1,512}@/gi, `$1${MARK}@`],
  [/\b(Basic|Bearer)\s+[\w+/=.~-]{6,}/gi, `$1 ${MARK}`],
  // a JSON Web Token wherever it stands
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, MARK],
  // fields of JSON, and of JSON within a text of JSON
  [
    new RegExp(
      String.raw`(\\?"(?:[\w-]{0,40})(?:${FIELDS})(?:[\w-]{0,40})\\?"\s*:\s*\\?")(?:[^"\\]|\\[^"])*`,
      'gi',
    ),
    `$1${MARK}`,
  ],
  // parameters of an address, options of a command line, settings of an environment
  [
    new RegExp(String.raw`((?:^|[\s?&;,-])(?:[\w-]{0,40})(?:${FIELDS}|sig|signature)=)[^\s&"'\\]+`, 'gi'),
    `$1${MARK}`,
  ],
];

/** The text with `***` in place of what may be a secret. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((left, [pattern, replacement]) => left.replace(pattern, replacement), text);
}
