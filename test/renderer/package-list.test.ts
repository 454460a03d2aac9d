// The rules on the list of packages: choice, what it means, checksums, drives that come and go.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Drive, InventoryPackage, Problem } from '../../core/contract.js';
import {
  checksumVerdict,
  choiceMeaning,
  chosenPackages,
  EMPTY_LIST,
  hasRest,
  mayChoose,
  parseHashes,
  ruinOf,
  withAdded,
  withDrives,
  withPackage,
  type PackageList,
} from '../../renderer/stores/packages/package-list.js';

const HASH = 'a'.repeat(127) + 'b';

function inventory(part: Partial<InventoryPackage> = {}): InventoryPackage {
  return {
    path: '/p/x.tar.gz',
    name: 'x.tar.gz',
    family: 'full',
    version: '0.9.0',
    arch: 'amd64',
    bytes: 10,
    sha512: HASH,
    checksum: 'unknown',
    charts: [{ repo: '', name: 'c', version: '1', images: [], lacking: [], skipImages: false, problems: [] }],
    images: [],
    blobBytes: 0,
    sharedBytes: 0,
    cached: false,
    problems: [],
    ...part,
  };
}

const damaged: Problem = {
  code: 'package.damaged',
  params: {},
  message: '',
  hint: '',
  origin: 'package',
  retryable: false,
};

function drive(...names: readonly string[]): Drive {
  const packages = names.map((name) => ({
    name,
    path: `/media/usb/${name}`,
    kind: 'package' as const,
    bytes: 5,
    modified: '',
  }));
  return { label: 'USB', path: '/media/usb', removable: true, bytes: 100, free: 10, packages };
}

function chosen(...names: readonly string[]): ReturnType<typeof chosenPackages> {
  const list = names.reduce<PackageList>((all, name) => withPackage(all, `/p/${name}`, {}), EMPTY_LIST);
  return chosenPackages({ ...list, chosen: names.map((name) => `/p/${name}`) });
}

const amd64 = 'addon-offline-full-package-v0.9.0-amd64.tar.gz';
const arm64 = 'addon-offline-full-package-v0.9.0-arm64.tar.gz';

describe('what a choice means', () => {
  it('is nothing for no package, and one for one', () => {
    expect(choiceMeaning([])).toBe('none');
    expect(choiceMeaning(chosen(amd64))).toBe('one');
  });

  it('is a fusion for one version on two platforms', () => {
    expect(choiceMeaning(chosen(amd64, arm64))).toBe('fused');
  });

  it('warns of two versions of one family, also when the platforms differ', () => {
    expect(choiceMeaning(chosen(amd64, 'addon-offline-full-package-v0.8.0-arm64.tar.gz'))).toBe(
      'other-versions',
    );
  });

  it('warns of one platform twice within a family', () => {
    const list = [amd64, 'copy'].reduce<PackageList>(
      (all, folder) =>
        withPackage(all, `/${folder}/${amd64}`, { inventory: inventory({ path: `/${folder}/${amd64}` }) }),
      EMPTY_LIST,
    );
    expect(choiceMeaning(chosenPackages({ ...list, chosen: Object.keys(list.known) }))).toBe('same-platform');
  });

  it('accepts families of other versions together', () => {
    const standard = 'standard-addon-offline-package-v0.18.0-amd64.tar.gz';
    expect(choiceMeaning(chosen(standard, 'gpu-addon-offline-package-v0.19.0-amd64.tar.gz'))).toBe('several');
    expect(choiceMeaning(chosen(amd64, 'insight_v0.18.2_amd64.tar'))).toBe('several');
  });

  it('gives letters in the order in which packages were chosen', () => {
    expect(chosen(arm64, amd64).map(({ tile, arch }) => [tile, arch])).toEqual([
      ['A', 'arm64'],
      ['B', 'amd64'],
    ]);
  });
});

