// Plants each kind of damage in a folder target; proofs by packages and by run find it, and a proof leaves no files behind.
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packChart, unpackChart } from '../../../core/chart/files/archive.js';
import { parseManifest, type ImageManifest } from '../../../core/content/manifest.js';
import type { Proof, VerifyRequest } from '../../../core/contract.js';
import { openFolderTarget, type FolderTarget } from '../../../core/folder/folder-target.js';
import { findingsIn } from '../../support/proof-findings.js';
import { openBench, packagePath, SEED, type Bench } from '../../support/seed.js';
import { treeOf } from '../../support/tree.js';

const never = { signal: new AbortController().signal };
const LATEST = ['v0.11.0-amd64', 'v0.11.0-arm64'] as const;
const WEB = 'docker.m.daocloud.io/quayside/web';

describe('after an undo', () => {
  it('the former state is right, by the undo and by the package that is left, and the other package is missing', async () => {
    const bench = await openBench();
    const target = { store: join(bench.directory, 'store') };
    await bench.seed(['v0.9.0-amd64'], target);
    await bench.seed(['v0.9.0-arm64'], target);
    const undone = await bench.engine.undo({ runs: ['latest'], target }, never);
    expect(undone).toMatchObject({ ok: true, value: { result: 'done' } });
    const verify = async (what: Pick<VerifyRequest, 'run' | 'packages'>): Promise<readonly string[]> => {
      const answer = await bench.engine.verify({ ...what, target }, never);
      return answer.ok ? findingsIn(answer.value) : [answer.problem.code];
    };
    expect(await verify({ run: 'latest' })).toEqual([]);
    expect(await verify({ packages: [packagePath('v0.9.0-amd64')] })).toEqual([]);
    const missing = await verify({ packages: [packagePath('v0.9.0-arm64')] });
    expect(missing).toContain('quay.io/lantern/lanternd:0.4.1 verify.platform-missing');
    expect(missing.length).toBeGreaterThan(20);
    await bench.close();
  });
});

