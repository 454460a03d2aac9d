// Whole imports into a real registry behind a front that answers as other registries and proxies do.
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Plan, PlanRequest, RunEvent } from '../../core/contract.js';
import { hexOf, digestOf } from '../../core/content/digest.js';
import { startFront, type Alter, type Front, type FrontAnswer } from '../support/registry-front.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { actions, openBench, packagePath, type Bench } from '../support/seed.js';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function behind(
  alter: Alter,
  version: 2 | 3 = 3,
): Promise<{ registry: RunningRegistry; front: Front }> {
  const registry = await startRegistry({ version });
  endings.push(() => registry.stop());
  const front = await startFront(registry.url, alter);
  endings.push(() => front.stop());
  return { registry, front };
}

async function planned(request: PlanRequest): Promise<Plan> {
  const answer = await bench.engine.plan(request, { signal: new AbortController().signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

const page: FrontAnswer = {
  status: 404,
  headers: { 'content-type': 'text/html' },
  body: '<html><title>404 Not Found</title></html>',
};

/** A proxy that replaces every 404 of the registry by its own page. */
const withPages: Alter = async (_request, pass) => {
  const answer = await pass();
  return answer.status === 404 ? page : answer;
};

describe('behind a proxy that replaces every 404 by a page', () => {
  it('a first import arrives, charts too, and its plan said so', async () => {
    const { front } = await behind(withPages);
    const request = { packages: [packagePath('v0.9.0-amd64')], target: { registry: front.url } };
    const plan = await planned(request);
    expect(actions(plan.images)).toEqual({ push: plan.images.length });
    expect(new Set(plan.images.map(({ reason }) => reason))).toEqual(new Set(['absent-unproven']));
    expect(front.count('POST', /./)).toBe(0);
    const report = await bench.import(request);
    expect(report.result).toBe('done');
    expect(actions(report.images)).toEqual({ push: report.images.length });
    expect(new Set(report.charts.map(({ action }) => action))).toEqual(new Set(['publish']));
  });
});

describe('a registry that compresses its manifests', () => {
  it('is written to and read back', async () => {
    const { front } = await behind(async ({ method, path }, pass) => {
      const answer = await pass();
      if (method !== 'GET' || !path.includes('/manifests/') || answer.status !== 200) return answer;
      return {
        ...answer,
        headers: { ...answer.headers, 'content-encoding': 'gzip' },
        body: gzipSync(Buffer.from(answer.body ?? '')),
      };
    });
    const target = { registry: front.url };
    expect((await bench.import({ packages: [packagePath('v0.9.0-amd64')], target })).result).toBe('done');
    const second = await bench.import({ packages: [packagePath('v0.9.0-arm64')], target });
    // The package has one image whose programs are for another architecture.
    expect(actions(second.images)).toEqual({ promote: 22, push: 1, skip: 1, blocked: 1 });
  });
});

describe('a registry that shows tags and manifests late', () => {
  it('has everything in one run', async () => {
    const unseen = new Map<string, number>();
    const late = { status: 404, body: '{"errors":[{"code":"MANIFEST_UNKNOWN"}]}' };
    const { front } = await behind(({ method, path }, pass) => {
      const left = unseen.get(path) ?? 0;
      if (method === 'PUT' && path.includes('/manifests/')) {
        unseen.set(path, 2);
        // the same manifest by its digest is seen late as well
        return pass().then((answer) => {
          const digest = String(answer.headers?.['docker-content-digest']);
          unseen.set(path.replace(/[^/]+$/, digest), 2);
          return answer;
        });
      }
      if (method !== 'GET' || left === 0) return pass();
      unseen.set(path, left - 1);
      return Promise.resolve(late);
    });
    const report = await bench.import({
      packages: [packagePath('v0.9.0-amd64')],
      target: { registry: front.url },
    });
    expect(report.result).toBe('done');
  });
});

describe('a registry that forbids overwriting', () => {
  it('keeps the tag, the reason is told, and the rest is done', async () => {
    const { registry, front } = await behind(({ method, path }, pass) => {
      const isTag = method === 'PUT' && /\/manifests\/(?!sha256:)/.test(path);
      if (!isTag || !taken.has(path)) {
        if (isTag) taken.add(path);
        return pass();
      }
      const body =
        '{"errors":[{"code":"BLOB_UPLOAD_INVALID","message":"blob upload invalid","detail":"Repository does not allow updating assets: coast"}]}';
      return Promise.resolve({ status: 400, headers: { 'content-type': 'application/json' }, body });
    });
    const taken = new Set<string>();
    const target = { registry: front.url, noCharts: true };
    const first = await bench.import({ packages: [packagePath('v0.9.0-amd64')], target });
    expect(first.result).toBe('done');
    const second = await bench.import({ packages: [packagePath('v0.9.0-arm64')], target });
    expect(second.result).toBe('partial');
    const failed = second.images.filter(({ action }) => action === 'failed');
    expect(failed.length).toBeGreaterThan(0);
    for (const { problem } of failed) {
      expect(problem).toMatchObject({ code: 'registry.tag-immutable', retryable: false });
      expect(problem?.message).toContain('Repository does not allow updating assets: coast');
    }
    expect(second.totals.retries).toBe(0);
    const [one] = failed;
    const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(one?.target ?? '') ?? [];
    expect(Object.keys((await readTag(registry.url, repository, tag))?.platforms ?? {})).toEqual([
      'linux/amd64',
    ]);
  });
});

describe.each([2, 3] as const)('distribution %i with empty link files of a full storage', (version) => {
  it('is mended by the next import', async () => {
    const { registry, front } = await behind((_request, pass) => pass(), version);
    const request = {
      packages: [packagePath('v0.9.0-amd64')],
      target: { registry: front.url, noCharts: true },
    };
    expect((await bench.import(request)).result).toBe('done');
    const [image] = (await planned(request)).images;
    const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(image?.target ?? '') ?? [];
    const manifest = await (await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`)).text();
    const digests = [...manifest.matchAll(/sha256:[0-9a-f]{64}/g)].map(([digest]) => digest);
    const [layer = digestOf('')] = digests.slice(-1) as (`sha256:${string}` | undefined)[];
    const link = `docker/registry/v2/repositories/${repository}/_layers/sha256/${hexOf(layer)}/link`;
    await truncate(join(registry.storageDir, link), 0);
    const again = await bench.import(request);
    expect(again.result).toBe('done');
    expect(actions(again.images)['repair']).toBeGreaterThan(0);
    expect(actions((await bench.import(request)).images)).toEqual({ skip: again.images.length });
  });
});

const refusal = (status: number, code: string, message: string, detail = ''): FrontAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code, message, detail }] }),
});

describe.each([
  {
    product: 'that makes no repositories on a push, as ECR',
    answer: refusal(404, 'NAME_UNKNOWN', "The repository does not exist in the registry with id '1234'"),
    words: 'does not exist in the registry with id',
  },
  {
    product: 'that allows a number of levels only, as GitLab',
    answer: refusal(403, 'DENIED', 'requested access to the resource is denied'),
    // nobody has logged in here, which may be the cause
    words: 'asks for credentials and none were given',
  },
  {
    product: 'that checks names, as Nexus',
    answer: refusal(400, 'NAME_INVALID', 'invalid repository name', 'only two levels are allowed'),
    words: 'only two levels are allowed',
  },
])('a registry $product', ({ answer, words }) => {
  it('fails the images concerned, says why, and takes the rest', async () => {
    const shut = /^\/v2\/localhost\/gangway\/job\/(?:blobs|manifests|tags)\//;
    const { registry, front } = await behind(({ path }, pass) =>
      shut.test(path) ? Promise.resolve(answer) : pass(),
    );
    const target = { registry: front.url, noCharts: true };
    const report = await bench.import({ packages: [packagePath('v0.9.0-amd64')], target });
    expect(report.result).toBe('partial');
    const kept = report.images.filter(({ action }) => action !== 'push');
    expect(kept.map(({ target: name }) => name)).toEqual([
      `${new URL(front.url).host}/localhost/gangway/job:1.1.0`,
    ]);
    expect(JSON.stringify(kept[0]?.problem)).toContain(words);
    expect(await readTag(registry.url, 'localhost/gangway/job', '1.1.0')).toBeNull();
    const [pushed] = report.images.filter(({ action }) => action === 'push');
    const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(pushed?.target ?? '') ?? [];
    expect(await readTag(registry.url, repository, tag)).not.toBeNull();
  });
});

describe('a registry that asks to wait ten minutes', () => {
  const busy: Alter = ({ method }, pass) =>
    method === 'POST' ? Promise.resolve({ status: 429, headers: { 'retry-after': '600' } }) : pass();

  it('ends the run at once where nothing may be waited', async () => {
    const { front } = await behind(busy);
    const report = await bench.import({
      packages: [packagePath('v0.9.0-amd64')],
      target: { registry: front.url },
      patience: 0,
    });
    expect(report.result).toBe('failed');
    expect(report.totals.passes).toBeLessThanOrEqual(1);
    expect(report.problems.map(({ code }) => code)).toContain('registry.asks-to-wait');
  });

  it('is waited for, told when the wait ends, and the wait can be stopped', async () => {
    const { front } = await behind(busy);
    const stop = new AbortController();
    const waits: (RunEvent & { type: 'waiting' })[] = [];
    const answer = await bench.engine.import(
      { packages: [packagePath('v0.9.0-amd64')], target: { registry: front.url } },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type !== 'waiting') return;
          waits.push(event);
          stop.abort();
        },
      },
    );
    expect(answer.ok && answer.value.result).toBe('cancelled');
    expect(waits).toHaveLength(1);
    expect(waits[0]?.problem.code).toBe('registry.busy');
    expect(Date.parse(waits[0]?.until ?? '')).toBeGreaterThan(Date.now() + 500_000);
  });
});
