// Plants each kind of damage that an audit should find in a healthy site, one by one; the healthy site has no findings.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOciCharts } from '../../../core/chart-repo/oci.js';
import { packChart, unpackChart } from '../../../core/chart/files/archive.js';
import { parseManifest } from '../../../core/content/manifest.js';
import type { Audit, AuditRequest } from '../../../core/contract.js';
import { createRegistryTarget, type RegistryTarget } from '../../../core/registry/registry-target.js';
import { findingsOfAudit } from '../../support/audit-findings.js';
import { requireProgram } from '../../support/programs.js';
import { startRegistry, type RunningRegistry, versionsFor } from '../../support/registries.js';
import { RegistryStorage, type Undo } from '../../support/registry-storage.js';
import { openBench, packagePath, SEED, type Bench } from '../../support/seed.js';

const run = promisify(execFile);
const never = { signal: new AbortController().signal };
/** Charts with an image that no package has for both architectures. */
const ONE_ARCHITECTURE = ['winch-tools', 'bollard', 'ropewalk'];
const NODES = ['linux/amd64', 'linux/arm64'];
const QUAYSIDE = ['quayside', '10.4.1+802'] as const;

describe.each(versionsFor(2))('a site in distribution %i', (version) => {
  let registry: RunningRegistry;
  let target: RegistryTarget;
  let storage: RegistryStorage;
  let bench: Bench;
  beforeAll(async () => {
    registry = await startRegistry({ version });
    target = createRegistryTarget({ url: registry.url, retryPauses: [] });
    storage = new RegistryStorage(registry.storageDir);
    bench = await openBench();
    for (const name of SEED) {
      const selection = { skip: ONE_ARCHITECTURE };
      await bench.import({ packages: [packagePath(name)], target: { registry: registry.url }, selection });
    }
  }, 120_000);
  afterAll(async () => {
    await target.close();
    await registry.stop();
    await bench.close();
  });

  async function audit(request: Partial<AuditRequest> = {}): Promise<Audit> {
    const answer = await bench.engine.audit({ target: { registry: registry.url }, ...request }, never);
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return answer.value;
  }

  async function found(
    damage: Promise<Undo>,
    request: Partial<AuditRequest> = {},
  ): Promise<readonly string[]> {
    const undo = await damage;
    try {
      const audited = await audit(request);
      expect(audited.ok).toBe(false);
      return findingsOfAudit(audited, registry.host);
    } finally {
      await undo();
    }
  }

  async function digestOf(repository: string, tag: string): Promise<string> {
    return (await target.getManifest(repository, tag, never))?.digest ?? '';
  }

  async function childOf(repository: string, tag: string, architecture: string): Promise<string> {
    const top = await target.getManifest(repository, tag, never);
    const index = parseManifest(top?.bytes ?? Buffer.alloc(0), top?.mediaType ?? '');
    const all = index.kind === 'index' ? index.manifests : [];
    return all.find((one) => one.platform?.architecture === architecture)?.digest ?? '';
  }

  async function edit(
    [name, chartVersion]: readonly [string, string],
    change: (files: Map<string, string>) => void,
  ): Promise<Undo> {
    const charts = createOciCharts({ url: `oci://${registry.host}/addon`, registry: target });
    const before = await charts.getChart(name, chartVersion, never);
    if (!before) throw new Error(`no chart ${name}`);
    const files = new Map([...unpackChart(before.archive)].map(([path, bytes]) => [path, bytes.toString()]));
    change(files);
    const archive = packChart(name, new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));
    await charts.putChart({ name, version: chartVersion, archive, provenance: null }, never);
    return () => charts.putChart(before, never);
  }

  const values = (change: (text: string) => string) => (files: Map<string, string>) => {
    const before = files.get('values.yaml') ?? '';
    expect(change(before)).not.toBe(before);
    files.set('values.yaml', change(before));
  };

  it('is healthy', async () => {
    for (const requirePlatforms of [undefined, NODES]) {
      const audited = await audit(requirePlatforms ? { requirePlatforms } : {});
      expect(findingsOfAudit(audited, registry.host)).toEqual([]);
      expect(audited).toMatchObject({ ok: true, platforms: NODES, problems: [] });
      expect(audited.charts.length).toBeGreaterThan(18);
      const total = audited.summary['linux/arm64']?.total ?? 0;
      expect(total).toBeGreaterThan(28);
      expect(audited.summary['linux/arm64']?.present).toBe(total);
    }
  });

  it('lists every version, newest first, in the order of folders and names', async () => {
    const { charts } = await audit();
    const quayside = charts.filter((chart) => chart.name === 'quayside');
    expect(quayside.map((chart) => chart.version)).toEqual(['10.4.1+802', '10.2.0+738']);
    const names = charts.map((chart) => `${chart.repo}/${chart.name}`);
    expect(names).toEqual(names.toSorted());
  });

  it('shows what is missing for nodes of another platform before they join', async () => {
    const audited = await audit({ requirePlatforms: ['linux/arm64', 'linux/s390x'] });
    const images = audited.charts.flatMap((chart) => chart.images);
    expect(images.every((image) => image.state !== 'ok' && image.lacking.join() === 'linux/s390x')).toBe(
      true,
    );
    expect(audited.summary['linux/s390x']?.present).toBe(0);
  });

  it('a tag that was overwritten by one architecture', async () => {
    const before = await digestOf('quayside/web', '10.4.1');
    const amd64 = await childOf('quayside/web', '10.4.1', 'amd64');
    const name = `${registry.host}/quayside/web`;
    const crane = requireProgram('crane');
    await run(crane, ['tag', '--insecure', `${name}@${amd64}`, '10.4.1']);
    const undo = async (): Promise<void> => {
      await run(crane, ['tag', '--insecure', `${name}@${before}`, '10.4.1']);
    };
    expect(await found(Promise.resolve(undo))).toEqual([
      'quayside 10.4.1+802 quayside/web:10.4.1 one-platform linux/arm64',
    ]);
  });

  it('a platform whose image is gone, although the index still names it', async () => {
    const arm64 = await childOf('quayside/web', '10.4.1', 'arm64');
    expect(await found(storage.loseManifest('quayside/web', arm64))).toEqual([
      'quayside 10.4.1+802 quayside/web:10.4.1 one-platform linux/arm64',
    ]);
  });

  it('a tag that is gone, for every chart that names it', async () => {
    expect(await found(storage.loseTag('tidewatch-io/server', 'v1.2.0'))).toEqual([
      'harbourlight 4.0.2 tidewatch-io/server:v1.2.0 missing linux/amd64 linux/arm64',
      'harbourlight 4.1.0 tidewatch-io/server:v1.2.0 missing linux/amd64 linux/arm64',
      'pilotboat 90 tidewatch-io/server:v1.2.0 missing linux/amd64 linux/arm64',
      'pilotboat 91 tidewatch-io/server:v1.2.0 missing linux/amd64 linux/arm64',
      'tidewatch 1.2.0 tidewatch-io/server:v1.2.0 missing linux/amd64 linux/arm64',
    ]);
  });

  it('a chart that points to a tag that was never pushed', async () => {
    const change = values((text) => text.replace('"10.4.1"', '"10.9.9"'));
    expect(await found(edit(QUAYSIDE, change))).toEqual([
      'quayside 10.4.1+802 quayside/api:10.9.9 missing linux/amd64 linux/arm64',
    ]);
  });

  it('a chart that still points elsewhere', async () => {
    const change = values((text) => text.replace(registry.host, 'docker.m.daocloud.io'));
    expect(await found(edit(QUAYSIDE, change))).toEqual([
      'quayside 10.4.1+802 docker.m.daocloud.io/quayside/api:10.4.1 elsewhere',
    ]);
  });

  it('a chart that pins one architecture, or a digest that was never pushed', async () => {
    const amd64 = await childOf('sluiceworks/controller', 'v0.14.6', 'amd64');
    const pin = (digest: string) =>
      edit(
        ['sluice', 'v0.14.6'],
        values((text) => text.replace('sluiceworks/controller:v0.14.6', `sluiceworks/controller@${digest}`)),
      );
    expect(await found(pin(amd64))).toEqual([
      `sluice v0.14.6 sluiceworks/controller@${amd64} pinned-to-one-platform linux/arm64`,
    ]);
    const nowhere = `sha256:${'ab'.repeat(32)}`;
    expect(await found(pin(nowhere))).toEqual([
      `sluice v0.14.6 sluiceworks/controller@${nowhere} missing linux/amd64 linux/arm64`,
    ]);
    const whole = await digestOf('sluiceworks/controller', 'v0.14.6');
    const undo = await pin(whole);
    expect(findingsOfAudit(await audit())).toEqual([]);
    await undo();
  });

  it('an image that no hint names, where the chart certainly renders it', async () => {
    const change = (files: Map<string, string>): void => {
      const pod = (image: string) => `kind: Pod\nspec:\n  containers:\n    - image: ${image}\n`;
      files.set('templates/extra.yaml', pod('busybox:1.36'));
      files.set('templates/maybe.yaml', `{{ if .Values.some.thing }}\n${pod('busybox:1.37')}{{ end }}\n`);
      files.set('templates/own.yaml', pod(`"${registry.host}/no/such:1"`));
    };
    expect(await found(edit(QUAYSIDE, change))).toEqual([
      'quayside 10.4.1+802 docker.io/library/busybox:1.36 elsewhere',
      'quayside 10.4.1+802 no/such:1 missing linux/amd64 linux/arm64',
    ]);
  });

  it('a chart whose archive is gone, and one with hints that name nothing', async () => {
    const raw = await target.getManifest('addon/quayside', '10.4.1_802', never);
    const manifest = parseManifest(raw?.bytes ?? Buffer.alloc(0), raw?.mediaType ?? '');
    const archive = manifest.kind === 'manifest' ? (manifest.layers[0]?.digest ?? '') : '';
    expect(await found(storage.loseBytes(archive))).toEqual(['quayside 10.4.1+802 audit.chart-unreadable']);
    const change = (files: Map<string, string>): void => {
      files.set('.relok8s-images.yaml', '- "{{ .nothing.here }}:{{ .at.all }}"\n');
    };
    const lines = await found(edit(QUAYSIDE, change));
    expect(lines).toEqual(['quayside 10.4.1+802 chart.hint-value-missing']);
  });

  it('a tag that cannot be read is reported as unreadable, not as missing', async () => {
    const arm64 = await childOf('quayside/web', '10.4.1', 'arm64');
    expect(await found(storage.flipBit(arm64))).toEqual([
      'quayside 10.4.1+802 quayside/web:10.4.1 unreadable linux/arm64',
    ]);
  });

  it('needs charts and images', async () => {
    for (const left of [{ noCharts: true }, { noImages: true }]) {
      const answer = await bench.engine.audit({ target: { registry: registry.url, ...left } }, never);
      expect(answer).toMatchObject({ ok: false, problem: { code: 'audit.needs-both', origin: 'config' } });
    }
  });
});
