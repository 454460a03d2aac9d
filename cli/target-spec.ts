// Builds the target of a request from options, environment and files.
import type { Selection, TargetSpec } from '../core/contract.js';
import { AppError, parseClusterConfig, parseSyncerConfig } from '../core/engine.js';
import type { CommandContext, OptionValues } from './command.js';
import { readCredentials } from './options/credentials.js';
import { readNetwork } from './options/network.js';
import { readLeftOut, readNaming, readTargetSource, type TargetSource } from './options/target.js';
import { readTextFile } from './text-file.js';

type Surroundings = Pick<CommandContext, 'env' | 'stdin' | 'signal'>;

export interface DescribedTarget {
  readonly target: TargetSpec;
  /** Packages that the cluster configuration names. */
  readonly packages: readonly string[];
  /** Charts that the charts-syncer configuration chooses. */
  readonly selection: Selection;
  /** Notes to show to the user. */
  readonly notes: readonly AppError[];
}

/** Values on the command line take precedence over the environment, and the environment over files. */
export async function readTarget(values: OptionValues, around: Surroundings): Promise<DescribedTarget> {
  const source = readTargetSource(values);
  const leftOut = readLeftOut(values);
  const naming = readNaming(values);
  const network = readNetwork(values, around.env['NODE_EXTRA_CA_CERTS']);
  const credentials = await readCredentials(values, around.env, around.stdin);
  const described = await describe(source, around);
  const target = { ...described.target, ...leftOut, ...network, ...credentials };
  if (naming === undefined) return { ...described, target };
  // Single rules on the command line replace those of a file, unless names are mirrored: then rules have no effect.
  const rules = naming.mirror ? naming : { ...described.target.naming, ...naming };
  return { ...described, target: { ...target, naming: rules } };
}

async function describe(source: TargetSource, { env, signal }: Surroundings): Promise<DescribedTarget> {
  switch (source.from) {
    case 'options':
      return { target: source.spec, packages: [], selection: {}, notes: [] };
    case 'cluster-config': {
      const { file, bootstrapHost } = source;
      const text = await readTextFile(file, { signal });
      const config = parseClusterConfig(text, file, bootstrapHost === undefined ? {} : { bootstrapHost });
      return { ...config, selection: {} };
    }
    case 'syncer-config': {
      const { file } = source;
      const config = parseSyncerConfig(await readTextFile(file, { signal }), file, env);
      const { target, selection, notes } = config;
      return {
        target,
        packages: [],
        selection,
        notes: [...notes, ...withoutEffect(config.skipImages, file)],
      };
    }
  }
}

/** Images are chosen for the whole import, not for each chart. */
function withoutEffect(skipImages: readonly string[], file: string): readonly AppError[] {
  if (skipImages.length === 0) return [];
  const params = { file, charts: skipImages.join(', ') };
  return [new AppError('cli.skip-images-without-effect', { origin: 'config', params })];
}