describe('checksums', () => {
  const known = (part: Parameters<typeof withPackage>[2]) =>
    withPackage(EMPTY_LIST, '/p/x.tar.gz', part).known['/p/x.tar.gz']!;

  it('are not known before the package was read', () => {
    expect(checksumVerdict(known({}))).toBe('unread');
  });

  it('come from the file beside the package', () => {
    expect(checksumVerdict(known({ inventory: inventory({ checksum: 'ok' }) }))).toBe('sidecar');
    expect(checksumVerdict(known({ inventory: inventory({ checksum: 'mismatch' }) }))).toBe('mismatch');
    expect(checksumVerdict(known({ inventory: inventory() }))).toBe('none');
  });

  it('that a person pasted are compared', () => {
    expect(checksumVerdict(known({ inventory: inventory(), pasted: HASH }))).toBe('pasted');
    expect(checksumVerdict(known({ inventory: inventory(), pasted: 'c'.repeat(128) }))).toBe('mismatch');
  });

  it('that do not match prevent the choice; a missing one does not', () => {
    expect(mayChoose(known({ inventory: inventory({ checksum: 'mismatch' }) }))).toBe(false);
    expect(mayChoose(known({ inventory: inventory() }))).toBe(true);
    expect(mayChoose(known({ problem: damaged }))).toBe(false);
  });

  it('do not make a damaged package usable; a damaged bundle leaves the others usable', () => {
    const cut = (archive: string): Problem => ({
      ...damaged,
      code: 'package.truncated',
      params: { archive },
    });
    const whole = known({ inventory: inventory({ problems: [cut('x.tar.gz')], checksum: 'ok' }) });
    const part = known({ inventory: inventory({ problems: [cut('addon/y_1.0.0.bundle.tar')] }) });
    expect([ruinOf(whole)?.code, mayChoose(whole)]).toEqual(['package.truncated', false]);
    expect([ruinOf(part), mayChoose(part)]).toEqual([null, true]);
  });

  it('let the rest of a damaged package be chosen when that is asked for, but not one with another hash', () => {
    const cut: Problem = { ...damaged, code: 'package.truncated', params: { archive: 'x.tar.gz' } };
    const whole = known({ inventory: inventory({ problems: [cut] }), takesRest: true });
    expect([hasRest(whole), mayChoose(whole)]).toEqual([true, true]);
    const other = known({
      inventory: inventory({ problems: [cut], checksum: 'mismatch' }),
      takesRest: true,
    });
    expect([hasRest(other), mayChoose(other)]).toEqual([false, false]);
    const unread = known({ problem: cut, takesRest: true });
    expect([hasRest(unread), mayChoose(unread)]).toEqual([false, false]);
  });

  it('are found in every form that people paste', () => {
    const lines = [
      HASH,
      `${HASH}  dir/${amd64}`,
      `${HASH.toUpperCase()} *${arm64}`,
      `SHA512 (${amd64}) = ${HASH}`,
      'not a hash',
      `${HASH}ff`,
    ].join('\r\n');
    expect(parseHashes(lines)).toEqual([
      { hash: HASH, name: null },
      { hash: HASH, name: amd64 },
      { hash: HASH, name: arm64 },
      { hash: HASH, name: amd64 },
    ]);
  });

  it('are never found in other texts', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 120 }), (text) => {
        expect(parseHashes(text)).toEqual([]);
      }),
    );
  });
});

describe('drives', () => {
  it('bring packages, and mark them when they go, without touching the choice', () => {
    const there = withDrives(EMPTY_LIST, [drive(amd64, arm64)]);
    const path = `/media/usb/${amd64}`;
    const gone = withDrives({ ...there, chosen: [path] }, []);
    expect(gone.known[path]?.gone).toBe(true);
    expect(gone.chosen).toEqual([path]);
    const back = withDrives(gone, [drive(amd64)]);
    expect(back.known[path]).toMatchObject({ gone: false, bytes: 5 });
    expect(back.known[`/media/usb/${arm64}`]?.gone).toBe(true);
  });

  it('keep what was read', () => {
    const path = `/media/usb/${amd64}`;
    const read = withPackage(withDrives(EMPTY_LIST, [drive(amd64)]), path, {
      inventory: inventory({ bytes: 5 }),
    });
    expect(withDrives(read, [drive(amd64)]).known[path]?.inventory).not.toBeNull();
  });
});

describe('added files', () => {
  it('are listed once', () => {
    const list = withAdded(withAdded(EMPTY_LIST, ['/a', '/b']), ['/b', '/c']);
    expect(list.added).toEqual(['/a', '/b', '/c']);
  });
});
