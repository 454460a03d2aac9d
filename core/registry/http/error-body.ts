// Reads the body of an error answer: the specification's error list, a single error, plain text, a proxy's HTML, or nothing.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
import { z } from 'zod';
import { optional } from '../../content/absent.js';
import { parseJson } from '../../content/json-text.js';
import { printable } from '../../messages/printable.js';
import { decoded } from './content-encoding.js';
import type { HttpResponse } from './transport-types.js';

export interface ErrorBody {
  /** Registry codes in upper case; empty when the body is not the registry's own. */
  readonly codes: readonly string[];
  /** The `detail` of each error as it came, in the order of the errors. */
  readonly details: readonly unknown[];
  /** For a message, at most 300 characters: `CODE: text (detail); CODE: text`, the beginning of a plain text, or ''. */
  readonly summary: string;
  /** The body as text, at most 64 KiB. */
  readonly text: string;
  readonly isHtml: boolean;
}

const BODY_LIMIT = 64 * 1024;
const SUMMARY_LIMIT = 300;
const DETAIL_LIMIT = 200;

const text = optional(z.string()).catch(undefined);
const entry = z.looseObject({ code: text, message: text, detail: z.unknown().optional() });
const list = z.looseObject({ errors: z.array(z.unknown()) });

/** Reads the body of an error answer. Throws only for network failures and a cancel, never for what the body holds. */
export async function readErrorBody(response: HttpResponse): Promise<ErrorBody> {
  return parseErrorBody(await firstBytes(response), response.headers['content-type'] ?? '');
}

/** The parts of an error body; `contentType` is the answer's header or ''. */
export function parseErrorBody(text: string, contentType: string): ErrorBody {
  const errors = entriesOf(text);
  const isHtml = contentType.includes('text/html') || /^\s*<(?:!doctype|html)/i.test(text);
  return {
    codes: errors.flatMap(({ code }) => (code === undefined ? [] : [code.toUpperCase()])),
    details: errors.map((error) => error.detail),
    summary: clean(summaryOf(errors) || (isHtml ? titleOf(text) : text), SUMMARY_LIMIT),
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
  const start = Buffer.concat(chunks).subarray(0, BODY_LIMIT);
  return decoded(start, response.headers, BODY_LIMIT).toString('utf8');
}

function entriesOf(text: string): readonly z.infer<typeof entry>[] {
  const json = parseJson(text);
  // zot answers a wrong password with one error object outside of a list.
  const errors = list.safeParse(json).data?.errors ?? [json];
  return errors.flatMap((error) => entry.safeParse(error).data ?? []);
}

function summaryOf(errors: readonly z.infer<typeof entry>[]): string {
  return errors.map(summaryOfOne).filter(Boolean).join('; ');
}

function summaryOfOne({ code, message, detail }: z.infer<typeof entry>): string {
  const said = [code, message].filter(Boolean).join(': ');
  const more = detailText(detail);
  if (more === '' || said.includes(more)) return said;
  return said === '' ? more : `${said} (${more})`;
}

/** A `detail` for a message; '' where there is none. Registries write a text, an object or an empty one. */
function detailText(detail: unknown): string {
  if (detail === null || detail === undefined) return '';
  if (typeof detail === 'object' && Object.keys(detail).length === 0) return '';
  return clean(typeof detail === 'string' ? detail : JSON.stringify(detail), DETAIL_LIMIT);
}

/** Text of a server for a message: on one line, without control characters, at most `limit` characters. */
function clean(said: string, limit: number): string {
  const line = printable(said.replace(/\s+/g, ' ').trim());
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

function titleOf(html: string): string {
  return /<title>([^<]*)<\/title>/i.exec(html)?.[1]?.trim() ?? '';
}
