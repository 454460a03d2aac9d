// Opens the chart repositories of a target whose published charts are looked at: by `audit` and by `prune`.
import type { AuditedRepository } from '../../report/audit/audit-charts.js';
import { findChartFolders, USUAL_FOLDERS } from '../../target/chart-folders.js';
import type { ChartOpening, ListableTarget } from '../../target/connect.js';
import type { ResolvedTarget } from '../../target/spec.js';
import type { Cancellable } from '../../ports/cancellable.js';

/** Each chart repository of the target once, for every folder that is usual, known from journals, or listed there. */
export async function chartRepositories(
  resolved: ResolvedTarget,
  target: ListableTarget,
  known: ReadonlySet<string>,
  options: Cancellable,
): Promise<{ readonly repositories: readonly AuditedRepository[]; readonly unsure: readonly string[] }> {
  const open = async (folders: Iterable<string>) => {
    const opened: { readonly folder: string; readonly opening: ChartOpening }[] = [];
    for (const folder of folders) {
      for (const opening of await target.chartsFor(folder, options)) opened.push({ folder, opening });
    }
    return opened;
  };
  const usual = new Set([...USUAL_FOLDERS, ...known]);
  const first = await open(usual);
  const { found, unsure } = await findChartFolders(resolved, target, options);
  const all = [...first, ...(await open(found.filter((folder) => !usual.has(folder))))];
  const repositories = new Map<string, AuditedRepository>();
  for (const { folder, opening } of all) {
    const isShared = repositories.has(opening.url);
    const isGuess = !isShared && !known.has(folder) && !found.includes(folder);
    repositories.set(opening.url, { repo: isShared ? '' : folder, opening, isGuess });
  }
  return { repositories: [...repositories.values()], unsure };
}
