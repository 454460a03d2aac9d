// What a package's file name says.
import { describe, expect, it } from 'vitest';
import { parsePackageName } from '../../../core/package/source/names.js';

describe('parsePackageName', () => {
  it.each([
    ['addon-offline-full-package-v0.11.0-arm64.tar.gz', 'full', '0.11.0', 'arm64'],
    ['standard-addon-offline-package-v0.24.0-amd64.tar.gz', 'standard', '0.24.0', 'amd64'],
    ['gpu-addon-offline-package-v0.18.0-amd64.tar.gz', 'gpu', '0.18.0', 'amd64'],
    ['standard-addon-offline-package-v0.24.0-rc1-amd64.tar', 'standard', '0.24.0-rc1', 'amd64'],
    ['addon-offline-full-package-v0.9.0-amd64 (1).tar.gz', 'full', '0.9.0', 'amd64'],
    ['amamba_0.20.1_x86_64.tar', 'other', '0.20.1', 'amd64'],
    ['addon-offline-full-package-arm64.tgz', 'full', '', 'arm64'],
    ['tidewatch_1.3.0.bundle.tar', 'other', '', ''],
    ['unpacked', 'other', '', ''],
    ['', 'other', '', ''],
  ])('takes %s apart', (name, family, version, arch) => {
    expect(parsePackageName(name)).toEqual({ name, family, version, arch });
  });
});
