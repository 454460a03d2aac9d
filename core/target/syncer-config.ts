// Reads a charts-syncer configuration as a target, so that the file of the vendor's tool can be used for an import.
import type { ChartRepositorySpec, Credentials, Selection, TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';
import { withScheme } from './addresses.js';
import { chartListOf } from './chart-list.js';
import { syncerConfigSchema, type SyncerLogin, type SyncerTarget } from './syncer-config-schema.js';
import { badValue, decodeYaml, placeOf, readYaml, type YamlFile } from './yaml-document.js';

export interface SyncerConfig {
  readonly target: TargetSpec;
  /** From `charts` or `skipCharts`; empty: everything. */
  readonly selection: Selection;
  /** Charts, as `NAME[@VERSION]`, whose images are left out. */
  readonly skipImages: readonly string[];
  /** `source.intermediateBundlesPath`: a folder of bundles, relative to the current one. */
  readonly bundles: string | null;
  readonly notes: readonly AppError[];
}

/** Variables of the environment; absent and empty ones count the same. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a charts-syncer file. `TARGET_REPO_AUTH_USERNAME`/`_PASSWORD` (also without `REPO_`) and
 * `TARGET_CONTAINERS_AUTH_USERNAME`/`_PASSWORD` win over the file, as they do there. Unknown keys are notes; repeated
 * ones are errors. Throws AppErrors of origin `config`, with line and column; values of the file are never in them.
 */
export function parseSyncerConfig(text: string, fileName: string, env: Environment): SyncerConfig {
  const file = readYaml(text, fileName);
  const { value, notes } = decodeYaml(file, syncerConfigSchema);
  const target = value.target ?? {};
  if (target.intermediateBundlesPath)
    throw problem('config.save-mode', placeOf(file, ['target', 'intermediateBundlesPath']));
  if (value.charts?.length && value.skipCharts?.length) {
    throw problem('config.several-charts-lists', placeOf(file, ['skipCharts']));
  }
  const { only, skipImages } = chartListOf(value.charts ?? []);
  const skip = value.skipCharts ?? [];
  return {
    target: targetOf(file, target, env),
    selection: { ...(only.length > 0 ? { only } : {}), ...(skip.length > 0 ? { skip } : {}) },
    skipImages,
    bundles: value.source?.intermediateBundlesPath ?? null,
    notes,
  };
}

function targetOf(file: YamlFile, target: SyncerTarget, env: Environment): TargetSpec {
  const { containerRegistry, containerPrefixRegistry, containerRepository, containerPrefixRepository } =
    target;
  // When both are set, charts-syncer takes the prefix registry
  const written = containerPrefixRegistry || containerRegistry;
  if (!written) throw problem('config.no-registry', placeOf(file, ['target']));
  const [host = ''] = withoutScheme(written).split('/', 1);
  const charts = chartsOf(file, target, host);
  const containers = target.containers;
  const credentials = loginOf(file, 'target.containers', [containers?.auth, containers], {
    username: env['TARGET_CONTAINERS_AUTH_USERNAME'],
    password: env['TARGET_CONTAINERS_AUTH_PASSWORD'],
  });
  const chartCredentials = loginOf(file, 'target.repo', [target.repo?.auth, target.repo], {
    username: env['TARGET_REPO_AUTH_USERNAME'] || env['TARGET_AUTH_USERNAME'],
    password: env['TARGET_REPO_AUTH_PASSWORD'] || env['TARGET_AUTH_PASSWORD'],
  });
  return {
    registry: `${schemeFor(written, host, target)}://${host}`,
    ...(charts ? { charts: [charts] } : {}),
    naming: {
      ...(containerRegistry ? { containerRegistry: withoutScheme(containerRegistry) } : {}),
      ...(containerPrefixRegistry ? { containerPrefixRegistry: withoutScheme(containerPrefixRegistry) } : {}),
      ...(containerRepository ? { containerRepository } : {}),
      ...(containerPrefixRepository ? { containerPrefixRepository } : {}),
      ...(target.appendOriginRegistry ? { appendOriginRegistry: true } : {}),
    },
    ...(credentials ? { credentials } : {}),
    ...(chartCredentials ? { chartCredentials } : {}),
  };
}

/** The chart repository; null when the file names none and the default applies. */
function chartsOf(file: YamlFile, { repo }: SyncerTarget, registryHost: string): ChartRepositorySpec | null {
  if (!repo) return null;
  const path = ['target', 'repo'];
  const kind = (repo.kind ?? '').toUpperCase();
  if (kind === 'LOCAL') return { url: required(file, repo.path, [...path, 'path']) };
  const url = (): string => required(file, repo.url, [...path, 'url']);
  switch (kind) {
    case 'CHARTMUSEUM':
      return { url: withScheme(url(), 'https'), kind: 'chartmuseum' };
    case 'HARBOR':
      return { url: withScheme(url(), 'https'), kind: 'harbor' };
    case 'JFROG':
      return { url: withScheme(url(), 'https'), kind: 'jfrog' };
    case 'OCI': {
      const place = withoutScheme(url());
      const isPlainElsewhere = /^http:/i.test(url()) && place.split('/', 1)[0] !== registryHost;
      if (isPlainElsewhere)
        throw badValue(file, [...path, 'url'], 'OCI over http only at the image registry itself');
      return { url: `oci://${place}` };
    }
    case 'HELM':
      throw problem('config.read-only-kind', {
        ...placeOf(file, [...path, 'kind']),
        kind,
      });
    default:
      throw badValue(file, [...path, 'kind'], 'expected CHARTMUSEUM, HARBOR, JFROG, OCI or LOCAL');
  }
}

/**
 * charts-syncer names registries without a scheme. A chart repository at the same host and port gives its scheme; without one,
 * loopback addresses are http, as in the original's registry client, and all others https.
 */
function schemeFor(written: string, host: string, { repo }: SyncerTarget): string {
  const own = /^(https?):\/\//i.exec(written)?.[1];
  if (own) return own.toLowerCase();
  const [, scheme, beside] = /^(https?):\/\/([^/]+)/i.exec(repo?.url ?? '') ?? [];
  if (scheme && beside === host) return scheme.toLowerCase();
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?$/.test(host) ? 'http' : 'https';
}

function loginOf(
  file: YamlFile,
  place: string,
  written: readonly (SyncerLogin | null | undefined)[],
  env: { readonly username: string | undefined; readonly password: string | undefined },
): Credentials | null {
  const first = (key: keyof SyncerLogin): string | undefined =>
    env[key] || written.map((login) => login?.[key]).find(Boolean) || undefined;
  const [username, password] = [first('username'), first('password')];
  if (username && password) return { username, password };
  if (!username && !password) return null;
  const [present, missing] = username ? ['username', 'password'] : ['password', 'username'];
  throw problem('config.incomplete-credentials', {
    ...placeOf(file, place.split('.')),
    present: `${place}.auth.${present}`,
    missing: `${place}.auth.${missing}`,
  });
}

function required(file: YamlFile, value: string | null | undefined, path: readonly string[]): string {
  if (value) return value;
  throw problem('config.missing-value', { ...placeOf(file, path), key: path.join('.') });
}

function withoutScheme(address: string): string {
  return address.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
}

function problem(
  code:
    | 'config.save-mode'
    | 'config.several-charts-lists'
    | 'config.no-registry'
    | 'config.read-only-kind'
    | 'config.missing-value'
    | 'config.incomplete-credentials',
  params: Readonly<Record<string, string | number>>,
): AppError {
  return new AppError(code, { origin: 'config', params });
}
