// The command `plan`: what `import` with the same request would do and need.
import type { CommandOptions, Plan, PlanRequest } from '../contract.js';
import { freeBytes } from '../layout/free-space.js';
import { formerImages } from '../journal/known-versions.js';
import { planPackages } from '../run/plan-packages.js';
import type { SurveyMemory } from '../target/survey-memory.js';
import { spoolBeside } from '../run/base/spool.js';
import type { EngineDeps } from './deps.js';
import { connectPrepared, prepareImport, surveyKey } from './prepare-import.js';

/** Sends nothing and writes the inspect cache only. Throws errors that end the whole plan. */
export async function plan(
  request: PlanRequest,
  deps: EngineDeps,
  surveys: SurveyMemory,
  options: CommandOptions,
): Promise<Plan> {
  const { signal, onEvent: emit = () => undefined } = options;
  const prepared = await prepareImport(request, deps, options);
  const target = await connectPrepared(prepared, deps, options, { readOnly: true });
  const spool = await spoolBeside(deps.stateDir, { signal });
  try {
    const former = await formerImages(deps.stateDir, { signal });
    const memory = target.images
      ? surveys.open(surveyKey(prepared.resolved), target.images, request.reuseSurvey ?? false)
      : null;
    return await planPackages({
      ...prepared,
      request,
      target,
      ...(memory ? { reader: memory.images, tagsRead: new Date(memory.begun).toISOString() } : {}),
      rules: target.rules,
      spool,
      versionOf: former.versionOf,
      sourcesOf: former.sourcesOf,
      freeBytes,
      emit,
      signal,
    });
  } finally {
    await spool.close();
    await target.close();
  }
}
