// Sites that the original tool has damaged, rebuilt from recorded outcomes: the audit finds what helm and the registry show.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Audit, AuditImage, AuditRequest, TargetSpec } from '../../../core/contract.js';
import { familiarReference, parseReference } from '../../../core/content/reference.js';
import { findingsOfAudit } from '../../support/audit-findings.js';
import {
  openGoldenSite,
  packageContents,
  recordedStates,
  type GoldenSite,
  type PackageContents,
} from '../../support/golden-site.js';
import { readTag } from '../../support/registry-reader.js';
import { openBench, packagePath, SEED, type Bench } from '../../support/seed.js';

const never = { signal: new AbortController().signal };

let contents: PackageContents;
let bench: Bench;
beforeAll(async () => {
  contents = await packageContents();
  bench = await openBench();
}, 60_000);
afterAll(async () => {
  await contents.close();
  await bench.close();
});

function targetOf(site: GoldenSite): TargetSpec {
  return { registry: site.registry.url, charts: [{ url: site.museum.url }] };
}

async function audit(site: GoldenSite, request: Partial<AuditRequest> = {}): Promise<Audit> {
  const answer = await bench.engine.audit({ target: targetOf(site), ...request }, never);
  if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
  return answer.value;
}

/** `<chart>-<version> <image>` to what the audit says of it. */
function statesIn(audited: Audit): ReadonlyMap<string, AuditImage> {
  return new Map(
    audited.charts.flatMap(({ name, version, images }) =>
      images.map((image) => [`${name}-${version} ${image.reference}`, image] as const),
    ),
  );
}

/** The images that helm renders, and what a reader other than ours finds in the registry for each. */
async function shown(site: GoldenSite): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const [chart, images] of await site.rendered()) {
    for (const image of images) {
      const reference = parseReference(image);
      if (!reference) throw new Error(`${chart} renders ${image}`);
      const key = `${chart} ${familiarReference(reference)}`;
      if (reference.registry !== site.registry.host) {
        found.set(key, 'elsewhere');
        continue;
      }
      const served = await readTag(
        site.registry.url,
        reference.repository,
        reference.digest ?? reference.tag ?? 'latest',
      );
      const platforms = Object.keys(served?.platforms ?? {});
      const single = reference.digest === undefined ? 'one-platform' : 'pinned-to-one-platform';
      found.set(key, served === null ? 'missing' : platforms.length === 1 ? single : 'ok');
    }
  }
  return found;
}

const NODES = ['linux/amd64', 'linux/arm64'];
const SEQUENCE = 'sequence-with-empty-chart-repo/2-v0.9.0-arm64';

describe.each([
  'over-existing-indexes',
  'arm64-alone',
  'sequence-amd64-arm64-upgrade/4-v0.11.0-arm64',
  'sequence-arm64-amd64/2-v0.9.0-amd64',
  SEQUENCE,
  'sequence-with-empty-chart-repo/4-v0.11.0-arm64',
])('%s', (name) => {
  let site: GoldenSite;
  beforeAll(async () => {
    site = await openGoldenSite(name, contents);
  }, 60_000);
  afterAll(async () => {
    await site.close();
  });

  it('is found damaged by the audit exactly where helm and the registry show damage', async () => {
    const audited = await audit(site, { requirePlatforms: NODES });
    const found = new Map([...statesIn(audited)].map(([key, { state }]) => [key, state]));
    expect(Object.fromEntries([...found].sort())).toEqual(
      Object.fromEntries([...(await shown(site))].sort()),
    );
    expect(audited.ok).toBe(false);
    expect(audited.problems).toEqual([]);
  });
});

describe.each(['over-existing-indexes', 'arm64-alone'])('%s, by its recorded rendering', (name) => {
  it('gives the findings that were recorded', async () => {
    const site = await openGoldenSite(name, contents);
    try {
      const states = statesIn(await audit(site));
      const recorded = recordedStates(name, site);
      expect(recorded.size).toBeGreaterThan(20);
      for (const [key, state] of recorded) {
        const [chart = '', image = ''] = key.split(' ');
        const found = states.get(`${chart} ${familiar(image)}`)?.state;
        if (state === 'elsewhere') expect(found, key).toBe('elsewhere');
        else if (state.startsWith('MISSING')) expect(found, key).toBe('missing');
        else expect(['ok', 'one-platform', 'pinned-to-one-platform'], key).toContain(found);
      }
    } finally {
      await site.close();
    }
  });
});

