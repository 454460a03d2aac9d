// The encodings that Helm reads YAML in: UTF-8, and UTF-16 with a byte order mark. https://yaml.org/spec/1.1/#id868742
const MARKS = [
  { encoding: 'utf-8-with-mark', bytes: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', bytes: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', bytes: Buffer.from([0xfe, 0xff]) },
] as const;

export type TextEncoding = (typeof MARKS)[number]['encoding'] | 'utf-8';

/** The encoding that the first bytes of a file tell. */
export function encodingOf(bytes: Buffer): TextEncoding {
  return MARKS.find((mark) => bytes.subarray(0, mark.bytes.length).equals(mark.bytes))?.encoding ?? 'utf-8';
}

/** The text without a byte order mark; null when the bytes are not valid in their encoding. */
export function decodeText(bytes: Buffer): string | null {
  const encoding = encodingOf(bytes);
  try {
    // The decoder drops the mark
    return new TextDecoder(encoding === 'utf-8-with-mark' ? 'utf-8' : encoding, { fatal: true }).decode(
      bytes,
    );
  } catch {
    return null;
  }
}

/** The inverse of {@link decodeText}, with the encoding's byte order mark. */
export function encodeText(text: string, encoding: TextEncoding): Buffer {
  const mark = MARKS.find((one) => one.encoding === encoding)?.bytes ?? Buffer.alloc(0);
  switch (encoding) {
    case 'utf-8':
    case 'utf-8-with-mark':
      return Buffer.concat([mark, Buffer.from(text)]);
    case 'utf-16le':
      return Buffer.concat([mark, Buffer.from(text, 'utf16le')]);
    case 'utf-16be':
      return Buffer.concat([mark, Buffer.from(text, 'utf16le').swap16()]);
  }
}
