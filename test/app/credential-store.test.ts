// Passwords go to the origin for which they were given, and to no other.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CredentialStore } from '../../core/app/credential-store.js';
import type { TargetSpec } from '../../core/contract.js';
import { normalizeTarget, chartUrlsFor } from '../../core/target/spec.js';

const pair = (name: string) => ({ username: name, password: `secret of ${name}` });

describe('credentials', () => {
  it('are filled into the target whose registry they are for, in whichever form its address is written', () => {
    const store = new CredentialStore([{ location: 'registry.local', credentials: pair('a') }]);
    for (const registry of ['registry.local', 'https://registry.local', 'https://registry.local:443/']) {
      expect(store.fill({ registry }).credentials).toEqual(pair('a'));
    }
    for (const registry of [
      'http://registry.local',
      'https://registry.local:8443',
      'https://registry.local.evil',
    ])
      expect(store.fill({ registry }).credentials).toBeUndefined();
  });

  it('replace what a window sends', () => {
    const spec: TargetSpec = {
      registry: 'r.local',
      credentials: pair('window'),
      chartCredentials: pair('window'),
    };
    expect(new CredentialStore().fill(spec)).toEqual({ registry: 'r.local' });
  });

  it('of a chart repository are given beside those of the registry', () => {
    const store = new CredentialStore();
    store.set('https://r.local', pair('images'));
    store.set('http://c.local:8080/charts', pair('charts'));
    const filled = store.fill({ registry: 'r.local', charts: [{ url: 'http://c.local:8080/{repo}' }] });
    expect(filled).toMatchObject({ credentials: pair('images'), chartCredentials: pair('charts') });
    expect(
      store.fill({ registry: 'http://r.local', charts: [{ url: 'oci://r.local/x' }] }),
    ).not.toHaveProperty('chartCredentials');
  });

  it('of several chart repositories stand beside the address of each', () => {
    const store = new CredentialStore();
    for (const host of ['r.local', 'a.local', 'c.local']) store.set(`https://${host}`, pair(host));
    const charts = [
      { folder: 'addon', url: 'https://a.local/{repo}' },
      { folder: 'community', url: 'oci://c.local/x' },
      { folder: 'more', url: 'oci://r.local/x' },
      { folder: 'here', url: './folder' },
    ];
    const filled = store.fill({ registry: 'r.local', charts });
    expect(filled).not.toHaveProperty('chartCredentials');
    expect(filled.charts?.map(({ credentials }) => credentials?.username)).toEqual([
      'a.local',
      'c.local',
      'r.local',
      undefined,
    ]);
    const resolved = normalizeTarget(filled);
    expect(chartUrlsFor(resolved, 'community')).toMatchObject([{ credentials: pair('c.local') }]);
    // what came in is out again, and known
    expect(new CredentialStore().takeFrom(filled)).toEqual({ registry: 'r.local', charts });
  });

  it('can be forgotten, and are taken out of the target of a file', () => {
    const store = new CredentialStore();
    const spec: TargetSpec = {
      registry: 'http://r.local',
      charts: [{ url: 'http://c.local' }, { url: './folder' }],
      credentials: pair('r'),
      chartCredentials: pair('c'),
    };
    const bare = store.takeFrom(spec);
    expect(bare).not.toHaveProperty('credentials');
    expect(bare).not.toHaveProperty('chartCredentials');
    expect(store.fill(bare)).toEqual(spec);
    store.set('http://r.local', null);
    store.set('http://c.local', null);
    expect(store.fill(bare)).toEqual(bare);
  });

  it('never reach another origin, for any set of addresses', () => {
    const hosts = fc.constantFrom('a.local', 'b.local:5000', 'c.local');
    const address = fc.tuple(
      fc.constantFrom('http://', 'https://', 'oci://'),
      hosts,
      fc.constantFrom('', '/x', '/{repo}'),
    );
    const known = fc.uniqueArray(hosts, { maxLength: 3 });
    fc.assert(
      fc.property(hosts, fc.array(address, { maxLength: 4 }), known, (registry, charts, names) => {
        const store = new CredentialStore(
          names.flatMap((name) =>
            ['http', 'https'].map((scheme) => ({
              location: `${scheme}://${name}`,
              credentials: pair(`${scheme}://${name}`),
            })),
          ),
        );
        const spec = {
          registry: `http://${registry}`,
          charts: charts.map((parts) => ({ url: parts.join('') })),
        };
        const resolved = normalizeTarget(store.fill(spec));
        const { images } = resolved;
        if (images?.kind === 'registry' && images.credentials)
          expect(images.credentials).toEqual(pair(images.url));
        for (const location of chartUrlsFor(resolved, 'addon')) {
          if (location.kind !== 'oci' && location.kind !== 'http') continue;
          const origin = location.kind === 'oci' ? location.registry.url : new URL(location.url).origin;
          if (location.credentials) expect(location.credentials).toEqual(pair(origin));
        }
      }),
    );
  });
});
