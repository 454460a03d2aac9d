// Reads JSON that another program wrote. Bytes of packages and answers of registries may be built to exhaust memory, so how much they
// hold is counted before they are parsed.

/** Maps and lists in each other: real manifests have 6. Deeper ones overflow the stack where they are written again. */
const JSON_DEPTH = 100;
/** Values in one text: those of an archive with fifty thousand layers. Each takes about 50 bytes of memory. */
const JSON_VALUES = 1_000_000;

/**
 * The value of a JSON text; undefined when it is no JSON, or holds too much. A byte order mark at its beginning, which .NET writes, is
 * ignored. https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function parseJson(text: string): unknown {
  try {
    return parseBoundedJson(Buffer.from(text.replace(/^\uFEFF/, '')));
  } catch {
    return undefined;
  }
}

/** The value of a JSON text. Throws a SyntaxError when it is no JSON, is nested too deep or holds too many values. */
export function parseBoundedJson(bytes: Buffer): unknown {
  const fault = excessOf(bytes);
  if (fault !== null) throw new SyntaxError(fault);
  const value: unknown = JSON.parse(bytes.toString('utf8'));
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** What is too much in a JSON text, in words; null when nothing is. Says nothing about whether it is JSON. */
function excessOf(bytes: Buffer): string | null {
  let depth = 0;
  let values = 1;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === QUOTE) at = endOfText(bytes, at);
    else if (byte === COMMA) values += 1;
    else if (OPENING.has(byte)) {
      depth += 1;
      values += 1;
    } else if (CLOSING.has(byte)) depth -= 1;
    if (depth > JSON_DEPTH) return `nested more than ${JSON_DEPTH} deep`;
    if (values > JSON_VALUES) return `more than ${JSON_VALUES} values`;
  }
  return null;
}

/** Offset of the quote that ends the text that begins at `start`; the end of the bytes where there is none. */
function endOfText(bytes: Buffer, start: number): number {
  for (let end = bytes.indexOf(QUOTE, start + 1); end >= 0; end = bytes.indexOf(QUOTE, end + 1)) {
    let escapes = 0;
    while (bytes[end - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return bytes.length;
}
