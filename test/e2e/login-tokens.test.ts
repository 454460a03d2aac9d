// Tokens and rights at a real distribution registry with a token service (RS256): few tokens, and rights before the first byte.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan, TargetSpec } from '../../core/contract.js';
import { makeBundle, makeChart, makeDockerArchive, makeImage, makePackage } from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';
import { startTokenServer, type TokenServer } from '../support/token-server.js';

const { signal } = new AbortController();
const PROJECTS = Array.from({ length: 22 }, (_, at) => `project-${at}`);
const accounts = { writer: 'of-writer', guest: 'of-guest', half: 'of-half' };

let bench: Bench;
let tokens: TokenServer;
let registry: RunningRegistry;
let path: string;
beforeAll(async () => {
  bench = await openBench();
  tokens = await startTokenServer({
    accounts,
    rights: (user, name) =>
      user === 'writer' || (user === 'half' && /^(?:project-3|addon)\//.test(name))
        ? ['pull', 'push']
        : ['pull'],
  });
  registry = await startRegistry({ version: 3, auth: 'token', tokenServer: tokens });
  path = join(bench.directory, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
  const bundles = PROJECTS.map((project, at) => {
    const names = Array.from({ length: at < 5 ? 3 : 2 }, (_, one) => `quay.io/${project}/app-${one}:1`);
    const values = names.map((name, one) => `  image${one}: ${name}\n`).join('');
    const bundle = {
      hints: names.map((_, one) => `- "{{ .all.image${one} }}"\n`).join(''),
      chart: { ...makeChart(project), 'values.yaml': `all:\n${values}` },
      images: makeDockerArchive(names.map((name) => makeImage(name, 'amd64'))),
    };
    return { path: `addon/${project}_1.0.0.bundle.tar`, body: makeBundle(bundle) };
  });
  await writeFile(path, makePackage(bundles));
});
afterAll(async () => {
  await registry.stop();
  await tokens.stop();
  await bench.close();
});
let asked = 0;
beforeEach(() => {
  asked = tokens.requests.length;
});

function targetFor(username: keyof typeof accounts): TargetSpec {
  const credentials = { username, password: accounts[username] };
  return { registry: registry.url, credentials, allowHosts: [new URL(tokens.realm).host] };
}

async function planFor(target: TargetSpec): Promise<Plan> {
  const answer = await bench.engine.plan({ packages: [path], target }, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

const tokenRequests = (): number => tokens.requests.length - asked;

describe('a registry with a token service', () => {
  it('gets an unknown package where the rights are, and nothing elsewhere', async () => {
    const report = await bench.import({ packages: [path], target: targetFor('half') });
    expect(exitCodeForReport(report)).toBe(6);
    const stored = report.images.filter(({ action }) => action === 'push').map(({ target }) => target);
    expect(stored.length).toBe(3);
    expect(stored.every((target) => target.includes('/project-3/'))).toBe(true);
    const left = report.images.find(({ target }) => target.includes('/project-4/'));
    expect(left?.problem?.code).toBe('registry.project-not-writable');
    const told = report.problems.filter(({ code }) => code === 'run.rights-missing');
    expect(told.length).toBe(1);
    expect(told[0]?.params['count']).toBe(21);
  });

  it('gets a plan of 49 images in 22 projects with at most five tokens', async () => {
    const plan = await planFor(targetFor('writer'));
    expect(plan.images.length).toBe(49);
    expect(exitCodeForPlan(plan)).toBe(0);
    expect(tokenRequests()).toBeLessThanOrEqual(5);
  });

  it.each([
    ['guest', 23],
    ['half', 21],
  ] as const)(
    'tells %s once which projects it may not push to, before the first byte',
    async (user, count) => {
      const target = targetFor(user);
      const plan = await planFor(target);
      expect(plan.problems.map(({ code }) => code)).toEqual(['run.rights-missing']);
      expect(plan.problems[0]?.params['count']).toBe(count);
      expect(exitCodeForPlan(plan)).toBe(4);
      const report = await bench.import({ packages: [path], target });
      expect(report.totals.bytesSent).toBe(0);
      expect(exitCodeForReport(report)).toBe(4);
    },
  );
});
