// Finds the SHA-512 of a file in text as sha512sum, BSD, openssl, certutil and PowerShell write it, and people who copy from them.

/** 128 hex digits that are no part of a longer word, file name or path. */
const WORD = /(?<![\w./])[0-9a-f]{128}(?![\w/-]|\.\w)/gi;
/** Older versions of certutil write pairs of digits with blanks between. */
const PAIRS = /^\s*(?:[0-9a-f]{2} ){63}[0-9a-f]{2}\s*$/i;
/** PowerShell breaks a long value where the window ends, and indents what follows. */
const BROKEN = /(?<!\w)([0-9a-f]{1,127})\r?\n[ \t]+([0-9a-f]{1,127})(?!\w)/gi;
/** Lines that hold the name alone: PowerShell's list has it after the hash, certutil before. */
const NAME_AFTER = /^Path\s*:/i;
const NAME_BEFORE = /^SHA512\b.*:$/i;

interface Sum {
  /** Lower case. */
  readonly hex: string;
  /** The text around the hash that may hold the name of the file. */
  readonly around: string;
}

/**
 * The SHA-512 for `fileName`, in lower-case hex. A line counts when it holds exactly one word of 128 hex digits. A single hash
 * counts whatever name stands beside it, because people rename packages; of several the one that names the file. Null when there
 * is none, or when several are left.
 */
export function sha512From(text: string, fileName: string): string | null {
  const sums = sumsIn(text);
  const exact = sums.filter(({ around }) => lastName(around) === fileName);
  const naming = exact.length > 0 ? exact : sums.filter(({ around }) => names(around, fileName));
  const candidates = new Set((naming.length > 0 ? naming : sums).map(({ hex }) => hex));
  const [only] = candidates;
  return candidates.size === 1 && only !== undefined ? only : null;
}

/** How many SHA-512 the text itself holds; 0 when it can only be the path of a file. */
export function countSha512(text: string): number {
  return sumsIn(text).length;
}

/** Decodes UTF-8 and, as Windows writes it, UTF-16 in either order, with or without a byte order mark. */
export function decodeText(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0))
    return new TextDecoder('utf-16le').decode(bytes);
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0))
    return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

function sumsIn(text: string): readonly Sum[] {
  const lines = text
    .replace(BROKEN, (all, start: string, rest: string) =>
      start.length + rest.length === 128 ? start + rest : all,
    )
    .split(/\r\n|\r|\n/)
    .map((line) => (PAIRS.test(line) ? line.replaceAll(' ', '') : line).trim());
  return lines.flatMap((line, at) => {
    const [hex, ...more] = line.match(WORD) ?? [];
    if (hex === undefined || more.length > 0) return [];
    const before = lines[at - 1] ?? '';
    const after = lines[at + 1] ?? '';
    const own = line.replace(hex, ' ').trim();
    const around = [
      ...(NAME_BEFORE.test(before) ? [before] : []),
      own,
      ...(NAME_AFTER.test(after) ? [after] : []),
    ];
    return [{ hex: hex.toLowerCase(), around: around.join('\n') }];
  });
}

/** The name in a line as sha512sum (`*name` after the hash) or BSD and openssl (`SHA512 (name) =`) write it, without folders. */
function lastName(around: string): string {
  return (inBrackets(around) ?? around.replace(/^\*/, '')).split(/[\\/]/).at(-1) ?? '';
}

/** The text between the first bracket and the last one that `=` follows; null when there is none. Each character is looked at once. */
function inBrackets(text: string): string | null {
  const open = text.indexOf('(');
  if (open < 0) return null;
  for (let close = text.lastIndexOf(')'); close > open + 1; close = text.lastIndexOf(')', close - 1)) {
    let after = close + 1;
    while (/\s/.test(text[after] ?? '')) after += 1;
    if (text[after] === '=') return text.slice(open + 1, close);
  }
  return null;
}

function names(around: string, fileName: string): boolean {
  for (let at = around.indexOf(fileName); at >= 0; at = around.indexOf(fileName, at + 1)) {
    const [before = ' ', after = ' '] = [around[at - 1], around[at + fileName.length]];
    if (/[\s\\/*("':=]/.test(before) && /[\s)"':;,|=]/.test(after)) return true;
  }
  return false;
}
