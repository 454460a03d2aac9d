// Reads the body of an error answer: the specification's error list, a single error, plain text, a proxy's HTML, or nothing.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
import { z } from 'zod';
import type { HttpResponse } from './transport-types.js';

export interface ErrorBody {
  /** Registry codes in upper case; empty when the body is not the registry's own. */
  readonly codes: readonly string[];
  /** Each error's `detail` as it came. */
  readonly details: readonly unknown[];
  /** For a message: `CODE: text; CODE: text`, the beginning of a plain text, or ''. */
  readonly summary: string;
  /** The body as text, at most 64 KiB. */
  readonly text: string;
  readonly isHtml: boolean;
}

const BODY_LIMIT = 64 * 1024;
const SUMMARY_LIMIT = 300;

const entry = z.looseObject({
  code: z.string(),
  message: z.string().nullish(),
  detail: z.unknown().optional(),
});
const list = z.looseObject({ errors: z.array(entry) });

/** Reads the body of an error answer. Throws only for network failures and a cancel, never for what the body holds. */
export async function readErrorBody(response: HttpResponse): Promise<ErrorBody> {
  return parseErrorBody(await firstBytes(response), response.headers['content-type'] ?? '');
}

/** The parts of an error body; `contentType` is the answer's header or ''. */
export function parseErrorBody(text: string, contentType: string): ErrorBody {
  const errors = entriesOf(text);
  const isHtml = contentType.includes('text/html') || /^\s*<(?:!doctype|html)/i.test(text);
  return {
    codes: errors.map((error) => error.code.toUpperCase()),
    details: errors.map((error) => error.detail),
    summary: (errors.length > 0 ? summaryOf(errors) : isHtml ? titleOf(text) : text.trim()).slice(
      0,
      SUMMARY_LIMIT,
    ),
    text,
    isHtml,
  };
}

/** The first 64 KiB. A longer body is cut, and its connection is closed. */
async function firstBytes(response: HttpResponse): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= BODY_LIMIT) break;
  }
  return Buffer.concat(chunks).subarray(0, BODY_LIMIT).toString('utf8');
}

function entriesOf(text: string): readonly z.infer<typeof entry>[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const parsed = list.safeParse(json);
  if (parsed.success) return parsed.data.errors;
  // zot answers a wrong password with one error object outside of a list.
  const single = entry.safeParse(json);
  return single.success ? [single.data] : [];
}

function summaryOf(errors: readonly z.infer<typeof entry>[]): string {
  return errors.map(({ code, message }) => (message ? `${code}: ${message}` : code)).join('; ');
}

function titleOf(html: string): string {
  return /<title>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() ?? '';
}
