// The genuine packages into a registry with a login and a ChartMuseum, as a platform has them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReference } from '../../core/content/reference.js';
import { startChartMuseum, type Museum } from '../support/chartmuseum.js';
import { ACCOUNT, startRegistry, type RunningRegistry } from '../support/registries.js';
import { renderedImages } from '../support/render.js';
import { actions, openBench, packagePath, SEED, type Bench } from '../support/seed.js';
import type { TargetSpec } from '../../core/contract.js';

const LOGIN = { username: 'curator', password: 'chart-room-key' };

describe('a registry with a login and a ChartMuseum', () => {
  let registry: RunningRegistry;
  let museum: Museum;
  let bench: Bench;
  let target: TargetSpec;

  beforeAll(async () => {
    registry = await startRegistry({ version: 3, auth: 'htpasswd' });
    museum = await startChartMuseum({ basicAuth: LOGIN });
    bench = await openBench();
    target = {
      registry: registry.url,
      credentials: ACCOUNT,
      charts: [{ url: museum.url }],
      chartCredentials: LOGIN,
    };
  });
  afterAll(async () => {
    await registry.stop();
    await museum.close();
    await bench.close();
  });

  it('gets every chart of all four packages, and publishes a pinned one again when its image gains a platform', async () => {
    const reports = [];
    for (const name of SEED) reports.push(await bench.seed([name], target));
    // Each package for arm64 holds one image with a program for amd64.
    expect(reports.map((report) => report.result)).toEqual(['done', 'partial', 'done', 'partial']);
    expect(reports.map((report) => actions(report.charts))).toEqual([
      { publish: 16 },
      { publish: 1, replace: 1, skip: 14 },
      expect.objectContaining({ publish: expect.any(Number) as number }),
      expect.objectContaining({ replace: 1 }),
    ]);
  });

  it('serves charts whose images are all in the registry', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'charts-'));
    try {
      const stored = [...museum.storage().files].filter(([file]) => file.endsWith('.tgz'));
      expect(stored.length).toBeGreaterThan(20);
      for (const [file, bytes] of stored) {
        await writeFile(join(scratch, file), bytes);
        for (const image of await renderedImages(join(scratch, file))) {
          const reference = parseReference(image);
          expect(reference?.registry, `${file} renders ${image}`).toBe(registry.host);
          const path = `/v2/${reference?.repository ?? ''}/manifests/${reference?.digest ?? reference?.tag ?? ''}`;
          const answer = await fetch(`${registry.url}${path}`, {
            method: 'HEAD',
            headers: {
              authorization: `Basic ${Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64')}`,
              accept:
                'application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json',
            },
          });
          expect(answer.status, `${file} renders ${image}`).toBe(200);
        }
      }
    } finally {
      await rm(scratch, { recursive: true });
    }
  });

  it('names charts for which there is no repository, and publishes the others', async () => {
    const report = await bench.seed(['v0.9.0-amd64'], {
      ...target,
      charts: [{ folder: 'addon', url: museum.url }],
    });
    expect(report.result).toBe('partial');
    const left = report.charts.filter((chart) => chart.action === 'blocked');
    expect(new Set(left.map((chart) => chart.problem?.code))).toEqual(
      new Set(['run.chart-without-repository']),
    );
    expect(new Set(left.map((chart) => chart.repo))).toEqual(new Set(['community']));
  });

  it('publishes to one repository when another one refuses', async () => {
    const folder = join(bench.directory, 'charts');
    const nobody = { username: 'nobody', password: 'a-wrong-chart-key' };
    const refusing = { url: `${museum.url}/{repo}`, kind: 'chartmuseum' as const, credentials: nobody };
    const report = await bench.seed(['v0.9.0-amd64'], { ...target, charts: [{ url: folder }, refusing] });
    expect(report.result).toBe('partial');
    const byUrl = (url: string) => actions(report.charts.filter((chart) => chart.url.startsWith(url)));
    expect(byUrl(folder)).toEqual({ publish: 16 });
    expect(byUrl(museum.url)).toEqual({ failed: 16 });
  });

  it('is refused before anything is read where a repository cannot be reached, also one for each folder', async () => {
    const { signal } = new AbortController();
    const charts = [{ url: 'http://127.0.0.1:9/{repo}', kind: 'chartmuseum' as const }];
    const request = { packages: [packagePath('v0.9.0-amd64')], target: { ...target, charts } };
    const answer = await bench.engine.import(request, { signal });
    expect(answer.ok ? null : answer.problem).toMatchObject({
      code: 'registry.unreachable',
      origin: 'chart-repo',
    });
  });

  it('refuses a wrong password for either side before anything is read, and prints neither', async () => {
    const { signal } = new AbortController();
    for (const wrong of [
      { credentials: { ...ACCOUNT, password: 'guess-one' } },
      { chartCredentials: { ...LOGIN, password: 'guess-two' } },
    ]) {
      const request = { packages: [packagePath('v0.9.0-amd64')], target: { ...target, ...wrong } };
      const answer = await bench.engine.import(request, { signal });
      const text = JSON.stringify(answer);
      expect(text).not.toMatch(/guess-|open-sesame|chart-room-key/);
      expect(answer.ok ? [] : [answer.problem.origin]).toEqual([
        expect.stringMatching(/^(registry|chart-repo)$/),
      ]);
    }
  });
});
