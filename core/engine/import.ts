// The command `import`: packages into a target, from the connection to the report.
import { join } from 'node:path';
import type { CommandOptions, ImportRequest, Report } from '../contract.js';
import { AppError } from '../errors.js';
import { parseChartPattern, parseSelection } from '../plan/selection.js';
import { reportOf } from '../report/build-report.js';
import { author } from '../run/author.js';
import { Counters } from '../run/counters.js';
import { importPackages } from '../run/import-packages.js';
import { IMAGE_NAMES, Journal } from '../run/journal.js';
import { knownVersions } from '../run/known-versions.js';
import { PauseGate } from '../run/pause-gate.js';
import { Spool } from '../run/spool.js';
import { connectTarget } from '../target/connect.js';
import { normalizeTarget } from '../target/spec.js';
import type { ActiveRuns, EngineDeps } from './deps.js';
import { leaveReceipt } from './receipts.js';
import { checksums, describePackage, openAll } from './sources.js';
import { weakeningOptions } from './weakened.js';

/** Answers the report of a run that began, whatever became of it; throws when nothing was begun. */
export async function importInto(
  request: ImportRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  options: CommandOptions,
): Promise<Report> {
  const { signal, onEvent: emit = () => undefined } = options;
  const selection = parseSelection(request.selection);
  for (const pattern of request.keepCharts ?? []) parseChartPattern(pattern);
  const resolved = normalizeTarget(request.target);
  if (request.receipt && resolved.noImages) throw new AppError('receipt.needs-images', { origin: 'config' });
  const sources = await openAll(request.packages, options);
  const expected = await checksums(sources, request.sha512, options);
  const counters = new Counters(emit);
  emit({ type: 'stage', stage: 'connect' });
  const target = await connectTarget(resolved, {
    signal,
    onRetry: () => (counters.retries += 1),
    onRequest: (line) => deps.log('debug', line),
  });
  try {
    const versions = await knownVersions(deps.stateDir, { signal });
    const journal = await Journal.create(deps.stateDir);
    const spool = new Spool(join(journal.directory, 'spool'));
    try {
      const packages = sources.map(describePackage);
      const weakened = weakeningOptions(request);
      await journal.append({
        type: 'run-started',
        run: journal.run,
        version: deps.version,
        by: author(),
        target: target.summary,
        packages,
        weakened,
      });
      const upkeep = target.images?.upkeep;
      if (upkeep) await journal.keepNameList(IMAGE_NAMES, () => upkeep.names.read({ signal }));
      const pause = new PauseGate((isPaused) => {
        emit({ type: isPaused ? 'paused' : 'resumed', run: journal.run });
      });
      active.set(journal.run, pause);
      emit({ type: 'run-started', run: journal.run, target: target.summary.location, packages });
      deps.log('info', 'run started', { run: journal.run, target: target.summary.location });
      await importPackages({
        request,
        sources,
        labels: packages.map((one) => ({ fileName: one.name, version: one.version })),
        target,
        rules: resolved.rules,
        selection,
        journal,
        spool,
        stateDir: deps.stateDir,
        counters,
        expectedSha512: (source) => expected.get(source) ?? null,
        versionOf: (digest) => versions.get(digest) ?? null,
        pause,
        emit,
        signal,
      });
      if (request.receipt) await leaveReceipt(journal, target, resolved.rules, options);
      return reportOf(journal.run, journal.entries);
    } finally {
      active.delete(journal.run);
      await spool.close();
      await journal.close();
    }
  } finally {
    await target.close();
  }
}