describe('a folder target', () => {
  let bench: Bench;
  let store: string;
  let target: FolderTarget;
  beforeAll(async () => {
    bench = await openBench();
    store = join(bench.directory, 'store');
    for (const name of SEED) await bench.seed([name], { store });
    target = await openFolderTarget(store, never);
  }, 60_000);
  afterAll(async () => {
    await target.close();
    await bench.close();
  });

  async function verify(request: Partial<VerifyRequest> = {}): Promise<Proof> {
    const what = request.run === undefined ? { packages: LATEST.map(packagePath) } : {};
    const answer = await bench.engine.verify({ ...what, target: { store }, ...request }, never);
    if (!answer.ok) throw new Error(`${answer.problem.code}: ${answer.problem.message}`);
    return answer.value;
  }

  async function found(
    file: string,
    damage: (path: string) => Promise<void>,
    request: Partial<VerifyRequest> = {},
  ): Promise<readonly string[]> {
    const path = join(store, file);
    const before = await readFile(path);
    await damage(path);
    try {
      const proof = await verify(request);
      const byRun = await verify({ ...request, run: 'latest' });
      expect(findingsIn(byRun)).toEqual(findingsIn(proof));
      return findingsIn(proof);
    } finally {
      await writeFile(path, before);
    }
  }

  const blob = (digest: string): string => join('oci/blobs/sha256', digest.slice('sha256:'.length));

  /** Digest and manifest of the arm64 image of a name. */
  async function arm64(repository: string, tag: string): Promise<{ digest: string; image: ImageManifest }> {
    const top = await target.getManifest(repository, tag, never);
    const index = parseManifest(top?.bytes ?? Buffer.alloc(0), top?.mediaType ?? '');
    const all = index.kind === 'index' ? index.manifests : [];
    const entry = all.find((one) => one.platform?.architecture === 'arm64');
    const raw = entry && (await target.getManifest(repository, entry.digest, never));
    const image = raw && parseManifest(raw.bytes, raw.mediaType);
    if (!entry || image?.kind !== 'manifest') throw new Error('no arm64');
    return { digest: entry.digest, image };
  }

  it('is whole, by size and by content, and nothing is written for the proof', async () => {
    const before = await treeOf(store);
    for (const name of SEED) expect(findingsIn(await verify({ packages: [packagePath(name)] }))).toEqual([]);
    const all = await verify({ packages: SEED.map(packagePath), full: true });
    expect(all).toMatchObject({ ok: true, depth: 'content' });
    expect(await treeOf(store)).toEqual(before);
  });

  it('can be read while somebody else writes there', async () => {
    const writer = await openFolderTarget(store, never);
    await writer.access.ensure(never);
    try {
      expect((await verify({ run: 'latest' })).ok).toBe(true);
    } finally {
      await writer.close();
    }
  });

  it('a blob that is gone', async () => {
    const { image } = await arm64(WEB, '10.4.1');
    const own = image.layers.at(-1)?.digest ?? '';
    expect(await found(blob(own), (path) => rm(path))).toEqual([`${WEB}:10.4.1 verify.blob-missing`]);
  });

  it('a blob that was cut short', async () => {
    const { image } = await arm64(WEB, '10.4.1');
    const own = image.layers.at(-1)?.digest ?? '';
    expect(await found(blob(own), (path) => truncate(path, 10))).toEqual([`${WEB}:10.4.1 verify.blob-size`]);
  });

  it('a config whose bytes changed', async () => {
    const { image } = await arm64(WEB, '10.4.1');
    const flip = async (path: string): Promise<void> => {
      const bytes = await readFile(path);
      bytes.writeUInt8((bytes[20] ?? 0) ^ 1, 20);
      await writeFile(path, bytes);
    };
    expect(await found(blob(image.config.digest), flip, { full: true })).toEqual([
      `${WEB}:10.4.1 verify.blob-damaged`,
    ]);
  });

  it('a child manifest that is gone, or holds other bytes', async () => {
    const { digest } = await arm64(WEB, '10.4.1');
    const expected = [`${WEB}:10.4.1 verify.manifest-missing`];
    expect(await found(blob(digest), (path) => rm(path))).toEqual(expected);
    expect(await found(blob(digest), (path) => writeFile(path, '{}'))).toEqual(expected);
  });

  it('an index that is gone cannot be read, and so cannot a reference to it', async () => {
    const top = await target.getManifest(WEB, '10.4.1', never);
    expect(await found(blob(top?.digest ?? ''), (path) => rm(path))).toEqual([
      `${WEB}:10.4.1 folder.damaged`,
      `quayside 10.4.1+802 ${WEB}:10.4.1 folder.damaged`,
    ]);
  });

  it('a name that somebody pointed at another image', async () => {
    const lines = await found('oci/index.json', async (path) => {
      const index = JSON.parse(await readFile(path, 'utf8')) as {
        manifests: { digest: string; size: number; annotations: Record<string, string> }[];
      };
      const named = (name: string) =>
        index.manifests.find((one) => one.annotations['org.opencontainers.image.ref.name'] === name);
      const [web, other] = [named(`${WEB}:10.4.1`), named('registry.k8s.io/lightworks/lens:4.0')];
      if (!web || !other) throw new Error('no such names');
      Object.assign(web, { digest: other.digest, size: other.size });
      await writeFile(path, JSON.stringify(index));
    });
    expect(new Set(lines)).toEqual(new Set([`${WEB}:10.4.1 verify.tag-moved`]));
  });

  it('a chart that is gone, and one with a reference to nothing', async () => {
    const file = 'charts/quayside-10.4.1+802.tgz';
    expect(await found(file, (path) => rm(path))).toEqual(['quayside 10.4.1+802 verify.chart-absent']);
    const edit = async (path: string): Promise<void> => {
      const files = new Map(unpackChart(await readFile(path)));
      const values = String(files.get('values.yaml')).replace('"10.4.1"', '"7.7.7"');
      files.set('values.yaml', Buffer.from(values));
      await writeFile(path, packChart('quayside', files));
    };
    expect(await found(file, edit)).toEqual([
      'quayside 10.4.1+802 docker.m.daocloud.io/quayside/api:7.7.7 verify.reference-missing',
      'quayside 10.4.1+802 verify.chart-changed',
    ]);
  });

  it('leaves nothing in the state folder but the inspect cache', async () => {
    await verify();
    const files = Object.keys(await treeOf(join(bench.directory, 'state')));
    expect(files.filter((file) => file.startsWith('spool'))).toEqual([]);
  });
});
