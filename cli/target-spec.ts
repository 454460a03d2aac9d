// Builds the target of a request from options, environment and files.
import { resolve } from 'node:path';
import type { CredentialsSource, RememberedTarget, Selection, TargetSpec } from '../core/contract.js';
import { AppError, parseClusterConfig, parseSyncerConfig, SavedTargets } from '../core/engine.js';
import type { CommandContext, OptionValues } from './command.js';
import { readCredentials } from './options/credentials.js';
import { readNetwork } from './options/network.js';
import {
  DEFAULT_STORE,
  readLeftOut,
  readNaming,
  readTargetSource,
  type TargetSource,
} from './options/target.js';
import type { Asking } from './saved/ask-password.js';
import { askedPasswords, keptPasswords } from './saved/saved-passwords.js';
import { storedLogin } from './stored-logins/stored-login.js';
import { readTextFile } from './text-file.js';

type Surroundings = Pick<CommandContext, 'env' | 'stdin' | 'signal' | 'stateDir' | 'mayAsk'> & Asking;

export interface DescribedTarget {
  readonly target: TargetSpec;
  /** Packages that the cluster configuration names. */
  readonly packages: readonly string[];
  /** Charts that the charts-syncer configuration chooses. */
  readonly selection: Selection;
  /** Platforms of the nodes of a saved target; empty where it names none. */
  readonly platforms: readonly string[];
  /** Notes to show to the user. */
  readonly notes: readonly AppError[];
}

/** What a source describes; `saved` is the saved target that was used. */
interface Described extends DescribedTarget {
  readonly saved: RememberedTarget | null;
}

/** Values on the command line take precedence over the environment, and the environment over files. */
export async function readTarget(values: OptionValues, around: Surroundings): Promise<DescribedTarget> {
  const source = readTargetSource(values);
  const leftOut = readLeftOut(values);
  const naming = readNaming(values);
  const network = readNetwork(values, around.env);
  const credentials = await readCredentials(values, around.env, around.stdin);
  const { saved, ...described } = await describe(source, around);
  const named = { ...described.target, ...leftOut, ...added(described.target, network), ...credentials };
  const kept = saved ? await keptPasswords(saved, named, around) : {};
  const known = await withStoredLogins({ ...named, ...kept }, around);
  const target = saved ? { ...known, ...(await askedPasswords(saved, known, around)) } : known;
  if (naming === undefined) return { ...described, target };
  // Single rules on the command line replace those of a file, unless names are mirrored: then rules have no effect.
  const rules = naming.mirror ? naming : { ...described.target.naming, ...naming };
  return { ...described, target: { ...target, naming: rules } };
}

/** Hosts, addresses and trust on the command line come to those of a file or saved target. */
function added(
  { allowHosts = [], resolve: places = [], tls = {} }: TargetSpec,
  network: Pick<TargetSpec, 'allowHosts' | 'tls' | 'resolve'>,
): Pick<TargetSpec, 'allowHosts' | 'tls' | 'resolve'> {
  const caFiles = union(tls.caFiles, network.tls?.caFiles);
  const fingerprints = union(tls.fingerprints, network.tls?.fingerprints);
  return {
    ...network,
    ...(network.allowHosts ? { allowHosts: union(allowHosts, network.allowHosts) } : {}),
    ...(network.resolve ? { resolve: union(places, network.resolve) } : {}),
    ...(network.tls
      ? {
          tls: {
            ...tls,
            ...network.tls,
            ...(caFiles.length > 0 ? { caFiles } : {}),
            ...(fingerprints.length > 0 ? { fingerprints } : {}),
          },
        }
      : {}),
  };
}

function union(before: readonly string[] = [], more: readonly string[] = []): readonly string[] {
  return [...new Set([...before, ...more])];
}

/** The platforms of the cluster's nodes, as `--require-platforms` names them; nothing where the target has none. */
export function nodePlatforms({ platforms }: Pick<DescribedTarget, 'platforms'>): {
  readonly requirePlatforms?: readonly string[];
} {
  return platforms.length === 0 ? {} : { requirePlatforms: platforms };
}

async function describe(source: TargetSource, { env, signal, stateDir }: Surroundings): Promise<Described> {
  switch (source.from) {
    case 'options':
      return { ...NOTHING, target: source.spec };
    case 'saved':
      return fromSaved(source.name, stateDir, { signal });
    case 'cluster-config': {
      const { file, bootstrapHost } = source;
      const text = await readTextFile(file, { signal });
      const config = parseClusterConfig(text, file, bootstrapHost === undefined ? {} : { bootstrapHost });
      return {
        ...NOTHING,
        ...config,
        target: withSource(config.target, { kind: 'cluster-config', where: file }),
      };
    }
    case 'syncer-config': {
      const { file } = source;
      const config = parseSyncerConfig(await readTextFile(file, { signal }), file, env);
      const { selection, notes } = config;
      return {
        ...NOTHING,
        target: withSource(config.target, { kind: 'syncer-config', where: file }),
        selection,
        notes: [...notes, ...withoutEffect(config.skipImages, file)],
      };
    }
  }
}

function withSource(target: TargetSpec, credentialsFrom: CredentialsSource): TargetSpec {
  return target.credentials ? { ...target, credentialsFrom } : target;
}

/**
 * Takes the logins that docker or podman keep where no others were given: for the registry, and for each OCI registry of charts on
 * another host.
 */
async function withStoredLogins(target: TargetSpec, { env, signal }: Surroundings): Promise<TargetSpec> {
  const registry = hostOf(target.registry ?? '');
  const own = target.credentials || registry === null ? null : await storedLogin(registry, env, { signal });
  const isAsked = !target.chartCredentials && !target.noCharts;
  const charts = await Promise.all(
    (target.charts ?? []).map(async (one) => {
      const host = hostOf(one.url, true);
      const isApart = host !== null && host !== registry;
      const login = isAsked && isApart && !one.credentials ? await storedLogin(host, env, { signal }) : null;
      return login ? { ...one, credentials: login.credentials } : one;
    }),
  );
  return {
    ...target,
    ...(target.charts ? { charts } : {}),
    ...(own ? { credentials: own.credentials, credentialsFrom: own.source } : {}),
  };
}

/** `host[:port]` of an address; null where it is none. `onlyOci`: logins of docker are for registries. */
function hostOf(address: string, onlyOci = false): string | null {
  const [, scheme, host] = /^(?:([a-z]+):\/\/)?([^/]+)/i.exec(address) ?? [];
  if (onlyOci && scheme !== 'oci') return null;
  return host ?? null;
}

const NOTHING = { packages: [], selection: {}, platforms: [], notes: [], saved: null } as const;

/** A saved target; without a name the default one, or else the default folder. */
async function fromSaved(
  name: string | null,
  stateDir: string,
  options: { readonly signal: AbortSignal },
): Promise<Described> {
  const targets = new SavedTargets(stateDir);
  const saved =
    name === null
      ? (await targets.list(options)).find(({ isDefault }) => isDefault)
      : await targets.named(name, options);
  if (!saved) return { ...NOTHING, target: { store: resolve(DEFAULT_STORE) } };
  return { ...NOTHING, target: saved.spec, platforms: saved.platforms, saved };
}

/** Images are chosen for the whole import, not for each chart. */
function withoutEffect(skipImages: readonly string[], file: string): readonly AppError[] {
  if (skipImages.length === 0) return [];
  const params = { file, charts: skipImages.join(', ') };
  return [new AppError('cli.skip-images-without-effect', { origin: 'config', params })];
}
