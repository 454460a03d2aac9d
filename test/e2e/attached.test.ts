// Signatures, attestations and SBOMs come with their images: as tags that cosign looks for, in a folder and in a registry; referrers of
// OCI 1.1 as tags of their own.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DOCKER_CONFIG, DOCKER_MANIFEST } from '../../core/content/media-types.js';
import type { Plan, Proof, Report, TargetSpec } from '../../core/contract.js';
import { LayoutBuilder, makeImage, makeTar, named, type JsonDescriptor } from '../support/packages.js';
import { allTags } from '../support/registry-reader.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { openBench, type Bench } from '../support/seed.js';
import { undo } from '../support/undoing.js';

const NAME = 'quay.example/mint/coin:3';
const SIGNATURE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const never = { signal: new AbortController().signal };

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(async () => {
  await bench.close();
});

interface Haul {
  readonly path: string;
  readonly tags: readonly string[];
  readonly layout: LayoutBuilder;
  readonly signature: JsonDescriptor;
  readonly referrer: JsonDescriptor;
}

/** A haul with an image for two architectures, a signature of the first, an SBOM and a referrer of the second, and a signature of the index. */
function haul(file: string, signs = SIGNATURE): Haul {
  const layout = new LayoutBuilder();
  const [amd64, arm64] = ['amd64', 'arm64'].map((arch) => layout.image(makeImage(null, arch)));
  const index = layout.index([amd64!, arm64!]);
  const beside = (subject: string, ending: string): string => `coin:sha256-${subject.slice(7)}.${ending}`;
  const referrer = layout.referrer(arm64!, 'application/vnd.dev.sigstore.bundle.v0.3+json');
  const tags = [
    beside(amd64!.digest, 'sig'),
    beside(arm64!.digest, 'sbom'),
    beside(arm64!.digest, `ref-${referrer.digest.slice(7, 19)}`),
  ];
  const names = [...tags.slice(0, 2), beside(index.digest, 'sig')].map((tag) => `quay.example/mint/${tag}`);
  const [sig, sbom, other] = names;
  const signature = layout.artifact([signs]);
  const path = join(bench.directory, file);
  const entries = [
    named(index, NAME),
    named(signature, sig!),
    named(layout.artifact(['application/vnd.cyclonedx+json']), sbom!),
    named(layout.artifact(['application/x+json']), other!),
    referrer,
  ];
  writeFileSync(path, makeTar(layout.files(entries)));
  return { path, tags, layout, signature, referrer };
}

