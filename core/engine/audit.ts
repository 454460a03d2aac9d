// The command `audit`: finds images of published charts that are missing or lack platforms in the target.
import type { Audit, AuditRequest, CommandOptions } from '../contract.js';
import { AppError } from '../errors.js';
import { auditTarget } from '../report/audit/audit.js';
import type { AuditedRepository } from '../report/audit/audit-charts.js';
import { RunHistory } from '../report/reading/run-history.js';
import { findChartFolders, USUAL_FOLDERS } from '../target/chart-folders.js';
import { connectTarget, type ChartOpening, type ListableTarget } from '../target/connect.js';
import { normalizeTarget, type ResolvedTarget } from '../target/spec.js';
import type { EngineDeps } from './deps.js';
import { patienceFor } from './patience-for.js';
import { bringReceiptsFrom } from './receipts.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Writes nothing but fetched receipts to the state folder. Throws when there is no connection or nothing to audit. */
export async function audit(
  request: AuditRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<Audit> {
  const { signal, onEvent: emit = () => undefined } = options;
  const resolved = normalizeTarget(request.target);
  if (resolved.noCharts || resolved.noImages) throw new AppError('audit.needs-both', { origin: 'config' });
  emit({ type: 'stage', stage: 'connect' });
  const target = await connectTarget(resolved, {
    readOnly: true,
    signal,
    patience: patienceFor(request, deps, options),
    onRetry: () => undefined,
    onRequest: (line) => deps.log('debug', line),
  });
  try {
    if (!target.images) throw new AppError('audit.needs-both', { origin: 'config' });
    // receipts of runs on other computers may tell which package brings a missing image
    await bringReceiptsFrom(target, target.rules, deps, { signal });
    const history = await RunHistory.read(deps.stateDir, target.summary.location, { signal });
    const known = new Set(history.charts.map((chart) => chart.repo));
    return await auditTarget({
      target,
      images: target.images,
      rules: target.rules,
      ...(await chartRepositories(resolved, target, known, { signal })),
      history,
      requirePlatforms: request.requirePlatforms ?? null,
      emit,
      signal,
    });
  } finally {
    await target.close();
  }
}

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
