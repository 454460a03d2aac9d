// A folder target that is shared: skopeo, crane and helm pull from it, nobody writes, and nothing outside of it is served.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFolderCharts } from '../../../core/chart-repo/folder.js';
import { digestOf, hexOf } from '../../../core/content/digest.js';
import { rawManifest, type RawManifest } from '../../../core/content/manifest.js';
import { OCI_MANIFEST } from '../../../core/content/media-types.js';
import { openFolderTarget, type FolderTarget } from '../../../core/folder/folder-target.js';
import { shareStore, type SharedStore } from '../../../core/folder/share/share-store.js';
import { createAuthority } from '../../support/certificates.js';
import { publishedChart } from '../../support/chart-archive.js';
import { requireProgram, type Program } from '../../support/programs.js';
import { rawRequest } from '../../support/raw-http.js';
import { scratchFolders } from '../../support/scratch.js';
import { pushImages, tinyImage } from '../../support/tiny-image.js';

const run = promisify(execFile);
const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const images = [tinyImage('amd64', 'a'), tinyImage('arm64', 'b')];
const [first = tinyImage('amd64', 'a')] = images;
const chart = publishedChart({ name: 'web', version: '1.2.0+b1', files: {} });

let folder = '';
let store = '';
let shared: SharedStore;
let index: RawManifest;
const lines: string[] = [];

async function call(program: Program, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run(requireProgram(program), [...args], {
    env: { ...process.env, HOME: folder },
  });
  return stdout;
}

