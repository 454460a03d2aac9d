// Splits multipart form bodies into their parts, for servers in tests.

/** The bytes of each part by its name (the first of several); empty for a body that is no form. */
export function formParts(body: Buffer, contentType: string): ReadonlyMap<string, Buffer> {
  const parts = new Map<string, Buffer>();
  const boundary = /boundary=([^;]+)/.exec(contentType)?.[1];
  if (boundary === undefined) return parts;
  // latin1 keeps each byte one character.
  for (const piece of body.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const head = piece.indexOf('\r\n\r\n');
    const name = /; name="([^"]*)"/.exec(piece.slice(0, head))?.[1];
    if (name === undefined || parts.has(name)) continue;
    parts.set(name, Buffer.from(piece.slice(head + 4, -2), 'latin1'));
  }
  return parts;
}