describe('a site that got the packages of both architectures by the original tool', () => {
  let site: GoldenSite;
  beforeAll(async () => {
    site = await openGoldenSite(SEQUENCE, contents);
  }, 60_000);
  afterAll(async () => {
    await site.close();
  });

  it('has charts with digests that were never pushed, and a lost change', async () => {
    const audited = await audit(site);
    const images = audited.charts.flatMap((chart) =>
      chart.images.map((image) => ({ chart: chart.name, ...image })),
    );
    const of = (state: string) => images.filter((image) => image.state === state).map((image) => image.chart);
    // the chart of the second package pins digests of images that were skipped because their tags existed
    expect(of('missing')).toEqual(['sluice', 'sluice']);
    expect(of('elsewhere')).toEqual(['driftnet']);
    expect(of('ok')).toEqual([]);
    expect(audited.platforms).toEqual(NODES);
    expect(audited.summary).toEqual({
      'linux/amd64': { present: 19, total: 22 },
      'linux/arm64': { present: 1, total: 22 },
    });
    expect(images.every((image) => image.mend === null)).toBe(true);
  });

  it('names the packages that mend it, as soon as a journal knows them, whatever target they went to', async () => {
    const store = join(bench.directory, 'elsewhere');
    for (const name of SEED) await bench.import({ packages: [packagePath(name)], target: { store } });
    const states = statesIn(await audit(site));
    const mendOf = (key: string) => {
      const image = states.get(key.replaceAll('HOST', site.registry.host));
      return (
        image && [
          image.state,
          image.lacking.join(),
          image.mend?.package.replace(/^.*package-/, ''),
          image.mend?.version,
        ]
      );
    };
    const arm64 = 'v0.11.0-arm64.tar.gz';
    expect(mendOf('lanternd-0.4.1 HOST/lantern/lanternd:0.4.1')).toEqual([
      'one-platform',
      'linux/arm64',
      arm64,
      '0.11.0',
    ]);
    expect(mendOf('driftnet-0.9.0 ghcr.io/driftnet/probe:0.9.0')).toEqual(['elsewhere', '', arm64, '0.11.0']);
    // only the older package has this tag
    expect(mendOf('quayside-10.2.0+738 HOST/quayside/web:10.2.0')).toEqual([
      'one-platform',
      'linux/arm64',
      'v0.9.0-arm64.tar.gz',
      '0.9.0',
    ]);
    // no package has it for arm64
    expect(mendOf('winch-tools-0.1.0 HOST/winch/tools:0.1.0')).toEqual([
      'one-platform',
      'linux/arm64',
      undefined,
      undefined,
    ]);
    // the package has it, and leaves it out because its programs are for another architecture
    expect(mendOf('ropewalk-0.7.3 HOST/ropewalk/twister:stable-v0.7.0')?.[2]).toBeUndefined();
    const missing = [...states].filter(([, image]) => image.state === 'missing');
    expect(missing.map(([, image]) => image.mend?.package.includes('arm64'))).toEqual([true, true]);
    expect(missing.every(([, image]) => /^[0-9a-f]{128}$/.test(image.mend?.sha512 ?? ''))).toBe(true);
  });

  it('is mended by importing these packages: only what no package has stays', async () => {
    for (const name of ['v0.9.0-amd64', 'v0.9.0-arm64'] as const) {
      const report = await bench.import({
        packages: [packagePath(name)],
        target: targetOf(site),
        onChartChange: 'replace',
      });
      expect(report.result).not.toBe('failed');
    }
    const audited = await audit(site);
    expect(findingsOfAudit(audited, site.registry.host)).toEqual([
      'bollard 0.2.0 bollard/holder:0.2.0 one-platform linux/amd64',
      'capstan 0.3.0 capstan/winder:0.3.0 one-platform linux/arm64',
      'ropewalk 0.7.3 ropewalk/twister:stable-v0.7.0 one-platform linux/arm64',
      'winch-tools 0.1.0 winch/tools:0.1.0 one-platform linux/arm64',
    ]);
    const amd64 = await audit(site, { requirePlatforms: ['linux/amd64'] });
    expect(findingsOfAudit(amd64, site.registry.host)).toEqual([
      'bollard 0.2.0 bollard/holder:0.2.0 one-platform linux/amd64',
    ]);
  });
});

function familiar(image: string): string {
  const reference = parseReference(image);
  return reference ? familiarReference(reference) : image;
}
