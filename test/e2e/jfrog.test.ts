// Imports into a JFrog Artifactory (a double from documentation, never run against a live one): repository keys and their traps.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan, TargetSpec } from '../../core/contract.js';
import { HarborBench } from '../support/harbor/harbor-bench.js';
import {
  startJfrogRegistry,
  type JfrogRegistry,
  type JfrogRegistrySettings,
} from '../support/jfrog-registry.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

const packages = [packagePath('v0.9.0-amd64')];
const KEYS = [...HarborBench.needed, 'library'];

let bench: Bench;
let jfrog: JfrogRegistry | null = null;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await jfrog?.stop();
  await bench.close();
});

async function start(settings: JfrogRegistrySettings): Promise<TargetSpec> {
  jfrog = await startJfrogRegistry(settings);
  return { registry: jfrog.url, credentials: { username: 'alice', password: 'p' } };
}

async function planFor(target: TargetSpec): Promise<Plan> {
  const answer = await bench.engine.plan({ packages, target }, { signal: new AbortController().signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

describe('a JFrog Artifactory', () => {
  it('gets the repository keys that it lacks: the plan names them, the import creates them and finishes', async () => {
    const target = await start({ keys: KEYS.filter((key) => key !== 'lantern'), isAdmin: true });
    const plan = await planFor(target);
    const missing = plan.needs.projects.filter(({ exists }) => exists === false);
    expect(missing.map(({ name }) => name)).toEqual(['lantern']);
    expect(exitCodeForPlan(plan)).toBe(0);
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(0);
    expect(jfrog?.created).toEqual([{ key: 'lantern', rclass: 'local', packageType: 'docker' }]);
  });

  it('without the right to create: `Unsupported docker v2 repository request` is told as a missing project', async () => {
    const target = await start({ keys: KEYS.filter((key) => key !== 'lantern'), isAdmin: false });
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(6);
    const left = report.images.filter(({ action }) => action !== 'push');
    expect(left.length).toBeGreaterThan(0);
    for (const { target: name, problem } of left) {
      expect(name).toContain('/lantern/');
      expect(problem?.code).toBe('registry.project-missing');
    }
  });

  it('whose virtual repositories answer 403 for a missing manifest: the tag list proves that it is absent', async () => {
    const target = await start({ keys: KEYS, isAdmin: true, forbidsMissing: true });
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(0);
    expect(new Set(report.images.map(({ action }) => action))).toEqual(new Set(['push']));
    expect(report.images.every(({ target: name }) => name.split('/').length > 2)).toBe(true);
  });
});
