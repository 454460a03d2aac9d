// JSON as Go's json.MarshalIndent writes it, so that manifests get the digests that Docker's own push gives them.
// https://pkg.go.dev/encoding/json#MarshalIndent

/** Three spaces, `": "`, LF, no newline at the end; `<`, `>`, `&`, U+2028 and U+2029 escaped. Undefined members are left out. */
export function encodeGoJson(value: unknown): Buffer {
  const text = JSON.stringify(value, null, 3).replace(
    /[<>&\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Buffer.from(text);
}
