// The command `compare`: compares packages with each other and, where one is named, with a target.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { CommandOptions, CompareRequest, Coverage } from '../contract.js';
import { readImageName } from '../package/images/name-images.js';
import { parseSelection } from '../plan/selection.js';
import { comparePackages } from '../report/compare/compare.js';
import { Counters } from '../run/base/counters.js';
import { formerImages, packageHistory } from '../journal/known-versions.js';
import { Spool } from '../run/base/spool.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { ConnectedTarget } from '../target/connect.js';
import { normalizeTarget, type ResolvedTarget } from '../target/spec.js';
import type { SurveyMemory } from '../target/survey-memory.js';
import type { EngineDeps } from './deps.js';
import { lostPackages } from './lost-packages.js';
import { patienceFor } from './patience-for.js';
import { connectPrepared, surveyKey } from './prepare-import.js';
import { bringReceiptsFrom } from './receipts.js';
import { checksums, describePackage, openAll } from './sources.js';
import { makeFolder } from '../layout/make-folder.js';

/** Throws errors that concern all packages or the whole target. Writes the inspect cache and fetched receipts only. */
export async function compare(
  request: CompareRequest,
  deps: EngineDeps,
  surveys: SurveyMemory,
  options: CommandOptions,
): Promise<Coverage> {
  const { stateDir } = deps;
  const { signal, onEvent: emit = () => undefined } = options;
  const selection = parseSelection(request.selection);
  const required = parseSelection({ platforms: request.requirePlatforms ?? [] }).platforms;
  readImageName(request.imageName);
  // charts are not compared, so no chart repository is contacted
  const resolved = request.target ? normalizeTarget({ ...request.target, noCharts: true }) : null;
  const patience = patienceFor(request, deps, options);
  const sources = await openAll(request.packages, options, lostPackages(request, patience));
  const expected = await checksums(sources, request.sha512, options);
  const counters = new Counters(emit);
  const target = resolved
    ? await connectPrepared({ resolved, counters, patience }, deps, options, {
        readOnly: true,
      })
    : null;
  const spool = await openSpool(stateDir);
  try {
    // receipts of runs on other computers count as well; without an unreadable one the comparison knows less, but is right
    if (target && resolved) await bringReceiptsFrom(target, target.rules, deps, { signal });
    const former = await formerImages(stateDir, { signal });
    const surveyed = (images: ImageTarget, { summary }: ConnectedTarget, spec: ResolvedTarget) => {
      const memory = surveys.open(surveyKey(spec), images, request.reuseSurvey ?? false);
      return { images: memory.images, summary, tagsRead: new Date(memory.begun).toISOString() };
    };
    return await comparePackages({
      ...{ request, sources, selection, required, spool, counters, stateDir, emit, signal },
      packages: sources.map((source) => describePackage(source)),
      target: target?.images && resolved ? surveyed(target.images, target, resolved) : null,
      rules: target?.rules ?? {},
      convertToOci: request.target?.convertToOci ?? false,
      history: await packageHistory(stateDir, { signal }),
      versionOf: former.versionOf,
      sourcesOf: former.sourcesOf,
      expectedSha512: (source) => expected.get(source) ?? null,
    });
  } finally {
    await spool.close();
    await target?.close();
  }
}

/** The file is created only for data that does not fit into memory; only then must the state folder be writable. */
async function openSpool(stateDir: string): Promise<Spool> {
  await makeFolder(stateDir, 0o700).catch(() => undefined);
  return new Spool(join(stateDir, `compare-${randomUUID()}.spool`));
}
