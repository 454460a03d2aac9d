// hosts.toml of containerd: which certificate files it names for a registry.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readHostsToml } from '../../../core/registry/http/hosts-toml.js';
import { createTransport } from '../../../core/registry/http/transport.js';
import { loadTrust } from '../../../core/registry/http/trust.js';
import { createAuthority } from '../../support/certificates.js';
import { startRegistry } from '../../support/registries.js';
import { scratchFolders } from '../../support/scratch.js';

const never = { signal: new AbortController().signal };
const scratch = scratchFolders();
const HOST = 'r.local:443';
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe('hosts.toml', () => {
  it.each([
    ['server = "https://r.local"\nca = "/a.pem"', ['/a.pem']],
    ["ca = '/a b.pem'  # the site's own", ['/a b.pem']],
    ['ca = [\n  "/a.pem",\n  "b.pem"\n]\n', ['/a.pem', 'b.pem']],
    ['[host."https://r.local"]\n  capabilities = ["pull"]\n  ca = "/a.pem"', ['/a.pem']],
    ['[host."https://mirror.local"]\n  ca = "/mirror.pem"', []],
    ['# ca = "/no.pem"\ncapabilities = ["ca"]', []],
  ])('%j names the authorities %j', (text, authorities) => {
    expect(readHostsToml(text, HOST).authorities).toEqual(authorities);
  });

  it.each([
    ['client = "/both.pem"', [{ certificate: '/both.pem', key: '/both.pem' }]],
    [
      'client = [["/c.cert", "/c.key"], ["/d.pem", ""]]',
      [
        { certificate: '/c.cert', key: '/c.key' },
        { certificate: '/d.pem', key: '/d.pem' },
      ],
    ],
  ])('%j names client certificates', (text, clients) => {
    expect(readHostsToml(text, HOST).clients).toEqual(clients);
  });

  it('makes the authority of a registry trusted', async () => {
    const authority = await createAuthority();
    endings.push(() => authority.remove());
    const registry = await startRegistry({ version: 3, tls: await authority.issue('registry') });
    endings.push(() => registry.stop());
    const folder = scratch();
    await mkdir(join(folder, registry.host));
    await writeFile(join(folder, registry.host, 'hosts.toml'), `ca = "${authority.certificate}"\n`);
    const network = { trust: () => loadTrust({}, never, [folder]), resolve: new Map<string, string>() };
    const transport = createTransport({ origin: 'registry', allowedHosts: [registry.host], network });
    endings.push(() => transport.close());
    const response = await transport.send({ method: 'GET', url: `${registry.url}/v2/`, ...never });
    expect(response.status).toBe(200);
    await response.discard();
  });
});
