// Reads a plan from the file that it was written to, with the decisions that somebody may have edited in it.
import { z } from 'zod';
import type { Plan } from '../contract.js';
import { parseBoundedJson } from '../content/json-text.js';
import { AppError } from '../errors.js';

const decision = z.enum(['replace', 'keep', 'stop']).nullable();
const imageAction = z.enum([
  'push',
  'promote',
  'add',
  'replace',
  'repair',
  'keep',
  'skip',
  'conflict',
  'blocked',
]);
const chartAction = z.enum(['publish', 'replace', 'keep', 'skip', 'conflict', 'blocked', 'failed']);
const strings = z.array(z.string());

/** A problem, as JSON files and requests hold it. */
export const problemSchema = z.object({
  code: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number()])),
  message: z.string(),
  hint: z.string(),
  origin: z.enum(['package', 'registry', 'chart-repo', 'disk', 'config', 'app']),
  retryable: z.boolean(),
});

const content = z
  .union([
    z.literal('unreadable'),
    z.object({ digest: z.string(), mediaType: z.string(), platforms: strings }),
  ])
  .nullable();

const image = z.object({
  source: z.string(),
  sources: strings,
  target: z.string(),
  platform: z.string(),
  osVersion: z.string().exactOptional(),
  digest: z.string(),
  convertedFrom: z.string().exactOptional(),
  config: z.string(),
  action: imageAction,
  decision,
  reason: z.string(),
  package: z.string(),
  version: z.string(),
  created: z.string().nullable(),
  bytes: z.number(),
  // plans of former versions have neither of the three
  blobs: z.array(z.number()).default([]),
  held: z.array(z.number()).default([]),
  bundles: strings.default([]),
  before: content,
  after: content,
  afterPlatforms: strings,
  charts: strings,
  problem: problemSchema.nullable(),
});

const chart = z.object({
  repo: z.string(),
  url: z.string(),
  name: z.string(),
  version: z.string(),
  action: chartAction,
  // plans of former versions have none
  reason: z.string().default(''),
  decision,
  before: z.string().nullable(),
  changes: z.array(z.object({ path: z.string(), from: z.string().nullable(), to: z.string() })),
  bytes: z.number(),
  problem: problemSchema.nullable(),
});

const needs = z.object({
  bytesToSend: z.number(),
  bytesPresent: z.number(),
  bytesShared: z.number(),
  chartBytes: z.number(),
  projects: z.array(
    z.object({
      name: z.string(),
      exists: z.boolean().nullable(),
      create: z.enum(['private', 'public', 'no']),
    }),
  ),
  space: z.array(
    z.object({
      kind: z.enum(['computer', 'store', 'project', 'registry']),
      where: z.string(),
      free: z.number().nullable(),
      needed: z.number(),
      enough: z.boolean().nullable(),
      unlimited: z.literal(true).exactOptional(),
    }),
  ),
});

const selection = z.object({
  only: strings.exactOptional(),
  skip: strings.exactOptional(),
  images: strings.exactOptional(),
  platforms: strings.exactOptional(),
  shard: z.object({ index: z.number(), count: z.number() }).exactOptional(),
});

/** A plan as the engine makes it; unknown fields are dropped. */
export const planSchema: z.ZodType<Plan> = z.object({
  schema: z.literal('archbridge.plan/1'),
  made: z.string(),
  tagsRead: z.string().default(''),
  packages: z.array(
    z.object({
      path: z.string(),
      name: z.string(),
      version: z.string(),
      arch: z.string(),
      bytes: z.number(),
      sha512: z.string().nullable(),
    }),
  ),
  target: z.object({ kind: z.enum(['folder', 'registry']), location: z.string(), charts: strings }),
  request: z.object({
    selection,
    onChange: z.enum(['newer', 'replace', 'keep', 'stop']),
    onChartChange: z.enum(['auto', 'replace', 'keep', 'stop']),
    keepCharts: strings,
    allowMislabelled: z.boolean(),
    acceptUnproven: z.boolean(),
    requirePlatforms: strings,
    createProjects: z.enum(['like-existing', 'private', 'public', 'never']).exactOptional(),
    imageName: z.string().exactOptional(),
  }),
  blobs: z.array(z.object({ digest: z.string(), bytes: z.number() })).default([]),
  images: z.array(image),
  charts: z.array(chart),
  needs,
  coverage: z.record(z.string(), z.object({ present: z.number(), after: z.number(), total: z.number() })),
  weakened: strings,
  problems: z.array(problemSchema),
});

/** Reads what `plan --out` or `plan --json` wrote. Throws `run.plan-unusable`, which names the first thing that is wrong. */
export function parsePlan(text: string, file: string): Plan {
  const unusable = (detail: string, cause?: unknown): AppError =>
    new AppError('run.plan-unusable', { origin: 'config', params: { file, detail }, cause });
  let value: unknown;
  try {
    value = parseBoundedJson(Buffer.from(text.replace(/^\uFEFF/, '')));
  } catch (error) {
    throw unusable('no JSON', error);
  }
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(issue ? `${issue.path.join('.')}: ${issue.message}` : 'no plan');
}
