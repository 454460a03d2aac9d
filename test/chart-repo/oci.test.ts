// Charts in real OCI registries, read and written by helm as well.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { create } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartTag, createOciCharts } from '../../core/chart-repo/oci.js';
import { digestOf } from '../../core/content/digest.js';
import { parseManifest, rawManifest } from '../../core/content/manifest.js';
import { OCI_MANIFEST } from '../../core/content/media-types.js';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import type { ChartTarget, PublishedChart } from '../../core/ports/chart-target.js';
import { requireProgram } from '../support/programs.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';

const run = promisify(execFile);
const never = { signal: new AbortController().signal };

/** A chart archive `<name>-<version>.tgz` in `folder`. */
async function packaged(
  folder: string,
  name: string,
  version: string,
  description = '',
): Promise<PublishedChart> {
  const source = join(folder, 'source', name);
  await mkdir(source, { recursive: true });
  const lines = [
    'apiVersion: v2',
    `name: ${name}`,
    `version: "${version}"`,
    'keywords: [a, "<b>"]',
    'x-own: 1',
  ];
  await writeFile(
    join(source, 'Chart.yaml'),
    [...lines, `description: ${description || '~'}`, ''].join('\n'),
  );
  await writeFile(join(source, 'values.yaml'), `a: ${version}\n`);
  const file = join(folder, `${name}-${version}.tgz`);
  await create({ file, cwd: join(folder, 'source'), gzip: true, portable: true }, [
    `${name}/Chart.yaml`,
    `${name}/values.yaml`,
  ]);
  const archive = await readFile(file);
  return { name, version, archive, provenance: null };
}

