// From options, environment and files to the target of a request.
import type { TargetSpec } from '../core/contract.js';
import { AppError, parseClusterConfig, parseSyncerConfig } from '../core/engine.js';
import type { CommandContext, OptionValues } from './command.js';
import { readCredentials } from './options/credentials.js';
import { readNetwork } from './options/network.js';
import { readLeftOut, readNaming, readTargetSource, type TargetSource } from './options/target.js';
import { readTextFile } from './text-file.js';

type Surroundings = Pick<CommandContext, 'env' | 'stdin' | 'signal'>;

export interface DescribedTarget {
  readonly target: TargetSpec;
  /** Packages that a cluster configuration names. */
  readonly packages: readonly string[];
  /** Charts that a charts-syncer configuration chooses. */
  readonly notes: readonly AppError[];
}

/** What is said on the command line wins over the environment, and that over what a file says. */
export async function readTarget(values: OptionValues, around: Surroundings): Promise<DescribedTarget> {
  const source = readTargetSource(values);
  const leftOut = readLeftOut(values);
  const naming = readNaming(values);
  const network = readNetwork(values);
  const credentials = await readCredentials(values, around.env, around.stdin);
  const described = await describe(source, around);
  const rules = naming === undefined ? {} : { naming };
  return { ...described, target: { ...described.target, ...leftOut, ...rules, ...network, ...credentials } };
}

async function describe(source: TargetSource, { env, signal }: Surroundings): Promise<DescribedTarget> {
  switch (source.from) {
    case 'options':
      return { target: source.spec, packages: [], notes: [] };
    case 'cluster-config': {
      const text = await readTextFile(source.file, { signal });
      const { bootstrapHost } = source;
      const config = parseClusterConfig(
        text,
        source.file,
        bootstrapHost === undefined ? {} : { bootstrapHost },
      );
      return { target: config.target, packages: config.packages, notes: config.notes };
    }
    case 'syncer-config': {
      const text = await readTextFile(source.file, { signal });
      const config = parseSyncerConfig(text, source.file, env);
      return { target: config.target, packages: [], notes: config.notes };
    }
  }
}
