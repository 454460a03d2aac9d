// Reads JSON that another program wrote.

/**
 * The value of a JSON text; undefined when it is no JSON. A byte order mark at its beginning, which .NET writes, is ignored.
 * https://www.rfc-editor.org/rfc/rfc8259#section-8.1
 */
export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return value;
  } catch {
    return undefined;
  }
}