async function planned(path: string, target: TargetSpec): Promise<Plan> {
  const answer = await bench.engine.plan({ packages: [path], target }, never);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

async function proven(path: string, target: TargetSpec, requirePlatforms: readonly string[]): Promise<Proof> {
  const answer = await bench.engine.verify({ packages: [path], target, requirePlatforms, full: true }, never);
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

function rows({ images }: Pick<Report, 'images'> | Plan): readonly string[] {
  return images.map(({ target, action }) => `${target.replace(/^.*\//, '')} ${action}`);
}

describe('what is attached to an image', () => {
  let registry: RunningRegistry;
  beforeAll(async () => {
    registry = await startRegistry({ version: 3 });
  });
  afterAll(async () => {
    await registry.stop();
  });

  it('gets into a registry under tags beside its image, once, and leaves with the run', async () => {
    const { path, tags, layout, signature, referrer } = haul('haul.tar');
    const target = { registry: registry.url };
    const expected = ['coin:3 push', 'coin:3 promote', ...tags.map((tag) => `${tag} push`)];
    expect(rows(await planned(path, target)).toSorted()).toEqual(expected.toSorted());
    const report = await bench.import({
      packages: [path],
      target,
      requirePlatforms: ['linux/amd64', 'linux/arm64'],
    });
    expect(report.result).toBe('done');
    expect(rows(report).toSorted()).toEqual(expected.toSorted());
    expect(report.problems.map(({ code }) => code)).toEqual(['package.attached-left-out']);
    expect(report.coverage).toEqual({
      'linux/amd64': { present: 1, total: 1 },
      'linux/arm64': { present: 1, total: 1 },
    });
    const [ofCosign = '', , own = ''] = tags;
    const held = async (tag: string): Promise<Buffer> => {
      const headers = { accept: signature.mediaType };
      const answer = await fetch(`${registry.url}/v2/mint/coin/manifests/${tag.slice(5)}`, { headers });
      return Buffer.from(await answer.arrayBuffer());
    };
    expect((await held(ofCosign)).equals(layout.bytes(signature.digest))).toBe(true);
    expect((await held(own)).equals(layout.bytes(referrer.digest))).toBe(true);
    const proof = await proven(path, target, ['linux/amd64', 'linux/arm64']);
    expect(proof.images.filter(({ ok }) => !ok)).toEqual([]);
    const again = await bench.import({ packages: [path], target });
    expect(again.images.map(({ action }) => action)).toEqual(['skip', 'skip', 'skip', 'skip', 'skip']);
    await undo(bench, { target, runs: [report.run] });
    expect(await allTags(registry.url)).toEqual({});
  });

  it('stays as it is where the tag holds other signatures', async () => {
    const target = { registry: registry.url };
    const first = haul('first.tar', `${SIGNATURE};of=site`);
    const second = haul('second.tar');
    expect(second.tags).toEqual(first.tags);
    await bench.import({ packages: [first.path], target });
    const report = await bench.import({ packages: [second.path], target });
    expect(rows(report)).toContain(`${second.tags[0] ?? ''} conflict`);
    expect(report.totals.bytesSent).toBeLessThan(200);
  });
});

describe('in a folder', () => {
  it('it is a manifest, and a pack carries it', async () => {
    const { path, tags, signature } = haul('haul.tar');
    const [direct, carried] = ['direct', 'carried'].map((name) => join(bench.directory, name));
    const report = await bench.import({ packages: [path], target: { store: direct! } });
    expect(report.images.map(({ action }) => action)).toEqual(['push', 'add', 'push', 'push', 'push']);
    const index = readFileSync(join(direct!, 'oci/index.json'), 'utf8');
    const entry = (JSON.parse(index) as { manifests: JsonDescriptor[] }).manifests.find(({ annotations }) =>
      Object.values(annotations ?? {}).some((name) => name.endsWith(tags[0] ?? '')),
    );
    expect(entry?.digest).toBe(signature.digest);
    const { out } = await bench.pack('pack.tar', { packages: [path] });
    await bench.import({ packages: [out], target: { store: carried! } });
    expect(readFileSync(join(carried!, 'oci/index.json'), 'utf8')).toBe(index);
    expect((await proven(path, { store: carried! }, [])).images.filter(({ ok }) => !ok)).toEqual([]);
  });

  it('it is left out where its image is converted and gets another digest', async () => {
    const layout = new LayoutBuilder();
    const { config, layers } = JSON.parse(
      String(layout.bytes(layout.image(makeImage(null, 'amd64')).digest)),
    ) as { config: JsonDescriptor; layers: JsonDescriptor[] };
    const type = 'application/vnd.docker.image.rootfs.diff.tar.gzip';
    const docker = layout.put(
      DOCKER_MANIFEST,
      Buffer.from(
        JSON.stringify({
          schemaVersion: 2,
          mediaType: DOCKER_MANIFEST,
          config: { ...config, mediaType: DOCKER_CONFIG },
          layers: layers.map((layer) => ({ ...layer, mediaType: type })),
        }),
      ),
    );
    const tag = `quay.example/mint/coin:sha256-${docker.digest.slice(7)}.sig`;
    const path = join(bench.directory, 'haul.tar');
    writeFileSync(
      path,
      makeTar(layout.files([named(docker, NAME), named(layout.artifact([SIGNATURE]), tag)])),
    );
    const store = join(bench.directory, 'store');
    const report = await bench.import({ packages: [path], target: { store, convertToOci: true } });
    expect(rows(report)).toEqual(['coin:3 push']);
    expect(report.problems.map(({ code }) => code)).toContain('package.attached-left-out');
    expect(existsSync(join(store, 'oci/index.json'))).toBe(true);
  });
});
