// The shared preparation of `import` and `plan`: checks the request, opens packages and target, and describes them.
import type { CommandOptions, PlanRequest, ReportPackage } from '../contract.js';
import type { Patience } from '../flow/patience.js';
import { readImageName } from '../package/images/name-images.js';
import { readPackHead, type PackHead } from '../package/read-pack-head.js';
import type { PackageSource } from '../package/source/open-package.js';
import { parseChartPattern, parseSelection, type SelectionRules } from '../plan/selection.js';
import { Counters } from '../run/base/counters.js';
import type { PackageLabel } from '../inspect/package-labels.js';
import { connectTarget, type ConnectedTarget } from '../target/connect.js';
import { normalizeTarget, type ResolvedTarget } from '../target/spec.js';
import type { EngineDeps } from './deps.js';
import { lostPackages } from './lost-packages.js';
import { patienceFor } from './patience-for.js';
import { checksums, describePackage, openAll } from './sources.js';
import { weakeningOptions } from './weakened.js';

export interface PreparedImport {
  readonly resolved: ResolvedTarget;
  readonly selection: SelectionRules;
  readonly sources: readonly PackageSource[];
  readonly packages: readonly ReportPackage[];
  readonly labels: readonly PackageLabel[];
  /** What packs say of themselves, in the order of the sources; null for every other package. */
  readonly heads: readonly (PackHead | null)[];
  readonly expectedSha512: (source: PackageSource) => string | null;
  readonly weakened: readonly string[];
  readonly counters: Counters;
  readonly patience: Patience;
  readonly stateDir: string;
}

/** Makes no connection. `share` replaces each package that was found. Throws errors of the request, and missing packages. */
export async function prepareImport(
  request: PlanRequest,
  deps: EngineDeps,
  options: CommandOptions,
  share: (source: PackageSource) => PackageSource = (source) => source,
): Promise<PreparedImport> {
  const selection = parseSelection(request.selection);
  for (const pattern of request.keepCharts ?? []) parseChartPattern(pattern);
  readImageName(request.imageName);
  const resolved = normalizeTarget(request.target);
  const patience = patienceFor(request, deps, options);
  const found = await openAll(request.packages, options, lostPackages(request, patience));
  const sources = found.map(share);
  const expected = await checksums(sources, request.sha512, options);
  const heads: (PackHead | null)[] = [];
  // only the head of each package is read, so this takes no part in a shared reading
  for (const source of found) heads.push(await readPackHead(source, options));
  const packages = sources.map((source, at) => describePackage(source, heads[at] ?? null));
  return {
    resolved,
    selection,
    sources,
    packages,
    heads,
    labels: packages.map(({ name, version }) => ({ fileName: name, version })),
    expectedSha512: (source) => expected.get(source) ?? null,
    weakened: weakeningOptions(request, request.target),
    counters: new Counters(options.onEvent ?? (() => undefined)),
    patience,
    stateDir: deps.stateDir,
  };
}

/** Names a target and the account that reads it, without secrets. */
export function surveyKey({ images }: ResolvedTarget): string {
  if (images?.kind !== 'registry') return images?.directory ?? '';
  return `${images.url} ${images.credentials?.username ?? ''}`;
}

/** Opens the target; for `plan` for reading only. */
export async function connectPrepared(
  { resolved, counters, patience }: Pick<PreparedImport, 'resolved' | 'counters' | 'patience'>,
  deps: EngineDeps,
  { signal, onEvent }: CommandOptions,
  { readOnly }: { readonly readOnly: boolean },
): Promise<ConnectedTarget> {
  onEvent?.({ type: 'stage', stage: 'connect' });
  return connectTarget(resolved, {
    readOnly,
    publishes: true,
    signal,
    patience,
    onRetry: (error) => {
      counters.retried(error);
      deps.log('info', 'request is sent again', { code: error.code, reason: error.message });
    },
    onRequest: (line, isAnswered) => {
      if (isAnswered) counters.answered();
      deps.log('debug', line);
    },
  });
}
