// Undoes a Content-Encoding. No request asks for one, but some proxies compress every answer.
// https://www.rfc-editor.org/rfc/rfc9110#section-8.4
import { brotliDecompressSync, constants, gunzipSync, inflateSync } from 'node:zlib';
import type { HttpResponse } from './transport-types.js';

/**
 * The bytes of a body that came with these headers, without their Content-Encoding (gzip, deflate, br); a body that was cut gives
 * what can be read of it. The bytes as they are where they are not encoded as the header says, or are more than `limit` then.
 */
export function decoded(bytes: Buffer, headers: HttpResponse['headers'], limit: number): Buffer {
  let plain = bytes;
  try {
    for (const encoding of encodingsOf(headers).reverse()) plain = decode(plain, encoding, limit);
    return plain;
  } catch {
    return bytes;
  }
}

function encodingsOf(headers: HttpResponse['headers']): string[] {
  return (headers['content-encoding'] ?? '').split(',').map((encoding) => encoding.trim().toLowerCase());
}

function decode(bytes: Buffer, encoding: string, limit: number): Buffer {
  const options = { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return gunzipSync(bytes, options);
    case 'deflate':
      return inflateSync(bytes, options);
    case 'br':
      return brotliDecompressSync(bytes, {
        maxOutputLength: limit,
        finishFlush: constants.BROTLI_OPERATION_FLUSH,
      });
    default:
      return bytes;
  }
}
