// The form of a target's description where it comes from outside: from a window, or from the file of saved targets. It has no field for
// credentials, so they are dropped from whatever comes in.
import { z } from 'zod';
import type { ChartRepositorySpec, TargetSpec } from '../contract.js';

/** Requires a schema for every field of the contract's type; a forgotten field would be dropped without notice. */
export type FieldsOf<T> = { readonly [K in keyof T]-?: z.ZodType };

/** Names, references, globs. */
export const textSchema = z.string().max(4_096);
export const pathSchema = z
  .string()
  .min(1)
  .max(4_096)
  .refine((path) => !path.includes('\0'), 'a path without NUL');

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
        username: textSchema.exactOptional(),
      } satisfies FieldsOf<Omit<ChartRepositorySpec, 'credentials'>>),
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
  convertToOci: flag,
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
  proxy: z
    .object({
      // a login for the proxy is a password, so it is not saved
      url: textSchema.refine((url) => !url.includes('@'), 'a URL without a login'),
      except: z.array(textSchema).max(1_000).exactOptional(),
    })
    .exactOptional(),
} satisfies FieldsOf<Omit<TargetSpec, 'credentials' | 'chartCredentials' | 'credentialsFrom'>>);
