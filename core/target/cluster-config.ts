// Reads the installer's clusterConfig.yaml: registry, chart repository and add-on package of a platform. Only what concerns the
// import is read. The versions v1alpha1 to v1alpha4 use different keys in different places; all of them are known.
import type { z } from 'zod';
import type { TargetSpec } from '../contract.js';
import { AppError } from '../errors.js';
import { withScheme } from './addresses.js';
import { clusterConfigSchema, type RegistrySection } from './cluster-config-schema.js';
import { badValue, decodeYaml, placeOf, readYaml, valueOf, type YamlFile } from './yaml-document.js';

export interface ClusterConfig {
  readonly target: TargetSpec;
  /** Paths of add-on packages, in their order; empty when the file names none. */
  readonly packages: readonly string[];
  /** Unknown keys and assumptions; they do not stop the import. */
  readonly notes: readonly AppError[];
}

type Root = z.output<typeof clusterConfigSchema>;

const GROUP = 'provision.daocloud.io/';
const VERSIONS = ['v1alpha1', 'v1alpha2', 'v1alpha3', 'v1alpha4'];
/** The documented account of the registry and ChartMuseum that the installer puts on its bootstrap node. */
const BUILTIN_LOGIN = { username: 'rootuser', password: 'rootpass123' };
const CHART_KINDS = ['chartmuseum', 'harbor', 'jfrog'] as const;

/**
 * Reads a clusterConfig file. `bootstrapHost` says where the bootstrap node is when the file says `auto`.
 * Throws AppErrors of origin `config`, with line and column where there is one: `config.yaml-unreadable`, `config.bad-value`,
 * `config.not-a-cluster-config`, `config.official-service`, `config.needs-bootstrap`, `config.missing-value`,
 * `config.incomplete-credentials`.
 */
export function parseClusterConfig(
  text: string,
  fileName: string,
  options: { readonly bootstrapHost?: string } = {},
): ClusterConfig {
  const file = readYaml(text, fileName);
  const version = requireKind(file);
  const { value: root, notes } = decodeYaml(file, clusterConfigSchema);
  const reader = new Reader(file, root, options.bootstrapHost);
  const target = reader.target();
  if (!VERSIONS.includes(version))
    reader.notes.push(problem('config.cluster-config-version', { file: fileName, version }));
  return { target, packages: packagesOf(root), notes: [...notes, ...reader.notes] };
}

/** The version after the API group. Throws config.not-a-cluster-config. */
function requireKind(file: YamlFile): string {
  const value = valueOf(file);
  const field = (name: string): string => {
    const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return typeof found === 'string' ? found : '';
  };
  const [kind, version] = [field('kind'), field('apiVersion')];
  if (kind === 'ClusterConfig' && version.startsWith(GROUP)) return version.slice(GROUP.length);
  throw problem('config.not-a-cluster-config', { file: file.name, kind, version });
}

class Reader {
  readonly notes: AppError[] = [];
  readonly #file: YamlFile;
  readonly #root: Root;
  readonly #bootstrapHost: string | undefined;
  readonly #path: readonly string[];
  readonly #section: RegistrySection;

  constructor(file: YamlFile, root: Root, bootstrapHost: string | undefined) {
    this.#file = file;
    this.#root = root;
    this.#bootstrapHost = bootstrapHost;
    const { spec } = root;
    const places = [
      [['spec', 'imagesAndCharts'], spec?.imagesAndCharts],
      [['imagesAndCharts'], root.imagesAndCharts],
      [['spec', 'registry'], spec?.registry],
      [['registry'], root.registry],
    ] as const;
    const [path, section] = places.find(([, found]) => found) ?? [['spec', 'imagesAndCharts'], null];
    this.#path = path;
    this.#section = section ?? {};
  }

