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
  it('gets the repository keys that it lacks: the plan names them, the import creates them, finishes, and sends nothing a second time', async () => {
    const target = await start({ keys: KEYS.filter((key) => key !== 'lantern'), isAdmin: true });
    const plan = await planFor(target);
    const missing = plan.needs.projects.filter(({ exists }) => exists === false);
    expect(missing.map(({ name }) => name)).toEqual(['lantern']);
    expect(exitCodeForPlan(plan)).toBe(0);
    const report = await bench.import({ packages, target });
    expect(exitCodeForReport(report)).toBe(0);
    expect(jfrog?.created).toEqual([{ key: 'lantern', rclass: 'local', packageType: 'docker' }]);
    // layers were sent by PATCH and an empty PUT: the double fails at a PUT with a body
    const uploads = (jfrog?.log ?? []).filter((line) => line.includes('/blobs/uploads/'));
    expect(uploads.filter((line) => line.startsWith('PATCH')).length).toBeGreaterThan(20);
    expect(uploads.filter((line) => line.startsWith('PUT') && !line.endsWith(' 201'))).toEqual([]);
    expect((await bench.import({ packages, target })).totals.bytesSent).toBe(0);
  });

  it('takes no pushes for a remote repository, nor for a virtual one without a local one behind it: said before anything is sent', async () => {
    const settings = {
      lantern: { rclass: 'remote', packageType: 'docker' },
      winch: { rclass: 'virtual', packageType: 'docker', repositories: ['other'] },
      compass: { rclass: 'virtual', packageType: 'docker', defaultDeploymentRepo: 'compass-local' },
    };
    const target = await start({ keys: KEYS, isAdmin: true, settings });
    const plan = await planFor(target);
    const [problem] = plan.problems.filter(({ code }) => code === 'run.projects-cache-only');
    expect(problem?.params['projects']).toBe('lantern, winch');
    expect(exitCodeForPlan(plan)).toBe(4);
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
