// Finds the runs that are the shards of one import, for `report --join` without a run.
import type { RunSummary } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';

/**
 * The newest run of each shard of the import that began last: the same packages, target and number of shards. Throws
 * `cli.shards-missing` when a shard has no run, or no run is a shard.
 */
export function runsOfShards(runs: readonly RunSummary[]): readonly string[] {
  const newestFirst = [...runs].sort((a, b) => (a.started < b.started ? 1 : a.started > b.started ? -1 : 0));
  const newest = newestFirst.find(({ shard }) => shard);
  const count = newest?.shard?.count ?? 0;
  const found = new Map<number, string>();
  for (const { run, shard, target, packages } of newestFirst) {
    if (!newest || shard?.count !== count || target !== newest.target) continue;
    if (packages.join('\n') !== newest.packages.join('\n')) continue;
    if (!found.has(shard.index)) found.set(shard.index, run);
  }
  const missing = Array.from({ length: count }, (_, at) => at + 1).filter((index) => !found.has(index));
  if (!newest || missing.length > 0) {
    const params = { missing: missing.map((index) => `${String(index)}/${String(count)}`).join(', ') || '-' };
    throw new AppError('cli.shards-missing', { origin: 'config', params });
  }
  return [...found].sort(([a], [b]) => a - b).map(([, run]) => run);
}
