// The installer's manifest.yaml: other files are refused.
import { describe, expect, it } from 'vitest';
import { checkInstallerManifest } from '../../core/target/installer-manifest.js';

describe('checkInstallerManifest', () => {
  it.each(['v1alpha1', 'v1alpha3'])('takes %s', (version) => {
    const text = `apiVersion: manifest.daocloud.io/${version}\nkind: DCEManifest\nglobal: {helmRepo: "https://x"}\ncomponents:\n  a: {enable: true}\n`;
    expect(checkInstallerManifest(text, 'manifest.yaml')).toEqual([]);
  });

  it('notes another API group', () => {
    const notes = checkInstallerManifest('apiVersion: other/v1\nkind: DCEManifest', 'manifest.yaml');
    expect(notes.map((note) => note.code)).toEqual(['config.manifest-version']);
  });

  it.each([
    ['kind: ClusterConfig', 'config.not-a-manifest'],
    ['', 'config.not-a-manifest'],
    ['- a', 'config.not-a-manifest'],
    ['kind: [', 'config.yaml-unreadable'],
  ])('refuses %j', (text, code) => {
    expect(() => checkInstallerManifest(text, 'manifest.yaml')).toThrow(
      expect.objectContaining({ code, origin: 'config' }),
    );
  });
});