beforeAll(async () => {
  // `scratch` belongs to one test, and this folder to all
  folder = mkdtempSync(join(tmpdir(), 'share-'));
  store = join(folder, 'store');
  const target = await openFolderTarget(store, options);
  index = await pushImages(target, 'docker.io/library/app', 'v1', images, options);
  await pushImages(target, 'registry.local:5000/team/app', '1', images.slice(0, 1), options);
  await pushImages(target, 'ghcr.io/library/app', 'v2', images, options);
  await pushChart(target);
  await target.close();
  const charts = await openFolderCharts(join(store, 'charts'), options);
  await charts.putChart(chart, options);
  await charts.close();
  shared = await open(store);
});
afterAll(async () => {
  await shared.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A chart as helm pushes it, under the name `registry.local/charts/web:1.2.0_b1`. */
async function pushChart(target: FolderTarget): Promise<void> {
  const config = Buffer.from(JSON.stringify({ name: chart.name, version: chart.version, apiVersion: 'v2' }));
  const describe = (mediaType: string, bytes: Buffer) => ({
    mediaType,
    digest: digestOf(bytes),
    size: bytes.length,
  });
  for (const blob of [config, chart.archive])
    await target.putBlob('', digestOf(blob), blob.length, blob, options);
  const manifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: describe('application/vnd.cncf.helm.config.v1+json', config),
    layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', chart.archive)],
  };
  const raw = rawManifest(Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST);
  await target.putManifest('registry.local/charts/web', '1.2.0_b1', raw, { ...options, asItWas: true });
}

async function open(folder: string): Promise<SharedStore> {
  return shareStore(
    { store: folder, address: '127.0.0.1', port: 0, tls: null, onAnswer: (line) => lines.push(line) },
    options,
  );
}

const port = (): number => Number(shared.host.split(':')[1]);
const ask = (line: string, headers: Readonly<Record<string, string>> = {}) =>
  rawRequest(port(), line, { host: shared.host, connection: 'close', ...headers });

describe('a shared folder', () => {
  it('gives skopeo every platform of a tag, and the same index', async () => {
    const name = `docker://${shared.host}/docker.io/library/app:v1`;
    const copy = scratch();
    await call('skopeo', '--insecure-policy', 'copy', '--all', '--src-tls-verify=false', name, `dir:${copy}`);
    expect(digestOf(readFileSync(join(copy, 'manifest.json')))).toBe(index.digest);
    for (const { layer } of images) {
      expect(readFileSync(join(copy, hexOf(digestOf(layer)))).equals(layer)).toBe(true);
    }
    const config = await call(
      'skopeo',
      '--override-arch=arm64',
      'inspect',
      '--config',
      '--tls-verify=false',
      name,
    );
    expect(JSON.parse(config)).toMatchObject({ architecture: 'arm64' });
  });

  it('gives crane its catalog, its tags and images by tag and digest', async () => {
    expect((await call('crane', 'catalog', '--insecure', shared.host)).split('\n')).toEqual([
      'docker.io/library/app',
      'ghcr.io/library/app',
      'registry.local/charts/web',
      'team/app',
      '',
    ]);
    expect(await call('crane', 'ls', '--insecure', `${shared.host}/team/app`)).toBe('1\n');
    const byDigest = `${shared.host}/team/app@${first.manifest.digest}`;
    expect(await call('crane', 'manifest', '--insecure', byDigest)).toBe(first.manifest.bytes.toString());
    const tar = join(scratch(), 'app.tar');
    // without its host a name means Docker Hub, as for the mirror of a container runtime
    await call('crane', 'pull', '--insecure', '--platform=linux/arm64', `${shared.host}/library/app:v1`, tar);
    expect(readFileSync(tar).includes(hexOf(digestOf(images[1]?.config ?? '')))).toBe(true);
  });

  it('answers what containerd asks a mirror: the path without host, and the host as ns', async () => {
    expect((await ask('GET /v2/library/app/manifests/v2')).status).toBe(404);
    expect((await ask('HEAD /v2/library/app/manifests/v2?ns=ghcr.io')).headers).toMatchObject({
      'docker-content-digest': index.digest,
      'content-length': String(index.bytes.length),
    });
    expect((await ask('HEAD /v2/team/app/manifests/1?ns=registry.local:5000')).status).toBe(200);
    expect((await ask('HEAD /v2/team/app/manifests/1?ns=ghcr.io')).status).toBe(404);
  });

  it('is a chart repository for helm', async () => {
    await call('helm', 'repo', 'add', 'shared', shared.chartsUrl);
    const to = scratch();
    await call('helm', 'pull', 'shared/web', '--version', chart.version, '-d', to);
    expect(readFileSync(join(to, `web-${chart.version}.tgz`)).equals(chart.archive)).toBe(true);
  });

  it('gives helm the charts that lie in it as OCI artifacts', async () => {
    const to = scratch();
    const url = `oci://${shared.host}/charts/web`;
    await call('helm', 'pull', url, '--plain-http', '--version', chart.version, '-d', to);
    expect(readFileSync(join(to, `web-${chart.version}.tgz`)).equals(chart.archive)).toBe(true);
  });

  it('serves HTTPS with a certificate', async () => {
    const authority = await createAuthority();
    const { certificate, key } = await authority.issue('share', { names: ['IP:127.0.0.1'] });
    const tls = { cert: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
    const settings = { store, address: '127.0.0.1', port: 0, onAnswer: () => undefined };
    const secure = await shareStore({ ...settings, tls }, options);
    try {
      expect(secure.chartsUrl).toMatch(/^https:/);
      const to = scratch();
      const from = ['--repo', secure.chartsUrl, '--ca-file', authority.certificate];
      await call('helm', 'pull', 'web', ...from, '--version', chart.version, '-d', to);
      expect(readFileSync(join(to, `web-${chart.version}.tgz`)).equals(chart.archive)).toBe(true);
      await expect(shareStore({ ...settings, tls: { cert: 'x', key: 'y' } }, options)).rejects.toMatchObject({
        code: 'share.bad-certificate',
      });
    } finally {
      await secure.close();
      await authority.remove();
    }
  });

  it('sends parts of a blob, so that a client can go on', async () => {
    const { layer } = first;
    const line = `GET /v2/team/app/blobs/${digestOf(layer)}`;
    const part = await ask(line, { range: 'bytes=2-5' });
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-length': '4', 'content-range': `bytes 2-5/${String(layer.length)}` },
    });
    expect((await ask(line, { range: `bytes=${String(layer.length)}-` })).status).toBe(416);
    expect((await ask(line, { range: 'bytes=-3' })).headers).toMatchObject({ 'content-length': '3' });
    expect((await ask(line, { range: 'bytes=1-2,4-5' })).status).toBe(200);
    expect((await ask(line, { 'if-none-match': `"${digestOf(layer)}"` })).status).toBe(304);
  });

  it('gives lists in pages', async () => {
    const page = await ask('GET /v2/_catalog?n=2');
    expect(JSON.parse(page.body)).toEqual({ repositories: ['docker.io/library/app', 'ghcr.io/library/app'] });
    const next = /^<(.+)>; rel="next"$/.exec(page.headers['link'] ?? '')?.[1] ?? '';
    const second = await ask(`GET ${next}`);
    expect(JSON.parse(second.body)).toEqual({ repositories: ['registry.local/charts/web', 'team/app'] });
    expect(second.headers['link']).toBeUndefined();
  });

  it('takes nothing: every way to write is 405 with the error of a read-only registry', async () => {
    for (const line of [
      'POST /v2/team/app/blobs/uploads/',
      'PUT /v2/team/app/manifests/1',
      'PATCH /v2/team/app/blobs/uploads/x',
      `DELETE /v2/team/app/manifests/${index.digest}`,
      'POST /charts/api/charts',
    ]) {
      const answer = await ask(line);
      expect(answer.status, line).toBe(405);
      expect(answer.headers['allow']).toBe('GET, HEAD');
      expect(answer.body, line).toContain('"UNSUPPORTED"');
    }
  });

  it('answers with the errors of the specification', async () => {
    for (const [line, status, code] of [
      ['GET /v2/none/manifests/1', 404, 'NAME_UNKNOWN'],
      ['GET /v2/team/app/manifests/none', 404, 'MANIFEST_UNKNOWN'],
      [`GET /v2/team/app/manifests/${digestOf('none')}`, 404, 'MANIFEST_UNKNOWN'],
      [`GET /v2/team/app/manifests/${digestOf(first.layer)}`, 404, 'MANIFEST_UNKNOWN'],
      [`GET /v2/team/app/blobs/${digestOf('none')}`, 404, 'BLOB_UNKNOWN'],
      ['GET /v2/team/app/blobs/md5:00', 400, 'DIGEST_INVALID'],
    ] as const) {
      const answer = await ask(line);
      expect([answer.status, answer.body.includes(code)], line).toEqual([status, true]);
    }
    expect((await ask('GET /v2/')).headers['docker-distribution-api-version']).toBe('registry/2.0');
  });

  it('serves nothing outside of the folder, through no name and no link', async () => {
    const outside = join(scratch(), 'secret.tgz');
    writeFileSync(outside, 'secret');
    symlinkSync(outside, join(store, 'charts', 'link-1.0.0.tgz'));
    const linked = digestOf('secret');
    symlinkSync(outside, join(store, 'oci', 'blobs', 'sha256', hexOf(linked)));
    for (const path of [
      '/charts/link-1.0.0.tgz',
      `/v2/team/app/blobs/${linked}`,
      `/v2/team/app/manifests/${linked}`,
      '/charts/../oci/index.json',
      '/charts/..%2Foci%2Findex.json',
      '/charts/%2e%2e/oci/oci-layout',
      '/charts/.archbridge.tgz',
      '/v2/../../etc/passwd/blobs/x',
      `/v2/team/app/blobs/..%2f..%2findex.json`,
      `/v2/team/app/manifests/sha256:..%2f..%2findex.json`,
      '/v2/team%00app/tags/list',
      '/charts/%ff.tgz',
      '/oci/index.json',
      '/.archbridge/lock',
    ]) {
      const answer = await ask(`GET ${path}`);
      expect(answer.status, path).toBeGreaterThanOrEqual(400);
      expect(answer.status, path).toBeLessThan(500);
      expect(answer.body, path).not.toContain('secret');
    }
  });

  it('does not answer a page of another site whose name was pointed to this computer', async () => {
    expect((await ask('GET /v2/_catalog', { host: `evil.example:${String(port())}` })).status).toBe(421);
  });

  it('refuses a folder that an import did not write', async () => {
    const other = scratch();
    await expect(open(other)).rejects.toMatchObject({ code: 'folder.nothing-to-share' });
    writeFileSync(join(other, 'holiday.jpg'), '');
    await expect(open(other)).rejects.toMatchObject({ code: 'folder.not-a-store' });
    await expect(
      shareStore(
        { store, address: '127.0.0.1', port: port(), tls: null, onAnswer: () => undefined },
        options,
      ),
    ).rejects.toMatchObject({ code: 'share.cannot-listen' });
  });

  it('shows an import that goes on meanwhile', async () => {
    const target = await openFolderTarget(store, options);
    await pushImages(target, 'quay.io/new/app', '1', images.slice(1), options);
    await target.close();
    expect((await ask('HEAD /v2/quay.io/new/app/manifests/1')).status).toBe(200);
    expect(lines).toContain('HEAD /v2/quay.io/new/app/manifests/1 200');
  });
});
