// Plants each kind of damage in a registry that holds all genuine packages; the proof finds that damage and nothing else.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOciCharts } from '../../../core/chart-repo/oci.js';
import { packChart, unpackChart } from '../../../core/chart/files/archive.js';
import { parseManifest } from '../../../core/content/manifest.js';
import type { Proof, RunEvent, VerifyRequest } from '../../../core/contract.js';
import { createRegistryTarget, type RegistryTarget } from '../../../core/registry/registry-target.js';
import { requireProgram } from '../../support/programs.js';
import { findingsIn } from '../../support/proof-findings.js';
import { startRegistry, type RunningRegistry, versionsFor } from '../../support/registries.js';
import { RegistryStorage, type Undo } from '../../support/registry-storage.js';
import { openBench, packagePath, SEED, type Bench } from '../../support/seed.js';

const run = promisify(execFile);
const never = { signal: new AbortController().signal };
const LATEST = ['v0.11.0-amd64', 'v0.11.0-arm64'] as const;

describe.each(versionsFor(3))('a target in distribution %i', (version) => {
  let registry: RunningRegistry;
  let target: RegistryTarget;
  let storage: RegistryStorage;
  let bench: Bench;
  beforeAll(async () => {
    registry = await startRegistry({ version });
    target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    storage = new RegistryStorage(registry.storageDir);
    bench = await openBench();
    for (const name of SEED) await bench.seed([name], { registry: registry.url });
  }, 120_000);
  afterAll(async () => {
    await target.close();
    await registry.stop();
    await bench.close();
  });

  async function verify(
    request: Partial<VerifyRequest> = {},
    onEvent: (event: RunEvent) => void = () => undefined,
  ): Promise<Proof> {
    const what = request.run === undefined ? { packages: LATEST.map(packagePath) } : {};
    const asked = { ...what, target: { registry: registry.url }, ...request };
    const answer = await bench.engine.verify(asked, { ...never, onEvent });
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return answer.value;
  }

  /** What is found while the damage lasts; a proof by packages and one by run must agree. */
  async function found(
    damage: Promise<Undo>,
    request: Partial<VerifyRequest> = {},
    onlyByRun: readonly string[] = [],
  ): Promise<readonly string[]> {
    const undo = await damage;
    try {
      const proof = await verify(request);
      expect(proof.ok).toBe(false);
      const lines = findingsIn(proof, registry.host);
      const byRun = findingsIn(await verify({ ...request, run: 'latest' }), registry.host);
      expect(byRun).toEqual([...lines, ...onlyByRun].sort());
      return lines;
    } finally {
      await undo();
    }
  }

  async function digestOf(repository: string, tag: string): Promise<string> {
    return (await target.getManifest(repository, tag, never))?.digest ?? '';
  }

  /** Digest of the child of a platform, its config and its layers. */
  async function child(repository: string, tag: string, architecture: string) {
    const top = await target.getManifest(repository, tag, never);
    const index = parseManifest(top?.bytes ?? Buffer.alloc(0), top?.mediaType ?? '');
    const entry =
      index.kind === 'index'
        ? index.manifests.find((one) => one.platform?.architecture === architecture)
        : null;
    const raw = entry ? await target.getManifest(repository, entry.digest, never) : null;
    const image = parseManifest(raw?.bytes ?? Buffer.alloc(0), raw?.mediaType ?? '');
    if (!entry || image.kind !== 'manifest') throw new Error(`${repository}:${tag} has no ${architecture}`);
    return {
      digest: entry.digest,
      config: image.config.digest,
      layers: image.layers.map((one) => one.digest),
    };
  }

  /** Points a tag at something else, as anybody with the right to push can. */
  async function retag(repository: string, tag: string, source: string): Promise<Undo> {
    const before = await digestOf(repository, tag);
    const crane = requireProgram('crane');
    const name = `${registry.host}/${repository}`;
    await run(crane, ['copy', '--insecure', `${registry.host}/${source}`, `${name}:${tag}`]);
    return async () => {
      await run(crane, ['tag', '--insecure', `${name}@${before}`, tag]);
    };
  }

  it('is whole: each package, all of them, and each run, by size and by content', async () => {
    for (const name of SEED) {
      const proof = await verify({ packages: [packagePath(name)] });
      expect({ name, ok: proof.ok, findings: findingsIn(proof) }).toEqual({ name, ok: true, findings: [] });
    }
    const all = await verify({ packages: SEED.map(packagePath), full: true });
    expect(all).toMatchObject({ ok: true, depth: 'content', readAs: 'anonymous', problems: [] });
    expect(all.checked.blobs).toBeGreaterThan(100);
    expect(all.images.length).toBeGreaterThan(30);
    expect(all.charts.length).toBeGreaterThan(20);
    const runs = await bench.engine.runs({}, never);
    for (const { run: id } of runs.ok ? runs.value : []) {
      expect(findingsIn(await verify({ run: id }))).toEqual([]);
    }
  });

  it('tells how far it is', async () => {
    const events: RunEvent[] = [];
    await verify({ run: 'latest' }, (event) => events.push(event));
    const counts = events.flatMap((event) => (event.type === 'surveyed' ? [[event.done, event.total]] : []));
    const total = counts.length;
    expect(total).toBeGreaterThan(30);
    expect(counts).toEqual(Array.from({ length: total }, (_, i) => [i + 1, total]));
  });

  it('a blob that is gone', async () => {
    const { layers } = await child('lantern/lanternd', '0.4.1', 'arm64');
    expect(await found(storage.loseBytes(layers.at(-1) ?? ''))).toEqual([
      'lantern/lanternd:0.4.1 verify.blob-missing',
    ]);
  });

  it('a config that is gone', async () => {
    const { config } = await child('lantern/lanternd', '0.4.1', 'amd64');
    expect(await found(storage.loseBytes(config))).toEqual(['lantern/lanternd:0.4.1 verify.blob-missing']);
  });

  it('a blob that was cut short', async () => {
    const { layers } = await child('lantern/lanternd', '0.4.1', 'amd64');
    expect(await found(storage.cutShort(layers.at(-1) ?? ''))).toEqual([
      'lantern/lanternd:0.4.1 verify.blob-size',
    ]);
  });

  it('a flipped bit, which only a proof that reads the content finds', async () => {
    const { layers } = await child('lantern/lanternd', '0.4.1', 'amd64');
    const undo = await storage.flipBit(layers.at(-1) ?? '');
    expect(findingsIn(await verify())).toEqual([]);
    expect(await found(Promise.resolve(undo), { full: true })).toEqual([
      'lantern/lanternd:0.4.1 verify.blob-damaged',
    ]);
  });

  it('a shared layer, in every tag that needs it', async () => {
    const [web, api] = [
      await child('quayside/web', '10.4.1', 'amd64'),
      await child('quayside/api', '10.4.1', 'amd64'),
    ];
    const shared = web.layers.find((digest) => api.layers.includes(digest)) ?? '';
    expect(shared).not.toBe('');
    const lines = await found(storage.loseBytes(shared));
    expect(lines).toContain('quayside/web:10.4.1 verify.blob-missing');
    expect(lines).toContain('quayside/api:10.4.1 verify.blob-missing');
    expect(new Set(lines.map((line) => line.split(' ').at(-1)))).toEqual(new Set(['verify.blob-missing']));
  });

  it('a child manifest that is gone', async () => {
    const { digest } = await child('quayside/web', '10.4.1', 'arm64');
    expect(await found(storage.loseManifest('quayside/web', digest))).toEqual([
      'quayside/web:10.4.1 verify.manifest-missing',
    ]);
  });

  it('a tag that somebody moved to another image', async () => {
    expect(await found(retag('quayside/web', '10.4.1', 'tidewatch-io/server:v1.3.0'))).toEqual([
      'quayside/web:10.4.1 verify.tag-moved',
      'quayside/web:10.4.1 verify.tag-moved',
    ]);
  });

  it('a tag that somebody moved back to what an earlier package brought', async () => {
    const before = await openBench();
    const store = { store: `${before.directory}/store`, naming: { containerRegistry: registry.host } };
    await before.seed(['v0.9.0-amd64', 'v0.9.0-arm64'], store);
    await run(requireProgram('skopeo'), [
      ...['copy', '--all', '--dest-tls-verify=false'],
      `oci:${before.directory}/store/oci:${registry.host}/lantern/lanternd:0.4.1`,
      `docker://${registry.host}/lantern/lanternd:old`,
    ]);
    await before.close();
    const lines = await found(retag('lantern/lanternd', '0.4.1', 'lantern/lanternd:old'));
    expect(new Set(lines)).toEqual(new Set(['lantern/lanternd:0.4.1 verify.tag-moved']));
  });

  it('a platform that somebody dropped, also for the charts that name the tag', async () => {
    const { digest } = await child('quayside/web', '10.4.1', 'amd64');
    expect(await found(retag('quayside/web', '10.4.1', `quayside/web@${digest}`))).toEqual([
      `quayside 10.4.1+802 quayside/web:10.4.1 verify.reference-platforms`,
      'quayside/web:10.4.1 verify.platform-missing',
    ]);
  });

  it('a tag that is gone, and the chart that names it', async () => {
    expect(await found(storage.loseTag('quayside/web', '10.4.1'))).toEqual([
      'quayside 10.4.1+802 quayside/web:10.4.1 verify.reference-missing',
      'quayside/web:10.4.1 verify.tag-absent',
    ]);
  });

  it('a chart that is gone', async () => {
    expect(await found(storage.loseTag('addon/quayside', '10.4.1_802'))).toEqual([
      'quayside 10.4.1+802 verify.chart-absent',
    ]);
  });

  /** Publishes the chart with other values, as after a change by hand. */
  async function edit(name: string, chartVersion: string, change: (values: string) => string): Promise<Undo> {
    const charts = createOciCharts({ url: `oci://${registry.host}/addon`, registry: target });
    const before = await charts.getChart(name, chartVersion, never);
    if (!before) throw new Error(`no chart ${name}`);
    const files = new Map(unpackChart(before.archive));
    const values = String(files.get('values.yaml'));
    const changed = change(values);
    expect(changed).not.toBe(values);
    files.set('values.yaml', Buffer.from(changed));
    const { version: same } = before;
    await charts.putChart({ name, version: same, archive: packChart(name, files), provenance: null }, never);
    return () => charts.putChart(before, never);
  }

  it('a chart whose values point to an image that was never pushed', async () => {
    const lines = await found(edit('quayside', '10.4.1+802', (text) => text.replace('"10.4.1"', '"10.9.9"')));
    expect(lines).toEqual([
      'quayside 10.4.1+802 quayside/api:10.9.9 verify.reference-missing',
      'quayside 10.4.1+802 verify.chart-changed',
    ]);
  });

  it('a chart whose values point elsewhere again', async () => {
    const moved = edit('lanternd', '0.4.1', (text) =>
      text.replace(`${registry.host}/lantern`, 'quay.io/lantern'),
    );
    // a proof by packages does not compare names that an import writes; a proof by run does
    const changed = ['lanternd 0.4.1 verify.chart-changed'];
    expect(await found(moved, {}, changed)).toEqual([
      'lanternd 0.4.1 quay.io/lantern/lanternd:0.4.1 verify.reference-elsewhere',
    ]);
  });

  it('a platform that is asked for and that no package brought', async () => {
    const proof = await verify({ requirePlatforms: ['linux/amd64', 'linux/arm64/v8'] });
    expect(findingsIn(proof, registry.host)).toEqual([
      'bollard/holder:0.2.0 verify.platform-missing',
      // the mislabelled image of the package was left out
      'ropewalk/twister:stable-v0.7.0 verify.platform-missing',
    ]);
    const all = await verify({ packages: SEED.map(packagePath), requirePlatforms: ['linux/s390x'] });
    expect(all.images.every((image) => image.problem?.code === 'verify.platform-missing')).toBe(true);
  });

  it('only what was asked for', async () => {
    const { digest } = await child('quayside/web', '10.4.1', 'amd64');
    const undo = await retag('quayside/web', '10.4.1', `quayside/web@${digest}`);
    try {
      expect((await verify({ selection: { skip: ['quayside'] } })).ok).toBe(true);
      expect((await verify({ selection: { platforms: ['linux/amd64'] } })).ok).toBe(true);
      const only = await verify({ selection: { only: ['addon/quayside'] } });
      expect(only.ok).toBe(false);
      expect(only.charts.map((chart) => chart.name)).toEqual(['quayside']);
    } finally {
      await undo();
    }
  });

  it('names a mislabelled image that was left out, and does not complain about it', async () => {
    const proof = await verify();
    expect(proof.ok).toBe(true);
    expect(proof.notes.map(({ code, params }) => [code, params])).toEqual([
      [
        'verify.left-out',
        { target: `${registry.host}/ropewalk/twister:stable-v0.7.0`, platform: 'linux/arm64' },
      ],
    ]);
  });

  it('refuses what cannot be verified, before anything is read', async () => {
    const refusal = async (request: VerifyRequest) => {
      const answer = await bench.engine.verify(request, never);
      return answer.ok ? null : answer.problem.code;
    };
    const here = { registry: registry.url };
    expect(await refusal({ target: here })).toBe('verify.what');
    expect(await refusal({ target: here, packages: [packagePath('v0.9.0-amd64')], run: 'latest' })).toBe(
      'verify.what',
    );
    expect(await refusal({ target: here, run: 'nonsense' })).toBe('run.unknown');
    expect(await refusal({ target: here, run: 'latest', selection: { only: ['quayside'] } })).toBe(
      'verify.run-whole',
    );
    expect(await refusal({ target: { store: `${bench.directory}/other` }, run: 'latest' })).toBe(
      'verify.other-target',
    );
    expect(
      await refusal({
        target: { store: `${bench.directory}/other` },
        packages: LATEST.map(packagePath),
        pullAs: 'anonymous',
      }),
    ).toBe('verify.pull-as-folder');
  });
});