describe.each([2, 3] as const)('charts in distribution %i', (version) => {
  let folder: string;
  let registry: RunningRegistry;
  let target: RegistryTarget;
  let charts: ChartTarget;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'archbridge-oci-charts-'));
    registry = await startRegistry({ version });
    target = createRegistryTarget({ url: registry.url, origin: 'chart-repo', retryPauses: [] });
    charts = createOciCharts({ url: `oci://${registry.host}/addon/`, registry: target });
  });
  afterAll(async () => {
    await charts.close();
    await target.close();
    await registry.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('publishes under the tag that helm asks for, and reads back the same', async () => {
    const chart = await packaged(folder, 'quayside', '10.2.0+738', 'A quay & more');
    expect(await charts.getChart('quayside', '10.2.0+738', never)).toBeNull();
    await charts.putChart(chart, never);
    expect(await charts.getChart('quayside', '10.2.0+738', never)).toMatchObject(chart);
    expect(await charts.getChart('quayside', '10.2.0', never)).toBeNull();
    const manifest = await target.getManifest('addon/quayside', '10.2.0_738', never);
    expect(manifest?.mediaType).toBe(OCI_MANIFEST);
    expect(JSON.parse(manifest?.bytes.toString() ?? '')).toMatchObject({
      annotations: {
        'org.opencontainers.image.description': 'A quay & more',
        'org.opencontainers.image.title': 'quayside',
        'org.opencontainers.image.version': '10.2.0+738',
      },
    });
  });

  it('is pulled by helm', async () => {
    const chart = await packaged(folder, 'pulled', '1.0.0+1');
    await charts.putChart(chart, never);
    const into = join(folder, 'pulled-into');
    await mkdir(into);
    const url = `${charts.url}/pulled`;
    await run(requireProgram('helm'), ['pull', url, '--version', '1.0.0+1', '--plain-http', '-d', into], {
      env: { HOME: folder },
    });
    expect(await readFile(join(into, 'pulled-1.0.0+1.tgz'))).toEqual(chart.archive);
  });

  it('reads what helm pushed, and agrees with it on the config', async () => {
    const chart = await packaged(folder, 'pushed', '2.0.0', 'From helm');
    const archive = join(folder, 'pushed-2.0.0.tgz');
    await run(requireProgram('helm'), ['push', archive, charts.url, '--plain-http'], {
      env: { HOME: folder },
    });
    expect(await charts.getChart('pushed', '2.0.0', never)).toMatchObject(chart);
    const configOf = async (): Promise<unknown> => {
      const manifest = await target.getManifest('addon/pushed', '2.0.0', never);
      return manifest && parseManifest(manifest.bytes, manifest.mediaType);
    };
    const byHelm = await configOf();
    await charts.putChart(chart, never);
    expect(await configOf()).toEqual(byHelm);
    expect(byHelm).toMatchObject({ kind: 'manifest' });
  });

  it('makes the same manifest each time, and moves the tag for another archive', async () => {
    const chart = await packaged(folder, 'again', '1.0.0');
    await charts.putChart(chart, never);
    const first = await target.getManifest('addon/again', '1.0.0', never);
    await charts.putChart(chart, never);
    expect(await target.getManifest('addon/again', '1.0.0', never)).toEqual(first);
    const changed = await packaged(folder, 'again', '1.0.0', 'other');
    await charts.putChart(changed, never);
    expect((await charts.getChart('again', '1.0.0', never))?.archive).toEqual(changed.archive);
  });

  it('keeps provenance beside the chart', async () => {
    const chart = {
      ...(await packaged(folder, 'signed', '1.0.0')),
      provenance: Buffer.from('-----BEGIN PGP'),
    };
    await charts.putChart(chart, never);
    expect(await charts.getChart('signed', '1.0.0', never)).toMatchObject(chart);
  });

  it('refuses an archive with another name or version', async () => {
    const chart = await packaged(folder, 'right', '1.0.0');
    const put = (wrong: Partial<PublishedChart>): Promise<void> =>
      charts.putChart({ ...chart, ...wrong }, never);
    await expect(put({ version: '1.0.1' })).rejects.toMatchObject({ code: 'chart-repo.not-a-chart' });
    await expect(put({ archive: gzipSync('x') })).rejects.toMatchObject({ code: 'chart-repo.not-a-chart' });
    await expect(put({ name: '../right' })).rejects.toMatchObject({ code: 'chart-repo.illegal-name' });
    expect(await charts.getChart('right', '1.0.1', never)).toBeNull();
  });

  it('does not take an image, or another version under the same tag, for the chart', async () => {
    const chart = await packaged(folder, 'under', '1.0.0+1');
    await charts.putChart(chart, never);
    const notThis = { code: 'chart-repo.tag-not-a-chart', origin: 'chart-repo' };
    await expect(charts.getChart('under', '1.0.0_1', never)).rejects.toMatchObject(notThis);
    const config = Buffer.from('{}');
    const described = {
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: digestOf(config),
      size: 2,
    };
    const image = rawManifest(
      Buffer.from(
        JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: described, layers: [] }),
      ),
      OCI_MANIFEST,
    );
    await target.putBlob('addon/image', digestOf(config), 2, config, never);
    await target.putManifest('addon/image', '1.0.0', image, never);
    await expect(charts.getChart('image', '1.0.0', never)).rejects.toMatchObject(notThis);
  });

  it('counts a chart whose archive is gone as absent', async () => {
    const chart = await packaged(folder, 'cut', '1.0.0');
    await charts.putChart(chart, never);
    await fetch(`${registry.url}/v2/addon/cut/blobs/${digestOf(chart.archive)}`, { method: 'DELETE' });
    expect(await charts.getChart('cut', '1.0.0', never)).toBeNull();
    await charts.putChart(chart, never);
    expect(await charts.getChart('cut', '1.0.0', never)).toMatchObject(chart);
  });

  it('refuses a URL of another registry', () => {
    const open = (url: string): string => createOciCharts({ url, registry: target }).url;
    expect(open(`oci://${registry.host}`)).toBe(`oci://${registry.host}`);
    expect(open(`oci://${registry.host}/a/b/`)).toBe(`oci://${registry.host}/a/b`);
    for (const url of ['oci://elsewhere/a', `https://${registry.host}/a`, `oci://${registry.host}/A`]) {
      expect(() => open(url)).toThrow(/cannot be used/);
    }
  });
});

describe('chartTag', () => {
  it('replaces + by _', () => {
    expect(chartTag('2.3+1.a+b')).toBe('2.3_1.a_b');
  });
});
