// Targets that are saved from a file which a site already has.
import type { TargetSpec } from '../../core/contract.js';
import { parseSiteFile, type AppError } from '../../core/engine.js';
import type { CommandContext } from '../command.js';
import { readTextFile } from '../text-file.js';

export interface ImportedTarget {
  readonly name: string;
  readonly spec: TargetSpec;
}

/** The targets that a file describes, with their passwords; several for docker's config.json, one for each registry. */
export async function targetsOfFile(
  file: string,
  bootstrapHost: string | undefined,
  { env, signal }: Pick<CommandContext, 'env' | 'signal'>,
): Promise<{ readonly targets: readonly ImportedTarget[]; readonly notes: readonly AppError[] }> {
  const { targets, notes } = parseSiteFile(await readTextFile(file, { signal }), file, {
    env,
    bootstrapHost,
  });
  return { targets: targets.map((spec) => ({ name: nameOf(spec), spec })), notes };
}

function nameOf({ registry = '' }: TargetSpec): string {
  return registry.replace(/^[a-z]+:\/\//, '');
}
