// Divides the bundles of packages among several imports that run side by side, such as the pods of a Kubernetes Job.
import { createHash } from 'node:crypto';
import type { Shard } from '../contract.js';
import { AppError } from '../errors.js';

const MOST = 10_000;

/** Checks a shard before anything is done. Throws `config.bad-shard`. */
export function checkShard(shard: Shard | undefined): Shard | null {
  if (!shard) return null;
  const { index, count } = shard;
  const isRight =
    Number.isInteger(index) && Number.isInteger(count) && index >= 1 && index <= count && count <= MOST;
  if (isRight) return shard;
  const params = { shard: `${String(index)}/${String(count)}` };
  throw new AppError('config.bad-shard', { origin: 'config', params });
}

/**
 * True when the bundle belongs to this shard; with null every bundle does. Each bundle belongs to exactly one shard of a count.
 * @param bundle what names the bundle in every package: `folder/chart`, without version, so that all versions and platforms of a chart
 *   meet in one shard; for a bundle without chart its path
 */
export function isInShard(shard: Shard | null, bundle: string): boolean {
  if (!shard) return true;
  const hash = createHash('sha256').update(bundle).digest().readUInt32BE(0);
  return hash % shard.count === shard.index - 1;
}
