// The command `verify`: compares packages, or a run, with what the target serves.
import type { CommandOptions, Proof, VerifyRequest } from '../contract.js';
import { AppError } from '../errors.js';
import { readImageName } from '../package/images/name-images.js';
import { parseChartPattern, parseSelection } from '../plan/selection.js';
import type { Expected } from '../report/verify/expected.js';
import { RunHistory } from '../report/reading/run-history.js';
import { prove } from '../report/verify/verify.js';
import { expectedOfPackages } from '../report/verify/verify-packages.js';
import { expectedOfRun } from '../report/verify/verify-run.js';
import { Counters } from '../run/base/counters.js';
import { readJournal, type TimedEntry } from '../journal/journal.js';
import { PauseGate } from '../flow/pause-gate.js';
import { lookAtPackage, type ReadPackage } from '../run/pass/look-at-package.js';
import { spoolBeside, type Spool } from '../run/base/spool.js';
import { connectTarget, openImagesAs, type ConnectedTarget, type ConnectOptions } from '../target/connect.js';
import type { ImageTarget } from '../ports/image-target.js';
import { normalizeTarget, type ResolvedTarget } from '../target/spec.js';
import type { EngineDeps } from './deps.js';
import { bringReceiptsFrom, findRunOrReceipt } from './receipts.js';
import { onlyReading } from './only-reading.js';
import { checksums, describePackage, openAll } from './sources.js';
import { requireSelected } from '../run/pass/nothing-selected.js';

const ANONYMOUS = 'anonymous';

/** Writes the inspect cache and fetched receipts only. Throws when packages, run or connection are missing. */
export async function verify(
  request: VerifyRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<Proof> {
  const { signal, onEvent: emit = () => undefined } = options;
  for (const pattern of request.keepCharts ?? []) parseChartPattern(pattern);
  const resolved = normalizeTarget(request.target);
  const journal = await askedRun(request, deps, options);
  emit({ type: 'stage', stage: 'connect' });
  const connecting = onlyReading(request, deps, options);
  const asNode = readerAsNode(request, resolved, connecting);
  const target = await connectTarget(resolved, connecting);
  const spool = await spoolBeside(deps.stateDir, { signal });
  try {
    // receipts of runs on other computers may explain what the target holds
    if (!journal) await bringReceiptsFrom(target, target.rules, deps, { signal });
    const expected = journal
      ? expectedHere(journal, request, target)
      : await lookAtPackages(request, resolved, target, spool, deps, options);
    return await prove({
      expected,
      target,
      images: asNode?.images ?? target.images,
      readAs: asNode?.name ?? request.target.credentials?.username ?? ANONYMOUS,
      rules: target.rules,
      history: await RunHistory.read(deps.stateDir, target.summary.location, { signal }),
      full: request.full ?? false,
      requirePlatforms: request.requirePlatforms ?? [],
      emit,
      signal,
    });
  } finally {
    await spool.close();
    await asNode?.images.close();
    await target.close();
  }
}

/** The journal of the run to verify; null for packages. Throws `run.unknown`, `verify.what` and `verify.run-whole`. */
async function askedRun(
  { run, packages = [], selection = {}, target }: VerifyRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<readonly TimedEntry[] | null> {
  const isRun = run !== undefined;
  if (isRun === packages.length > 0) throw new AppError('verify.what', { origin: 'config' });
  if (isRun && Object.keys(selection).length > 0)
    throw new AppError('verify.run-whole', { origin: 'config' });
  if (!isRun) return null;
  return readJournal(deps.stateDir, await findRunOrReceipt(run, target, deps, options));
}

/** What a run left in this very target. Throws `verify.other-target`. */
function expectedHere(
  journal: readonly TimedEntry[],
  { keepCharts = [] }: VerifyRequest,
  { summary }: ConnectedTarget,
): Expected {
  const start = journal.find((entry) => entry.type === 'run-started');
  const location = start?.target.location ?? '';
  if (location === summary.location) return expectedOfRun(journal, keepCharts);
  const params = { run: start?.run ?? '', location, asked: summary.location };
  throw new AppError('verify.other-target', { origin: 'config', params });
}

/** Reads the packages, or takes them from the cache. Throws the problem of a package that is damaged as a whole. */
async function lookAtPackages(
  request: VerifyRequest,
  { noCharts }: ResolvedTarget,
  { images, rules }: ConnectedTarget,
  spool: Spool,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<Expected> {
  const { signal, onEvent: emit = () => undefined } = options;
  const selection = parseSelection(request.selection);
  const imageName = readImageName(request.imageName);
  const sources = await openAll(request.packages ?? [], options);
  const sha512 = await checksums(sources, undefined, options);
  emit({ type: 'stage', stage: 'read' });
  const read: ReadPackage[] = [];
  for (const [at, source] of sources.entries()) {
    const one = await lookAtPackage(source, at, {
      rules,
      selection,
      imageName,
      images,
      spool,
      counters: new Counters(emit),
      expectedSha512: (asked) => sha512.get(asked) ?? null,
      acceptUnproven: false,
      allowMislabelled: true,
      convertToOci: request.target.convertToOci ?? false,
      onlyOci: false,
      stateDir: deps.stateDir,
      reread: request.reread ?? false,
      pause: new PauseGate(() => undefined),
      signal,
    });
    if (one.problem) throw one.problem;
    read.push(one);
  }
  requireSelected(read, request.selection);
  const labels = sources
    .map((source) => describePackage(source))
    .map((one) => ({ fileName: one.name, version: one.version }));
  const { keepCharts = [] } = request;
  return expectedOfPackages({ read, labels, spool, images, keepCharts, noCharts }, { signal });
}

/** The account of `--pull-as` in place of the target's own; null without that option. Throws `verify.pull-as-folder`. */
function readerAsNode(
  { pullAs }: VerifyRequest,
  resolved: ResolvedTarget,
  connecting: ConnectOptions,
): { readonly images: ImageTarget; readonly name: string } | null {
  if (pullAs === undefined) return null;
  const account = pullAs === ANONYMOUS ? null : pullAs;
  const images = openImagesAs(resolved, account, connecting);
  if (!images) throw new AppError('verify.pull-as-folder', { origin: 'config' });
  return { images, name: account?.username ?? ANONYMOUS };
}
