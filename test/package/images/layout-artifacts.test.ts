// What lies beside images in a layout: signatures, attestations and SBOMs are no platforms, and a digest of another algorithm costs only
// its own image.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imagesOf, problemsOf, record, type Recording } from '../../support/package-recorder.js';
import {
  LayoutBuilder,
  makeImage,
  makeLayer,
  makeTar,
  named,
  OCI_INDEX,
  OCI_MANIFEST,
  type JsonDescriptor,
  type TarFile,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const NAME = 'quay.example/mint/coin:3';
const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';

async function read(files: readonly TarFile[]): Promise<Recording> {
  const path = join(scratch(), 'haul.tar');
  writeFileSync(path, makeTar(files));
  return record(path);
}

function notesOf({ facts }: Recording): readonly unknown[] {
  return facts?.notes.map(({ code, params }) => [code, params['image'], params['type']]) ?? [];
}

const UNKNOWN = { architecture: 'unknown', os: 'unknown', rootfs: { type: 'layers', diff_ids: [] } };

describe('an entry of a layout', () => {
  it.each([
    ['sig', 'application/vnd.dev.cosign.simplesigning.v1+json'],
    ['att', 'application/vnd.dsse.envelope.v1+json'],
    ['sbom', 'text/spdx+json'],
    ['sbom', 'application/vnd.cyclonedx+json'],
  ])(
    'that holds a cosign .%s (%s) is an image beside its own, and skipped with a note where that is not there',
    async (kind, type) => {
      const layout = new LayoutBuilder();
      const image = layout.image(makeImage(null, 'arm64'));
      const attached = layout.artifact([type, type]);
      const name = `quay.example/mint/coin:sha256-${image.digest.slice(7)}.${kind}`;
      const recording = await read(layout.files([named(attached, name), named(image, NAME)]));
      expect(imagesOf(recording).map((one) => [one.names, one.platform.architecture, one.problem])).toEqual([
        [[NAME], 'arm64', null],
        [[name], 'arm64', null],
      ]);
      expect(recording.facts?.notes).toEqual([]);
      const alone = await read(layout.files([named(attached, name)]));
      expect(imagesOf(alone)).toEqual([]);
      expect(notesOf(alone)).toEqual([['package.artifact-skipped', name, type]]);
    },
  );

  it('whose image is told by Hauler (as before 1.5, as later, or for a child of an index) has the name of cosign', async () => {
    const layout = new LayoutBuilder();
    const [amd64, arm64] = [makeImage(null, 'amd64'), makeImage(null, 'arm64')].map((one) =>
      layout.image(one),
    );
    const index = layout.index([amd64!, arm64!]);
    const hex = arm64!.digest.slice(7);
    const by = (text: string, annotations: Record<string, string>): JsonDescriptor => ({
      ...layout.artifact([`application/${text}+json`]),
      annotations: { 'io.containerd.image.name': NAME, ...annotations },
    });
    const ref = `mint/coin:sha256-${hex}.sbom`;
    const recording = await read(
      layout.files([
        named(index, NAME),
        by('a', { kind: `dev.hauler/sigs/${hex}` }),
        by('b', { kind: `dev.cosignproject.cosign/atts/${hex}` }),
        by('c', { 'org.opencontainers.image.ref.name': ref }),
        by('d', { kind: 'dev.hauler/sigs' }),
        by('e', { kind: 'dev.hauler/referrers/x' }),
      ]),
    );
    const tag = `quay.example/mint/coin:sha256-${hex}`;
    expect(imagesOf(recording).flatMap((one) => one.names)).toEqual([
      ...[NAME, NAME],
      ...[`${tag}.sig`, `${tag}.att`, `${tag}.sbom`],
    ]);
    // the index of a tag is made anew in the target
    expect(notesOf(recording)).toEqual([
      ['package.attached-left-out', NAME, undefined],
      ['package.artifact-skipped', NAME, 'application/e+json'],
    ]);
  });

  it('that names its image as its subject is a tag beside that image, wherever the layout lists it', async () => {
    const layout = new LayoutBuilder();
    const [amd64, arm64] = [makeImage(null, 'amd64'), makeImage(null, 'arm64')].map((one) =>
      layout.image(one),
    );
    const index = layout.index([amd64!, arm64!]);
    const [bundle, sbom] = ['application/vnd.dev.sigstore.bundle.v0.3+json', 'application/spdx+json'].map(
      (type) => layout.referrer(arm64!, type),
    );
    const annotations = {
      'io.containerd.image.name': NAME,
      kind: `dev.hauler/referrers/${bundle!.digest.slice(7)}`,
    };
    const recording = await read(
      layout.files([
        named(index, NAME),
        { ...bundle!, annotations },
        // what oras writes; and the tag for registries that list no referrers
        sbom!,
        named(layout.index([sbom!]), `quay.example/mint/coin:sha256-${arm64!.digest.slice(7)}`),
        layout.referrer(index, 'application/of-index+json'),
        layout.referrer({ ...index, digest: `sha256:${'0'.repeat(64)}` }, 'application/of-none+json'),
      ]),
    );
    const tag = `quay.example/mint/coin:sha256-${arm64!.digest.slice(7)}`;
    const tagOf = ({ digest }: JsonDescriptor): string => `${tag}.ref-${digest.slice(7, 19)}`;
    const found = imagesOf(recording).map((one) => [one.names[0], one.platform.architecture, one.problem]);
    expect(found).toEqual([
      [NAME, 'amd64', null],
      [NAME, 'arm64', null],
      [tagOf(bundle!), 'arm64', null],
      [tagOf(sbom!), 'arm64', null],
    ]);
    expect(recording.facts?.notes.map(({ code }) => code)).toEqual([
      'package.attached-left-out',
      'package.artifact-skipped',
    ]);
  });

  it('with one image layer among others is an image', async () => {
    const layout = new LayoutBuilder();
    const image = layout.artifact(
      ['application/vnd.oci.image.layer.v1.tar+gzip', 'application/vnd.in-toto+json'],
      { os: 'linux', architecture: 'amd64' },
    );
    expect(imagesOf(await read(layout.files([named(image, NAME)])))).toMatchObject([{ names: [NAME] }]);
  });

  it('without layers is an image', async () => {
    const layout = new LayoutBuilder();
    const image = layout.artifact([], { os: 'linux', architecture: 'amd64', rootfs: { diff_ids: [] } });
    expect(imagesOf(await read(layout.files([named(image, NAME)])))).toMatchObject([{ problem: null }]);
  });
});

describe('an attestation of BuildKit without annotations', () => {
  it.each([
    ['with the platform unknown/unknown', { platform: { os: 'unknown', architecture: 'unknown' } }],
    ['without a platform', {}],
  ])('%s is no platform of its index', async (_, fields) => {
    const layout = new LayoutBuilder();
    const [amd64, arm64] = [makeImage(null, 'amd64'), makeImage(null, 'arm64')].map((one) =>
      layout.image(one),
    );
    const attestation = layout.artifact(['application/vnd.in-toto+json'], UNKNOWN);
    const inner = layout.index([amd64!, arm64!, { ...attestation, ...fields }]);
    for (const index of [inner, layout.index([inner])]) {
      const recording = await read(layout.files([named(index, NAME)]));
      expect(imagesOf(recording).map((one) => [one.platform.architecture, one.problem])).toEqual([
        ['amd64', null],
        ['arm64', null],
      ]);
      expect(recording.facts?.notes.map(({ params }) => params['image'])).toEqual([
        `${NAME} ${attestation.digest}`,
      ]);
    }
  });
});

describe('a digest of another algorithm', () => {
  const sha512 = (bytes: Buffer): string => `sha512:${createHash('sha512').update(bytes).digest('hex')}`;
  const bran = 'quay.example/mill/bran:1';

  /** A layout with a good image, and whatever `other` adds to it: its entry and further files. */
  async function readBeside(
    other: (layout: LayoutBuilder) => { entry: unknown; files?: readonly TarFile[] },
  ): Promise<Recording> {
    const layout = new LayoutBuilder();
    const good = named(layout.image(makeImage(null, 'amd64')), NAME);
    const { entry, files = [] } = other(layout);
    const written = layout.files([good]).map((file) => {
      if (file.path !== 'index.json') return file;
      return { ...file, body: JSON.stringify({ schemaVersion: 2, manifests: [good, entry] }) };
    });
    return read([...files, ...written]);
  }

  const expected = { code: 'package.digest-unsupported', params: { algorithm: 'sha512', image: bran } };

  it('in index.json costs only its own image, whose blobs are not read', async () => {
    const body = makeLayer('strong').stored;
    const manifest = Buffer.from('{"schemaVersion":2}');
    const recording = await readBeside(() => ({
      entry: {
        mediaType: OCI_MANIFEST,
        digest: sha512(manifest),
        size: manifest.length,
        annotations: { 'io.containerd.image.name': bran },
      },
      files: [manifest, body].map((one) => ({ path: `blobs/sha512/${sha512(one).slice(7)}`, body: one })),
    }));
    expect(problemsOf(recording)).toEqual([null]);
    expect(imagesOf(recording)).toMatchObject([
      { names: [NAME], problem: null },
      { names: [bran], problem: expected },
    ]);
  });

  it.each(['config', 'layers'])('in the %s of a manifest costs only that image', async (field) => {
    const recording = await readBeside((layout) => {
      const blob = layout.put(OCI_CONFIG, Buffer.from('{}'));
      const strong = { ...blob, digest: sha512(Buffer.from('{}')) };
      const body = {
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: blob,
        layers: [blob],
        [field]: strong,
      };
      const fields = field === 'config' ? body : { ...body, layers: [blob, strong] };
      return { entry: named(layout.put(OCI_MANIFEST, Buffer.from(JSON.stringify(fields))), bran) };
    });
    expect(imagesOf(recording)).toMatchObject([{ problem: null }, { names: [bran], problem: expected }]);
  });

  it('in an index costs only that platform', async () => {
    const recording = await readBeside((layout) => {
      const arm64 = layout.image(makeImage(null, 'arm64'));
      const strong = { ...arm64, digest: sha512(Buffer.from('x')) };
      const body = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [strong, arm64] };
      return { entry: named(layout.put(OCI_INDEX, Buffer.from(JSON.stringify(body))), bran) };
    });
    expect(imagesOf(recording)).toMatchObject([
      { names: [NAME], problem: null },
      { names: [bran], platform: { architecture: 'arm64' }, problem: null },
      { names: [bran], problem: expected },
    ]);
  });
});
