// The schema of a charts-syncer configuration, both of the fork that made the packages and of upstream.
// https://github.com/bitnami/charts-syncer/blob/main/README.md#configuration
import { z } from 'zod';
import { chartListSchema, yamlBoolean } from './chart-list.js';

const text = z.string().nullish();
const auth = z.strictObject({ registry: text, username: text, password: text }).nullish();

const repository = z
  .strictObject({
    kind: text,
    url: text,
    path: text,
    chartsIndex: text,
    disableChartsIndex: yamlBoolean.nullish(),
    useChartsIndex: yamlBoolean.nullish(),
    auth,
    // Some samples have them beside `auth`
    username: text,
    password: text,
  })
  .nullish();

const containers = z.strictObject({ kind: text, url: text, auth, username: text, password: text }).nullish();

export const syncerConfigSchema = z.strictObject({
  source: z.strictObject({ intermediateBundlesPath: text, repo: repository, containers }).nullish(),
  target: z
    .strictObject({
      intermediateBundlesPath: text,
      containerRegistry: text,
      containerPrefixRegistry: text,
      containerRepository: text,
      containerPrefixRepository: text,
      appendOriginRegistry: yamlBoolean.nullish(),
      repoName: text,
      repo: repository,
      containers,
    })
    .nullish(),
  charts: chartListSchema.nullish(),
  skipCharts: z.array(z.string()).nullish(),
  relocateContainerImages: yamlBoolean.nullish(),
  skipArtifacts: yamlBoolean.nullish(),
});

export type SyncerTarget = NonNullable<z.output<typeof syncerConfigSchema>['target']>;
export interface SyncerLogin {
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
}
