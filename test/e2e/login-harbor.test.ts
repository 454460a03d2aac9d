// Tokens and rights at a Harbor (a double with the recorded answers): few requests, and everything is known before the first byte.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeForPlan, exitCodeForReport } from '../../cli/exit-codes.js';
import type { Plan } from '../../core/contract.js';
import { ROLES, type HarborAccount } from '../support/harbor/harbor-accounts.js';
import { Harbor } from '../support/harbor/harbor.js';
import {
  makeBundle,
  makeChart,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makePackage,
} from '../support/packages.js';
import { openBench, type Bench } from '../support/seed.js';

const { signal } = new AbortController();
const IMAGES = Array.from({ length: 49 }, (_, at) => `quay.io/project-${at % 22}/app-${at}:1`);
const PROJECTS = Array.from({ length: 22 }, (_, at) => `project-${at}`);

let bench: Bench;
let harbor: Harbor | null = null;
let path: string;
beforeAll(async () => {
  bench = await openBench();
  path = join(bench.directory, 'addon-offline-full-package-v1.0.0-amd64.tar.gz');
  const layer = makeLayer('one for all');
  const values = IMAGES.map((name, at) => `  image${at}: ${name}\n`).join('');
  const bundle = makeBundle({
    hints: IMAGES.map((_, at) => `- "{{ .all.image${at} }}"\n`).join(''),
    chart: { ...makeChart('wide'), 'values.yaml': `all:\n${values}` },
    images: makeDockerArchive(IMAGES.map((name) => makeImage(name, 'amd64', [layer]))),
  });
  await writeFile(path, makePackage([{ path: 'addon/wide_1.0.0.bundle.tar', body: bundle }]));
});
afterAll(() => bench.close());
afterEach(() => harbor?.stop());

/** A Harbor with all projects except `missing`, and an account for it. */
async function start(account: Omit<HarborAccount, 'password'>, missing: readonly string[] = []) {
  const names = [...PROJECTS, 'addon'].filter((name) => !missing.includes(name));
  const projects = Object.fromEntries(names.map((name) => [name, {}]));
  const credentials = { username: 'mate', password: 'of-harbor' };
  harbor = await Harbor.start({
    accounts: { mate: { password: credentials.password, ...account } },
    projects,
  });
  return { packages: [path], target: { registry: harbor.url, credentials } };
}

async function planFor(request: Awaited<ReturnType<typeof start>>): Promise<Plan> {
  const answer = await bench.engine.plan(request, { signal });
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

const requests = (pattern: RegExp): readonly string[] =>
  (harbor?.log ?? []).filter((line) => pattern.test(line));
const TOKENS = /^GET \/service\/token/;

describe('a plan of 49 images in 22 projects', () => {
  it('takes at most five tokens', async () => {
    const plan = await planFor(await start({ rights: { '*': ROLES.developer } }));
    expect(plan.images.length).toBe(IMAGES.length);
    expect(exitCodeForPlan(plan)).toBe(0);
    expect(requests(TOKENS).length).toBeLessThanOrEqual(5);
    expect(harbor?.writes).toEqual([]);
  });

  it('asks nothing in projects that are missing', async () => {
    const plan = await planFor(await start({ isAdmin: true }, PROJECTS));
    // An administrator may create them, so the import will.
    const lacking = plan.needs.projects.filter(({ name }) => name.startsWith('project-'));
    expect(new Set(lacking.map(({ exists, create }) => `${String(exists)} ${create}`))).toEqual(
      new Set(['false private']),
    );
    expect(exitCodeForPlan(plan)).toBe(0);
    expect(plan.images.every(({ action }) => action === 'push')).toBe(true);
    expect(requests(/\/v2\/project-/)).toEqual([]);
    expect(requests(TOKENS).length).toBeLessThanOrEqual(5);
  });
});

describe('without the right to push', () => {
  it.each([
    ['a guest', { rights: { '*': ROLES.guest } }, true],
    ['no member', {}, false],
  ])('%s is told so once, with every project, and nothing is sent', async (_, account, reads) => {
    const request = await start(account);
    const plan = await planFor(request);
    const told = plan.problems.filter(({ code }) => code === 'run.rights-missing');
    expect(told.map(({ params }) => params)).toEqual([
      { host: harbor?.host, count: 23, projects: [...PROJECTS, 'addon'].sort().join(', ') },
    ]);
    expect(exitCodeForPlan(plan)).toBe(4);
    expect(requests(TOKENS).length).toBeLessThanOrEqual(5);
    // Each tag is read once, and not at all where the account may not read.
    expect(requests(/\/v2\/project-.*manifests/).length).toBe(reads ? IMAGES.length : 0);

    const report = await bench.import(request);
    expect(report.result).toBe('failed');
    expect(report.problems.map(({ code }) => code)).toEqual(['run.rights-missing']);
    expect(exitCodeForReport(report)).toBe(4);
    expect(harbor?.writes).toEqual([]);
  });

  it('a member of some projects is told which others there are', async () => {
    const request = await start({ rights: { 'project-3': ROLES.developer, addon: ROLES.developer } });
    const plan = await planFor(request);
    const [told] = plan.problems.filter(({ code }) => code === 'run.rights-missing');
    expect(told?.params['count']).toBe(21);
    expect(told?.params['projects']).not.toMatch(/project-3\b|addon/);
    expect(exitCodeForPlan(plan)).toBe(4);
    expect(exitCodeForReport(await bench.import(request))).toBe(4);
    expect(harbor?.writes).toEqual([]);
  });
});
