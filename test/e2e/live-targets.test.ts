// One set of checks for targets: against doubles always, and against live servers where environment variables name them.
// HARBOR_URL, HARBOR_CA, HARBOR_USER, HARBOR_PASSWORD; ZOT_URL; CHARTMUSEUM_URL.
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { exitCodeForReport } from '../../cli/exit-codes.js';
import type { Report, TargetSpec } from '../../core/contract.js';
import { startChartMuseum } from '../support/chartmuseum.js';
import { Harbor } from '../support/harbor/harbor.js';
import { ADMIN, developerOf } from '../support/harbor/harbor-accounts.js';
import { openBench, type Bench } from '../support/seed.js';
import { undo } from '../support/undoing.js';
import { startZot } from '../support/zot-double.js';

/** Everything goes below a project, or a path, of its own, so that nothing else of a live server is touched. */
const OWN = `archbridge-test-${String(Date.now())}`;
const env = process.env;

interface Site {
  readonly target: TargetSpec;
  stop(): Promise<void>;
}

interface Case {
  readonly name: string;
  /** What has to be set for a live server; null for a double. */
  readonly needs: string | null;
  readonly open: () => Promise<Site>;
}

function underOwn(registry: string, more: Partial<TargetSpec> = {}): TargetSpec {
  const { host } = new URL(registry);
  const charts = [{ url: `oci://${host}/${OWN}-charts` }];
  return { registry, naming: { containerPrefixRepository: OWN }, charts, ...more };
}

const nothing = (): Promise<void> => Promise.resolve();

const CASES: readonly Case[] = [
  {
    name: 'the Harbor double',
    needs: null,
    open: async () => {
      const harbor = await Harbor.start({ accounts: developerOf([]), creation: 'adminonly' });
      return { target: underOwn(harbor.url, { credentials: ADMIN }), stop: () => harbor.stop() };
    },
  },
  {
    name: 'the zot double',
    needs: null,
    open: async () => {
      const zot = await startZot();
      return { target: underOwn(zot.url), stop: () => zot.stop() };
    },
  },
  {
    name: 'the ChartMuseum double',
    needs: null,
    open: async () => {
      const museum = await startChartMuseum();
      return { target: chartsOnly(museum.url), stop: () => museum.close() };
    },
  },
  {
    name: 'a live Harbor',
    needs: 'HARBOR_URL',
    open: () => {
      const credentials = { username: env['HARBOR_USER'] ?? '', password: env['HARBOR_PASSWORD'] ?? '' };
      const authority = env['HARBOR_CA'];
      const tls = authority === undefined ? {} : { tls: { caFiles: [authority] } };
      return Promise.resolve({
        target: underOwn(env['HARBOR_URL'] ?? '', { credentials, ...tls }),
        stop: nothing,
      });
    },
  },
  {
    name: 'a live zot',
    needs: 'ZOT_URL',
    open: () => Promise.resolve({ target: underOwn(env['ZOT_URL'] ?? ''), stop: nothing }),
  },
  {
    name: 'a live OCI-only zot',
    needs: 'ZOT_OCI_URL',
    open: () =>
      Promise.resolve({ target: underOwn(env['ZOT_OCI_URL'] ?? '', { convertToOci: true }), stop: nothing }),
  },
  {
    name: 'a live ChartMuseum',
    needs: 'CHARTMUSEUM_URL',
    open: () => Promise.resolve({ target: chartsOnly(env['CHARTMUSEUM_URL'] ?? ''), stop: nothing }),
  },
];

function chartsOnly(url: string): TargetSpec {
  return { registry: 'http://127.0.0.1:9', noImages: true, charts: [{ url, kind: 'chartmuseum' }] };
}

const left = CASES.filter(({ needs }) => needs !== null && env[needs] === undefined);
for (const { name, needs } of left)
  process.stderr.write(`NOT RUN: the checks against ${name}. Set ${needs ?? ''} to run them.\n`);

describe.each(CASES.filter((one) => !left.includes(one)))('$name', ({ open }) => {
  let site: Site | null = null;
  let bench: Bench | null = null;
  afterEach(async () => {
    await bench?.close();
  });
  afterAll(async () => {
    await site?.stop();
  });

  it('takes both architectures, the same again sends nothing, and an undo takes back what was written', async () => {
    const { target } = (site = await open());
    const own = (bench = await openBench());
    const first = await own.seed(['v0.9.0-amd64'], target);
    const second = await own.seed(['v0.9.0-arm64'], target);
    expect([first.result, exitCodeForReport(first)]).toEqual(['done', 0]);
    expect(leftOut(second)).toEqual([]);
    if (!target.noImages) await expectBoth(own, target, second);
    const again = await own.seed(['v0.9.0-amd64', 'v0.9.0-arm64'], target);
    expect(again.totals.bytesSent).toBe(0);
    const written = rowsOf(again).filter(({ action }) => action !== 'skip');
    expect(written.filter(({ problem }) => problem?.code !== MISLABELLED)).toEqual([]);
    const undone = await undo(own, { runs: [second.run, first.run], target });
    expect(undone.result).toBe('done');
    const after = [...undone.images.map((row) => row.after), ...undone.charts.map(({ digest }) => digest)];
    expect(new Set(after)).toEqual(new Set([null]));
  });
});

/** The package for arm64 holds one image whose programs are for amd64; it is left out everywhere. */
const MISLABELLED = 'plan.image-mislabelled';

function rowsOf({
  images,
  charts,
}: Report): readonly (Report['images'][number] | Report['charts'][number])[] {
  return [...images, ...charts];
}

function leftOut(report: Report): readonly unknown[] {
  return rowsOf(report).flatMap(({ problem }) => (problem && problem.code !== MISLABELLED ? [problem] : []));
}

/** Both platforms under each tag that got a second one; a verification reads every child and blob of them. */
async function expectBoth(bench: Bench, target: TargetSpec, { run, images }: Report): Promise<void> {
  const fused = images.filter(({ action }) => action === 'promote' || action === 'add');
  expect(fused.length).toBeGreaterThan(0);
  for (const { after } of fused)
    expect(after !== null && after !== 'unreadable' && after.platforms).toEqual([
      'linux/amd64',
      'linux/arm64',
    ]);
  const proof = await bench.engine.verify({ run, target }, { signal: new AbortController().signal });
  if (!proof.ok) throw new Error(proof.problem.message);
  expect(proof.value.ok).toBe(true);
}
