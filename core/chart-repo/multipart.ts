// Builds form uploads, which Harbor's chart repository expects instead of the bare archive.
// https://www.rfc-editor.org/rfc/rfc7578
import { digestOf } from '../content/digest.js';
import type { Upload } from './repository-client.js';

export interface Part {
  readonly name: string;
  readonly filename: string;
  readonly bytes: Uint8Array;
}

/** The body and its Content-Type. The boundary is a digest of the parts, so that it does not occur in them. */
export function multipart(parts: readonly Part[]): Upload {
  const boundary = digestOf(Buffer.concat(parts.map((part) => part.bytes))).slice(-32);
  const pieces = parts.flatMap(({ name, filename, bytes }) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="${filename}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return {
    bytes: Buffer.concat([...pieces, Buffer.from(`--${boundary}--\r\n`)]),
    type: `multipart/form-data; boundary=${boundary}`,
  };
}
