// The one place where text from packages, file names and servers becomes harmless before it reaches a terminal, a page, a table, JSON on
// a terminal or a log.

/**
 * Control characters (C0, C1, so every terminal escape), marks that change the direction of text, line and paragraph separators, and
 * characters that cannot be seen. https://www.unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
const UNPRINTABLE =
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufff9-\ufffb\ufffe\uffff\u{e0000}-\u{e007f}]/gu;

/** The text on one line, with U+FFFD for each character that is not to be shown. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}

/** The same for text of several lines: line feeds and tabs stay. */
export function printableLines(text: string): string {
  return text.replace(UNPRINTABLE, (one) => (one === '\n' || one === '\t' ? one : '\ufffd'));
}

/** A JSON text of the same value in which no character can harm a terminal: they are written as escapes. Line feeds stay. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (one) => (one === '\n' ? one : escaped(one)));
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => {
    return `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`;
  }).join('');
}
