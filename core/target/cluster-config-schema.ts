// The schema of clusterConfig.yaml: the parts that an import reads, and the names of keys that only the installer uses.
import { z } from 'zod';

const text = z.string().nullish();
const port = z
  .string()
  .regex(/^\d{1,5}$/, 'expected a port number')
  .nullish();

/** One path or several, in each of the documented forms. */
const paths = z
  .preprocess(
    (value) => (typeof value === 'string' ? (value === '' ? [] : [value]) : value),
    z.array(z.string('expected a path')).nullish(),
  )
  .optional();

const addonPackage = z.preprocess(
  (value) => (typeof value === 'string' || Array.isArray(value) ? { path: value } : value),
  z.strictObject({ path: paths }).nullish(),
);

/** `imagesAndCharts` (v1alpha3 and later) and `registry` (before) with the names of all versions. */
const registrySection = z.strictObject({
  type: text,
  builtinRegistryDomainName: text,
  externalImageRepo: text,
  externalImageRepoUsername: text,
  externalImageRepoPassword: text,
  externalChartRepoType: text,
  externalChartRepo: text,
  externalChartRepoUsername: text,
  externalChartRepoPassword: text,
  externalChartUsername: text,
  externalChartMuseumPassword: text,
  externalRegistry: text,
  externalRegistryUsername: text,
  externalRegistryPassword: text,
  externalScheme: z.enum(['http', 'https'], { error: 'expected http or https' }).nullish(),
});

export type RegistrySection = z.output<typeof registrySection>;

/** `bootstrap`, or `tinderKind` as some versions call it. */
const bootstrapSection = z
  .strictObject({
    instanceName: z.unknown(),
    resourcesMountPath: z.unknown(),
    registryPort: port,
    minioServerPort: z.unknown(),
    minioConsolePort: z.unknown(),
    chartmuseumPort: port,
  })
  .partial()
  .nullish();

const forInstaller = z.unknown().optional();

export const clusterConfigSchema = z.strictObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: forInstaller,
  spec: z
    .strictObject({
      bootstrapNode: text,
      bootstrap: bootstrapSection,
      tinderKind: bootstrapSection,
      imagesAndCharts: registrySection.nullish(),
      registry: registrySection.nullish(),
      addonPackage,
      addonOfflinePackagePath: paths,
      path: paths,
      auditConfig: forInstaller,
      binaries: forInstaller,
      clusterName: forInstaller,
      cri: forInstaller,
      externalMiddlewares: forInstaller,
      fullPackagePath: forInstaller,
      imageConfig: forInstaller,
      insightVip: forInstaller,
      istioGatewayVip: forInstaller,
      k8sVersion: forInstaller,
      kubeanConfig: forInstaller,
      loadBalancer: forInstaller,
      masterNodes: forInstaller,
      network: forInstaller,
      ntpServer: forInstaller,
      osRepos: forInstaller,
      privateKeyPath: forInstaller,
      repoConfig: forInstaller,
      workerNodes: forInstaller,
    })
    .nullish(),
  imagesAndCharts: registrySection.nullish(),
  registry: registrySection.nullish(),
  addonPackage,
  addonOfflinePackagePath: paths,
  path: paths,
});
