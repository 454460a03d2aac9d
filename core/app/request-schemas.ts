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
  UndoRequest,
  VerifyRequest,
} from '../contract.js';
import { coverageSchema } from './coverage-schema.js';
import { planSchema } from '../plan/plan-file.js';
import { pathSchema, targetSpecSchema, textSchema, type FieldsOf } from '../target/target-spec-schema.js';

const list = z.array(textSchema).max(10_000);
const packages = z.array(pathSchema).max(100);
const flag = z.boolean().exactOptional();

const selectionSchema = z.object({
  only: list.exactOptional(),
  skip: list.exactOptional(),
  images: list.exactOptional(),
  platforms: list.exactOptional(),
  shard: z.object({ index: z.int(), count: z.int() }).exactOptional(),
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

/** Each target of an import needs memory and processor time of its own. */
const MOST_TARGETS = 16;

const importSchema = z.object({
  ...planFields,
  target: targetSpecSchema,
  plan: planSchema.exactOptional(),
  verify: flag,
  receipt: flag,
} satisfies FieldsOf<ImportRequest>);

/** Checks the inputs of all methods that have no check of their own; `saveSettings` is checked in settings-file.ts. */
export const inputSchemas: {
  readonly [M in Exclude<AppMethod, 'saveSettings'>]: z.ZodType<AppMethods[M]['in']>;
} = {
  info: z.null(),
  inspect: z.object({ ...inspectFields, programs: flag } satisfies FieldsOf<InspectRequest>),
  plan: z.object({
    ...planFields,
    target: targetSpecSchema,
    reuseSurvey: flag,
  } satisfies FieldsOf<PlanRequest>),
  import: importSchema,
  importSeveral: z.object({ requests: z.array(importSchema).min(2).max(MOST_TARGETS) }),
  compare: z.object({
    ...planFields,
    target: targetSpecSchema.exactOptional(),
    image: textSchema.exactOptional(),
    reuseSurvey: flag,
    rowsAsEvents: flag,
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
  undoSeveral: z.object({ requests: z.array(undoSchema).min(2).max(MOST_TARGETS) }),
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
  readPlan: pathSchema,
  supportBundle: z.object({ details: z.string().max(64 * 1024) }),
  readLog: z.object({ lines: z.int().min(1).max(20_000) }),
};
