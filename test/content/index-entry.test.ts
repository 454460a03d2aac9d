// Indexes in odd forms: what skopeo reads is read here, too, or is at least never called something that is no image.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { parseManifest, rawManifest } from '../../core/content/manifest.js';
import { DOCKER_LIST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import { requireProgram } from '../support/programs.js';
import { scratchFolders } from '../support/scratch.js';

const config = Buffer.from(
  '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]},"config":{}}',
);
const configEntry = { mediaType: OCI_CONFIG, digest: digestOf(config), size: config.length };
const image = rawManifest(
  Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: OCI_MANIFEST, config: configEntry, layers: [] })),
  OCI_MANIFEST,
);
const linux = { os: 'linux', architecture: 'amd64' };
const entry = { mediaType: OCI_MANIFEST, digest: image.digest, size: image.bytes.length, platform: linux };
const { size: _, ...sizeless } = entry;
const { mediaType: __, ...typeless } = entry;
const other = { ...entry, platform: { os: 'linux', architecture: 'arm64' } };
const { digest: ___, ...nameless } = other;
const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests: [entry] };
const of = (...manifests: readonly unknown[]): unknown => ({ ...index, manifests });
const list = (...manifests: readonly unknown[]): unknown => ({ ...index, mediaType: DOCKER_LIST, manifests });

/** What skopeo reads, and the platforms that are seen in it. */
const READ: readonly (readonly [what: string, json: unknown, platforms: readonly (string | undefined)[]])[] =
  [
    ['as the specification says', index, ['amd64']],
    ['another digest algorithm', of(entry, { ...other, digest: `sha512:${'ab'.repeat(64)}` }), ['amd64']],
    ['no digest', of(entry, nameless), ['amd64']],
    ['what is no digest', of(entry, { ...other, digest: 'x' }), ['amd64']],
    ['a negative size', of(entry, { ...other, size: -1 }), ['amd64']],
    ['a null entry', of(entry, null), ['amd64']],
    ['no size', of(sizeless), ['amd64']],
    ['null for the size', of({ ...entry, size: null }), ['amd64']],
    ['no media type', of(typeless), ['amd64']],
    ['null for the media type', of({ ...entry, mediaType: null }), ['amd64']],
    ['an empty platform', of(entry, { ...other, platform: {} }), ['amd64', '']],
    ['a platform without architecture', of(entry, { ...other, platform: { os: 'linux' } }), ['amd64', '']],
    [
      'null in a platform',
      of({ ...entry, platform: { ...linux, variant: null, 'os.version': null, 'os.features': null } }),
      ['amd64'],
    ],
    ['null among the features', of({ ...entry, platform: { ...linux, 'os.features': [null] } }), ['amd64']],
    ['null for an annotation', of({ ...entry, annotations: { a: null } }), ['amd64']],
    ['null for a URL', of({ ...entry, urls: [null] }), ['amd64']],
    ['no platform', list(entry, { ...other, platform: null }), ['amd64', undefined]],
    [
      'null in a Docker list',
      list({ ...entry, platform: { ...linux, variant: null, features: null } }),
      ['amd64'],
    ],
    ['no version of the schema', { ...index, schemaVersion: null }, ['amd64']],
    ['another version of the schema', { ...index, schemaVersion: 1 }, ['amd64']],
    ['null for its media type', { ...index, mediaType: null }, ['amd64']],
  ];

/** What skopeo reads, and Archbridge names as a form that it does not read. */
const UNREAD: readonly (readonly [what: string, json: unknown])[] = [
  ['keys in another case', { SchemaVersion: 2, MediaType: OCI_INDEX, Manifests: [entry] }],
  [
    'keys of entries in another case',
    of({ MediaType: OCI_MANIFEST, Digest: image.digest, Size: 1, Platform: linux }),
  ],
  ['keys of platforms in another case', of({ ...entry, platform: { OS: 'linux', Architecture: 'amd64' } })],
];

/** What neither reads. */
const BROKEN: readonly (readonly [what: string, json: unknown])[] = [
  ['text for a size', of({ ...entry, size: '7' })],
  ['a number for an annotation', of({ ...entry, annotations: { a: 1 } })],
  ['text for a platform', of(entry, { ...other, platform: 'linux/arm64' })],
  ['text for an entry', of(entry, 'x')],
  ['an object for the entries', { ...index, manifests: {} }],
];

describe('an index with', () => {
  it.each(READ)('%s is read', (_what, json, platforms) => {
    const parsed = parseManifest(Buffer.from(JSON.stringify(json)), OCI_INDEX);
    if (parsed.kind !== 'index') throw new Error(`not read: ${JSON.stringify(parsed)}`);
    expect(parsed.manifests.map(({ platform }) => platform?.architecture)).toEqual(platforms);
  });

  it.each([...UNREAD, ...BROKEN])('%s is not called something that is no image', (_what, json) => {
    const parsed = parseManifest(Buffer.from(JSON.stringify(json)), OCI_INDEX);
    expect(parsed).toMatchObject({ kind: 'other', isUnsupported: true });
  });

  it('broken JSON is not called something that is no image where its type says otherwise', () => {
    expect(parseManifest(Buffer.from('{'), OCI_INDEX)).toMatchObject({ isUnsupported: true });
    expect(parseManifest(Buffer.from('{'), 'text/plain')).toMatchObject({ isUnsupported: false });
    expect(parseManifest(Buffer.from('{"manifests":[]}'), 'text/plain')).toMatchObject({
      isUnsupported: true,
    });
  });
});

describe('skopeo', () => {
  const scratch = scratchFolders();

  it.each([...READ, ...UNREAD].map(([what, json]) => [what, json]))(
    'reads an index with %s',
    (_what, json) => {
      const folder = scratch();
      writeFileSync(join(folder, 'version'), 'Directory Transport Version: 1.1\n');
      writeFileSync(join(folder, `${hexOf(image.digest)}.manifest.json`), image.bytes);
      writeFileSync(join(folder, hexOf(configEntry.digest)), config);
      writeFileSync(join(folder, 'manifest.json'), JSON.stringify(json));
      const args = ['--override-os', 'linux', '--override-arch', 'amd64', 'inspect', `dir:${folder}`];
      expect(spawnSync(requireProgram('skopeo'), args, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    },
  );
});
