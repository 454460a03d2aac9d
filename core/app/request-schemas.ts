// What a window may send to each method. Unknown fields are dropped, and no schema has a field for credentials.
import { z } from 'zod';
import type {
  AppMethod,
  AppMethods,
  AuditRequest,
  CompareRequest,
  ImportRequest,
  InspectRequest,
  PlanRequest,
  RunsRequest,
  Selection,
  TargetSpec,
  UndoRequest,
  VerifyRequest,
} from '../contract.js';
import { coverageSchema } from './coverage-schema.js';
import { planSchema } from '../plan/plan-file.js';

/** Requires a schema for every field of the contract's type; a forgotten field would be dropped without notice. */
type FieldsOf<T> = { readonly [K in keyof T]-?: z.ZodType };

/** Names, references, globs. */
export const textSchema = z.string().max(4_096);
export const pathSchema = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => !path.includes('\0'), 'a path without NUL');
const list = z.array(textSchema).max(10_000);
const packages = z.array(pathSchema).max(100);
const flag = z.boolean().exactOptional();

export const targetSpecSchema: z.ZodType<TargetSpec> = z.object({
  store: pathSchema.exactOptional(),
  registry: textSchema.exactOptional(),
  charts: z
    .array(
      z.object({
        folder: textSchema.exactOptional(),
        url: textSchema,
        kind: z.enum(['chartmuseum', 'harbor', 'jfrog']).exactOptional(),
      }),
    )
    .max(100)
    .exactOptional(),
  noCharts: flag,
  noImages: flag,
  naming: z
    .object({
      containerRegistry: textSchema.exactOptional(),
      containerPrefixRegistry: textSchema.exactOptional(),
      containerRepository: textSchema.exactOptional(),
      containerPrefixRepository: textSchema.exactOptional(),
      appendOriginRegistry: flag,
      mirror: flag,
    })
    .exactOptional(),
  allowHosts: z.array(textSchema).max(100).exactOptional(),
  tls: z
    .object({
      caFiles: z.array(pathSchema).max(100).exactOptional(),
      certFile: pathSchema.exactOptional(),
      keyFile: pathSchema.exactOptional(),
      fingerprints: z.array(textSchema).max(100).exactOptional(),
    })
    .exactOptional(),
  resolve: z.array(textSchema).max(100).exactOptional(),
} satisfies FieldsOf<Omit<TargetSpec, 'credentials' | 'chartCredentials' | 'credentialsFrom'>>);

const selectionSchema = z.object({
  only: list.exactOptional(),
  skip: list.exactOptional(),
  images: list.exactOptional(),
  platforms: list.exactOptional(),
} satisfies FieldsOf<Selection>);

const inspectFields = {
  packages,
  sha512: textSchema.exactOptional(),
  reread: flag,
  imageName: textSchema.exactOptional(),
};

/** Seconds. */
const patience = z.int().min(0).max(604_800).exactOptional();

const planFields = {
  ...inspectFields,
  selection: selectionSchema.exactOptional(),
  onChange: z.enum(['newer', 'replace', 'keep', 'stop']).exactOptional(),
  onChartChange: z.enum(['auto', 'replace', 'keep', 'stop']).exactOptional(),
  createProjects: z.enum(['like-existing', 'private', 'public', 'never']).exactOptional(),
  keepCharts: list.exactOptional(),
  allowMislabelled: flag,
  acceptUnproven: flag,
  requirePlatforms: list.exactOptional(),
  concurrency: z.int().min(1).max(64).exactOptional(),
  limitRate: z.int().min(1).exactOptional(),
  diskWindow: z.int().min(0).exactOptional(),
  passes: z.int().min(1).max(100).exactOptional(),
  patience,
  waitForPackage: flag,
};

const undoSchema = z.object({
  runs: list,
  target: targetSpecSchema,
  only: list.exactOptional(),
  force: flag,
  patience,
} satisfies FieldsOf<UndoRequest>);

/** Checks the inputs of all methods that have no check of their own; `saveSettings` is checked in settings-file.ts. */
export const inputSchemas: {
  readonly [M in Exclude<AppMethod, 'saveSettings'>]: z.ZodType<AppMethods[M]['in']>;
} = {
  info: z.null(),
  inspect: z.object({ ...inspectFields, programs: flag } satisfies FieldsOf<InspectRequest>),
  plan: z.object({ ...planFields, target: targetSpecSchema } satisfies FieldsOf<PlanRequest>),
  import: z.object({
    ...planFields,
    target: targetSpecSchema,
    plan: planSchema.exactOptional(),
    verify: flag,
    receipt: flag,
  } satisfies FieldsOf<ImportRequest>),
  compare: z.object({
    ...planFields,
    target: targetSpecSchema.exactOptional(),
    image: textSchema.exactOptional(),
  } satisfies FieldsOf<CompareRequest>),
  verify: z.object({
    packages: packages.exactOptional(),
    run: textSchema.exactOptional(),
    target: targetSpecSchema,
    selection: selectionSchema.exactOptional(),
    keepCharts: list.exactOptional(),
    full: flag,
    pullAs: z.literal('anonymous').exactOptional(),
    requirePlatforms: list.exactOptional(),
    reread: flag,
    imageName: textSchema.exactOptional(),
    patience,
  } satisfies FieldsOf<VerifyRequest>),
  audit: z.object({
    target: targetSpecSchema,
    requirePlatforms: list.exactOptional(),
    patience,
  } satisfies FieldsOf<AuditRequest>),
  planUndo: undoSchema,
  undo: undoSchema,
  runs: z.object({
    target: targetSpecSchema.exactOptional(),
    location: textSchema.exactOptional(),
    since: textSchema.exactOptional(),
  } satisfies FieldsOf<RunsRequest>),
  report: textSchema,
  check: targetSpecSchema,
  pause: textSchema,
  resume: textSchema,
  tryNow: textSchema,
  activeRun: z.null(),
  renderReport: z.object({
    run: textSchema,
    format: z.enum(['html', 'csv', 'json']),
    language: z.enum(['en', 'zh-CN']),
  }),
  renderCoverage: z.object({
    coverage: coverageSchema,
    format: z.enum(['html', 'csv']),
    language: z.enum(['en', 'zh-CN']),
  }),
  settings: z.null(),
  setCredentials: z.object({
    location: textSchema.min(1),
    credentials: z
      .object({ username: textSchema.min(1), password: z.string().min(1).max(65_536) })
      .nullable(),
    keep: z.boolean(),
  }),
  drives: z.null(),
  listFolder: pathSchema.nullable(),
  chooseFiles: z.null(),
  chooseFolder: z.null(),
  saveFile: z.object({ name: textSchema, text: z.string().max(64 * 1024 * 1024) }),
  readTargetFile: pathSchema,
  readLog: z.object({ lines: z.int().min(1).max(20_000) }),
};
