// The parts of package names that the window shows, compared with what the engine reads in them.
import { describe, expect, it } from 'vitest';
import { parsePackageName } from '../../core/package/source/names.js';
import {
  fileName,
  folderOf,
  isPlatformInstaller,
  packageFacts,
} from '../../renderer/stores/packages/package-name.js';

const NAMES = [
  'addon-offline-full-package-v0.9.0-amd64.tar.gz',
  'addon-offline-full-package-v0.12.0-rc1-arm64.tar.gz',
  'standard-addon-offline-package-v0.18.0-amd64.tar.gz',
  'gpu-addon-offline-package-v0.18.0-arm64 (1).tar.gz',
  'insight_v0.18.2_amd64.tar',
  'kpanda_0.20.1_x86_64.tgz',
  'something.tar.gz',
];

describe('package names', () => {
  it.each(NAMES)('%s: version and architecture are those that the engine reads', (name) => {
    const { version, arch } = parsePackageName(name);
    expect(packageFacts(name)).toMatchObject({ version, arch });
  });

  it('give people a short product name', () => {
    expect(NAMES.map((name) => packageFacts(name).label)).toEqual([
      'addon',
      'addon',
      'standard addon',
      'gpu addon',
      'insight',
      'kpanda',
      'something',
    ]);
  });

  it("of the platform's installer are recognized, and names of packages are not mistaken for it", () => {
    expect(isPlatformInstaller('offline-v0.9.0-amd64.tar')).toBe(true);
    expect(isPlatformInstaller('offline-centos7-v0.17.0-amd64.tar')).toBe(true);
    expect(NAMES.some(isPlatformInstaller)).toBe(false);
  });

  it('are the last part of paths of every system', () => {
    expect(fileName('/media/usb/a.tar')).toBe('a.tar');
    expect(fileName('D:\\packages\\a.tar')).toBe('a.tar');
    expect(folderOf('/media/usb/a.tar')).toBe('/media/usb');
  });
});