  target(): TargetSpec {
    const type = this.#section.type ?? 'official-service';
    switch (type) {
      case 'builtin':
      case 'built-in':
        return this.#builtin();
      case 'external':
        return this.#external();
      case 'official-service':
      case 'online':
        throw problem('config.official-service', { ...placeOf(this.#file, [...this.#path, 'type']), type });
      default:
        throw badValue(this.#file, [...this.#path, 'type'], 'expected builtin or external');
    }
  }

  /** Registry and ChartMuseum on the bootstrap node. A domain name is for the cluster's nodes; this machine may not resolve it. */
  #builtin(): TargetSpec {
    const spec = this.#root.spec ?? {};
    const named = spec.bootstrapNode && spec.bootstrapNode !== 'auto' ? spec.bootstrapNode : undefined;
    const domain = this.#section.builtinRegistryDomainName || undefined;
    const host = this.#bootstrapHost ?? named ?? domain;
    if (host === undefined) throw problem('config.needs-bootstrap', { file: this.#file.name });
    const ports = { ...spec.tinderKind, ...spec.bootstrap };
    const registryPort = ports.registryPort ?? '443';
    const port = registryPort === '443' ? '' : `:${registryPort}`;
    return {
      registry: `https://${bracketed(host)}${port}`,
      charts: [{ url: `http://${bracketed(host)}:${ports.chartmuseumPort ?? '8081'}`, kind: 'chartmuseum' }],
      credentials: BUILTIN_LOGIN,
      chartCredentials: BUILTIN_LOGIN,
      ...(domain === undefined || domain === host
        ? {}
        : { naming: { containerRegistry: `${domain}${port}` } }),
    };
  }

  #external(): TargetSpec {
    const section = this.#section;
    const address = section.externalImageRepo || section.externalRegistry;
    if (!address)
      throw this.#missing(this.#path.at(-1) === 'registry' ? 'externalRegistry' : 'externalImageRepo');
    const credentials = this.#login([
      ['externalImageRepoUsername', 'externalImageRepoPassword'],
      ['externalRegistryUsername', 'externalRegistryPassword'],
    ]);
    const chartRepo = section.externalChartRepo;
    const kind = this.#chartKind();
    const chartCredentials = this.#login(
      [
        ['externalChartRepoUsername', 'externalChartRepoPassword'],
        ['externalChartUsername', 'externalChartMuseumPassword'],
        ['externalChartRepoUsername', 'externalChartMuseumPassword'],
        ['externalChartUsername', 'externalChartRepoPassword'],
      ],
      // A sample in the documentation has a password for ChartMuseum and no user
      kind === undefined || kind === 'chartmuseum' ? BUILTIN_LOGIN.username : undefined,
    );
    return {
      registry: withScheme(address, section.externalScheme ?? 'https'),
      ...(chartRepo ? { charts: [{ url: withScheme(chartRepo, 'https'), ...(kind ? { kind } : {}) }] } : {}),
      ...(credentials ? { credentials } : {}),
      ...(chartCredentials ? { chartCredentials } : {}),
    };
  }

  #chartKind(): (typeof CHART_KINDS)[number] | undefined {
    const written = this.#section.externalChartRepoType;
    if (!written) return undefined;
    const kind = CHART_KINDS.find((one) => one === written.toLowerCase());
    if (kind) return kind;
    throw badValue(
      this.#file,
      [...this.#path, 'externalChartRepoType'],
      `expected ${CHART_KINDS.join(', ')}`,
    );
  }

  /** The first pair of keys that is complete; half a pair is an error unless the user can be assumed. */
  #login(
    pairs: readonly (readonly [keyof RegistrySection, keyof RegistrySection])[],
    assumedUser?: string,
  ): { readonly username: string; readonly password: string } | undefined {
    for (const [userKey, passwordKey] of pairs) {
      const [username, password] = [this.#section[userKey], this.#section[passwordKey]];
      if (username && password) return { username, password };
    }
    for (const [userKey, passwordKey] of pairs) {
      const password = this.#section[passwordKey];
      if (!password && !this.#section[userKey]) continue;
      const [present, missing] = password ? [passwordKey, userKey] : [userKey, passwordKey];
      const place = placeOf(this.#file, [...this.#path, present]);
      const params = { ...place, present: this.#key(present), missing: this.#key(missing) };
      if (!password || !assumedUser) throw problem('config.incomplete-credentials', params);
      this.notes.push(problem('config.assumed-user', { ...params, user: assumedUser }));
      return { username: assumedUser, password };
    }
    return undefined;
  }

  #key(name: string): string {
    return [...this.#path, name].join('.');
  }

  #missing(name: string): AppError {
    return problem('config.missing-value', { ...placeOf(this.#file, this.#path), key: this.#key(name) });
  }
}

/** `addonPackage.path` wins, wherever the file puts it (one page of the documentation has it unindented); the old name comes last. */
function packagesOf(root: Root): readonly string[] {
  const spec = root.spec ?? {};
  const candidates = [
    spec.addonPackage?.path,
    root.addonPackage?.path,
    spec.addonPackage === null ? spec.path : undefined,
    root.addonPackage === null ? root.path : undefined,
    spec.addonOfflinePackagePath,
    root.addonOfflinePackagePath,
  ];
  return candidates.find((paths) => paths?.length) ?? [];
}

/** IPv6 addresses need brackets in a URL. */
function bracketed(host: string): string {
  return /^[0-9a-f]*:[0-9a-f:.]*$/i.test(host) && host.split(':').length > 2 ? `[${host}]` : host;
}

function problem(
  code:
    | 'config.not-a-cluster-config'
    | 'config.cluster-config-version'
    | 'config.official-service'
    | 'config.needs-bootstrap'
    | 'config.missing-value'
    | 'config.assumed-user'
    | 'config.incomplete-credentials',
  params: Readonly<Record<string, string | number>>,
): AppError {
  return new AppError(code, { origin: 'config', params });
}
