// The command `audit`: finds images of published charts that are missing or lack platforms in the target.
import type { Audit, AuditRequest, CommandOptions } from '../../contract.js';
import { AppError } from '../../errors.js';
import { auditTarget } from '../../report/audit/audit.js';
import { RunHistory } from '../../report/reading/run-history.js';
import { connectTarget } from '../../target/connect.js';
import { normalizeTarget } from '../../target/spec.js';
import { chartRepositories } from './chart-repositories.js';
import type { EngineDeps } from '../deps.js';
import { onlyReading } from '../only-reading.js';
import { bringReceiptsFrom } from '../receipts.js';

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
  const target = await connectTarget(resolved, onlyReading(request, deps, options));
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
