// The command `import`: brings packages into a target, from the connection to the report.
import { join } from 'node:path';
import type { CommandOptions, ImportRequest, Report, RunEvent } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import { freeBytes } from '../layout/free-space.js';
import { checkPlanFits } from '../plan/follow-plan.js';
import { reportOf } from '../report/build-report.js';
import { author } from '../journal/author.js';
import { importPackages } from '../run/import-packages.js';
import { Journal } from '../journal/journal.js';
import { LiveRun } from '../journal/live-run.js';
import { formerImages } from '../journal/known-versions.js';
import { PauseGate } from '../flow/pause-gate.js';
import { recordFolderWrites } from '../journal/record-folder-writes.js';
import { Spool } from '../run/base/spool.js';
import type { PackageSource } from '../package/source/open-package.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { ActiveRuns, EngineDeps } from './deps.js';
import type { ReadAlone, SharedMember } from './several/shared-packages.js';
import { connectPrepared, prepareImport } from './prepare-import.js';
import { notedBy } from './noted-events.js';
import { proveRun } from './prove-run.js';
import { leaveReceipt } from './receipts.js';
import { untilStandstill } from './carry-out/until-standstill.js';

/** Gives the report of a run once it has begun, however it ended; throws errors before the run begins. */
export async function importInto(
  asked: ImportRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  given: CommandOptions,
  member: SharedMember | null = null,
): Promise<Report> {
  const live = new LiveRun();
  const options = notedBy(live, given);
  // with a plan, the platforms and policies of the request were applied when the plan was made
  const request = asked.plan ? { ...asked, ...asked.plan.request } : asked;
  const { signal, onEvent: emit } = options;
  const share = member ? (source: PackageSource) => member.sharing(source) : undefined;
  const prepared = await prepareImport(request, deps, options, share);
  const { resolved, packages, weakened } = prepared;
  if (request.receipt && resolved.noImages) throw new AppError('receipt.needs-images', { origin: 'config' });
  const target = await connectPrepared(prepared, deps, options, { readOnly: false });
  try {
    if (request.plan) checkPlanFits(request.plan, packages, target.summary);
    const former = await formerImages(deps.stateDir, { signal });
    const journal = await Journal.create(deps.stateDir);
    const spool = new Spool(join(journal.directory, 'spool'));
    try {
      await journal.append({
        type: 'run-started',
        run: journal.run,
        version: deps.version,
        by: author(),
        target: target.summary,
        packages,
        ...(request.selection?.shard ? { shard: request.selection.shard } : {}),
        weakened,
      });
      await live.begin(journal.directory);
      await recordFolderWrites(journal, target.images, { signal });
      const pause = new PauseGate((isPaused) => {
        emit({ type: isPaused ? 'paused' : 'resumed', run: journal.run });
      });
      active.set(journal.run, { pause, patience: prepared.patience });
      emit({ type: 'run-started', run: journal.run, target: target.summary.location, packages });
      member?.onAlone((what) => void noteAlone(what, target, journal, emit));
      deps.log('info', 'run started', { run: journal.run, target: target.summary.location });
      const work = {
        ...prepared,
        ...{ request, target, rules: target.rules, journal, spool, pause, emit },
      };
      await untilStandstill({ ...prepared, pause, signal }, async (watched) => {
        await importPackages({
          ...work,
          versionOf: former.versionOf,
          sourcesOf: former.sourcesOf,
          freeBytes,
          signal: watched.signal,
        });
      });
      if (request.verify) await proveRun(request, journal, target, target.rules, deps.stateDir, options);
      if (request.receipt) await leaveReceipt(journal, target, target.rules, options);
      return reportOf(journal.run, journal.entries);
    } finally {
      active.delete(journal.run);
      await spool.close();
      await journal.close();
      await live.end();
    }
  } finally {
    await target.close();
  }
}

/** Says in the report that a package was read for this target alone, and from where on. */
async function noteAlone(
  { source, offset }: ReadAlone,
  { summary }: Pick<ConnectedTarget, 'summary'>,
  journal: Journal,
  emit: (event: RunEvent) => void,
): Promise<void> {
  const params = {
    file: source.fileName,
    target: summary.location,
    percent: Math.floor((100 * offset) / source.bytes),
  };
  const problem = toProblem(new AppError('run.read-alone', { origin: 'app', params }));
  emit({ type: 'problem', problem });
  await journal.append({ type: 'problem', problem }).catch(() => undefined);
}
