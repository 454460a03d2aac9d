// index.json keeps the entries of other programs, and its bytes do not depend on the order in which names were written.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../core/content/media-types.js';
import {
  EMPTY_INDEX,
  encodeLayoutIndex,
  entryNamed,
  namesOf,
  parseLayoutIndex,
  withNames,
  type NamedContent,
} from '../../core/layout/layout-index.js';

const content = (text: string): NamedContent => ({
  mediaType: OCI_INDEX,
  digest: digestOf(text),
  size: text.length,
});

describe('withNames', () => {
  it('gives the same bytes for the same names in any order and any batches', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}\/[a-z]{1,3}:[a-z0-9]{1,3}$/), {
          minLength: 1,
          maxLength: 12,
        }),
        fc.integer({ min: 1, max: 5 }),
        (names, step) => {
          const once = withNames(EMPTY_INDEX, new Map(names.map((name) => [name, content(name)])));
          let later = EMPTY_INDEX;
          const reversed = [...names].reverse();
          for (let i = 0; i < names.length; i += step) {
            const batch = reversed.slice(i, i + step);
            later = withNames(later, new Map(batch.map((name) => [name, content(`old ${name}`)])));
            later = withNames(later, new Map(batch.map((name) => [name, content(name)])));
          }
          const reread = parseLayoutIndex(encodeLayoutIndex(later), 'index.json');
          expect(encodeLayoutIndex(later)).toEqual(encodeLayoutIndex(once));
          expect(namesOf(reread)).toEqual([...names].sort());
        },
      ),
    );
  });

  it('keeps foreign entries, unknown fields and their order', () => {
    const foreign = {
      schemaVersion: 2,
      annotations: { who: 'somebody' },
      extra: [1, { a: null }],
      manifests: [
        { mediaType: 'x/y', digest: 'sha512:abc', size: 3, note: 'kept' },
        {
          mediaType: OCI_MANIFEST,
          digest: digestOf('t'),
          size: 1,
          annotations: { 'org.opencontainers.image.ref.name': 'v1' },
        },
      ],
    };
    const index = parseLayoutIndex(Buffer.from(JSON.stringify(foreign)), 'index.json');
    const json: unknown = JSON.parse(
      encodeLayoutIndex(withNames(index, new Map([['a/b:1', content('n')]]))).toString(),
    );
    expect(json).toEqual({
      ...foreign,
      manifests: [
        ...foreign.manifests,
        {
          mediaType: OCI_INDEX,
          size: 1,
          digest: digestOf('n'),
          annotations: { 'io.containerd.image.name': 'a/b:1', 'org.opencontainers.image.ref.name': 'a/b:1' },
        },
      ],
    });
  });

  it('takes over an entry of that name with its annotations, but not what described the old content', () => {
    const raw = {
      schemaVersion: 2,
      manifests: [
        {
          mediaType: OCI_MANIFEST,
          digest: digestOf('single'),
          size: 6,
          platform: { os: 'linux', architecture: 'arm64' },
          data: 'c2luZ2xl',
          annotations: { 'org.opencontainers.image.ref.name': 'a/b:1', mine: 'yes' },
          unknown: true,
        },
      ],
    };
    const index = parseLayoutIndex(Buffer.from(JSON.stringify(raw)), 'index.json');
    const [entry] = withNames(index, new Map([['a/b:1', content('n')]])).entries;
    expect(entry?.raw).toEqual({
      mediaType: OCI_INDEX,
      digest: digestOf('n'),
      size: 1,
      unknown: true,
      annotations: {
        mine: 'yes',
        'io.containerd.image.name': 'a/b:1',
        'org.opencontainers.image.ref.name': 'a/b:1',
      },
    });
  });
});

describe('reading', () => {
  it.each(['', 'null', '[]', '{"schemaVersion":1}', '{"schemaVersion":2,"manifests":{}}'])(
    'refuses %j',
    (text) => {
      expect(() => parseLayoutIndex(Buffer.from(text), 'p')).toThrow(
        expect.objectContaining({ code: 'folder.bad-index' }),
      );
    },
  );

  it('takes the name of an entry whose other annotation is null', () => {
    const annotations = { 'io.containerd.image.name': null, 'org.opencontainers.image.ref.name': 'a/b:1' };
    const entry = { mediaType: OCI_MANIFEST, digest: digestOf('x'), size: 1, annotations };
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [entry] }));
    expect(entryNamed(parseLayoutIndex(bytes, 'p'), 'a/b:1', 'p')?.digest).toBe(digestOf('x'));
  });

  it('does not choose among several entries of one name', () => {
    const entry = (text: string) => ({
      mediaType: OCI_MANIFEST,
      digest: digestOf(text),
      size: 1,
      annotations: { 'io.containerd.image.name': 'a/b:1' },
    });
    const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests: [entry('x'), entry('y')] }));
    const index = parseLayoutIndex(bytes, 'p');
    expect(() => entryNamed(index, 'a/b:1', 'p')).toThrow(
      expect.objectContaining({ code: 'folder.ambiguous-name' }),
    );
    expect(entryNamed(index, 'a/b:2', 'p')).toBeNull();
  });
});
