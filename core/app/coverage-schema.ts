// The comparison that a window sends back to have it written as a file. Figures and details are not written, so they must be null.
import { z } from 'zod';
import type { Coverage } from '../contract.js';
import { problemSchema } from '../plan/plan-file.js';

const text = z.string().max(65_536);
const texts = z.array(text).max(100_000);

const cell = z.object({
  state: z.enum([
    ...['same', 'add', 'replace', 'keep', 'conflict', 'missing'],
    ...['mislabelled', 'not-used', 'unreadable'],
  ] as const),
  stale: z.boolean(),
  digest: text.nullable(),
  from: text,
  version: text,
  created: text.nullable(),
  bytes: z.number(),
  osVersion: text.exactOptional(),
  reason: text,
});

const image = z.object({
  source: text,
  sources: texts,
  target: text,
  charts: texts,
  cells: z.record(text, cell),
  before: texts,
  after: texts,
  bytesToSend: z.number(),
  problem: problemSchema.nullable(),
});

/** Unknown fields are dropped. */
export const coverageSchema: z.ZodType<Coverage> = z.object({
  schema: z.literal('archbridge.coverage/1'),
  platforms: texts,
  required: texts,
  packages: z.array(
    z.object({
      path: text,
      name: text,
      version: text,
      arch: text,
      bytes: z.number(),
      sha512: text.nullable(),
    }),
  ),
  target: z.object({ kind: z.enum(['folder', 'registry']), location: text, charts: texts }).nullable(),
  tagsRead: z.string().nullable(),
  images: z.array(image).max(100_000),
  summary: z.record(
    text,
    z.object({ present: z.number(), now: z.number(), stale: z.number(), total: z.number() }),
  ),
  figures: z.null(),
  detail: z.null(),
  problems: z.array(problemSchema).max(100_000),
});
