// A support bundle holds what helps, and no secret; what it holds is listed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unpackChart } from '../../core/chart/files/archive.js';
import { withoutSecrets } from '../../core/messages/without-secrets.js';
import { commandLine } from '../support/command-line.js';
import { makeImage, makePackage, makeBundle, tinyBundle } from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

describe('secrets', () => {
  it.each([
    ['https://bob:s3cret@reg.local/a', 'https://***@reg.local/a'],
    ['Authorization: Basic czNjcmV0czNjcmV0', 'Authorization: Basic ***'],
    ['Bearer eyJhbGciOiJIUzI1NiJ9.s3cret.s3cret', 'Bearer ***'],
    ['{"password":"s3cret","host":"r"}', '{"password":"***","host":"r"}'],
    [
      '{"request":"{\\"registryPassword\\":\\"s3cret\\"}"}',
      '{"request":"{\\"registryPassword\\":\\"***\\"}"}',
    ],
    ['GET https://s3.local/a?X-Amz-Signature=s3cret&x=1', 'GET https://s3.local/a?X-Amz-Signature=***&x=1'],
    ['ARCHBRIDGE_PASSWORD=s3cret archbridge', 'ARCHBRIDGE_PASSWORD=*** archbridge'],
    ['-----BEGIN PRIVATE KEY-----\ns3cret\n-----END PRIVATE KEY-----', '***'],
    ['image docker.io/library/token-service:1.0', 'image docker.io/library/token-service:1.0'],
  ])('are removed from %s', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});

describe('support-bundle', () => {
  it('packs logs and journals of runs, and lists them', async () => {
    const folder = scratch();
    const archbridge = commandLine(folder);
    const path = join(folder, 'a.tar.gz');
    const bundle = tinyBundle('anchor', [makeImage('ghcr.io/anchor/app:1.0.0', 'amd64')]);
    writeFileSync(path, makePackage([{ path: 'addon/anchor_1.0.0.bundle.tar', body: makeBundle(bundle) }]));
    expect((await archbridge('import', path, '--store', join(folder, 'store'))).code).toBe(0);
    mkdirSync(join(folder, 'state', 'logs'), { recursive: true });
    writeFileSync(join(folder, 'state', 'logs', 'app.log'), 'GET https://u:s3cret@reg.local\n');
    const file = join(folder, 'out', 'support.tar.gz');
    const { code, stdout } = await archbridge('support-bundle', '--output', file);
    expect(code).toBe(0);
    const files = unpackChart(readFileSync(file));
    const names = [...files.keys()];
    for (const name of names) expect(stdout).toContain(name);
    expect(names).toContain('about.json');
    const run = names.find((name) => name.endsWith('journal.jsonl'))?.split('/')[1] ?? '';
    const log = files.get('logs/cli.log')?.toString() ?? '';
    expect(run).not.toBe('');
    expect(log).toContain(`"run":"${run}"`);
    expect(files.get('logs/app.log')?.toString()).toBe('GET https://***@reg.local\n');
    const wrong = await archbridge('support-bundle', '--output', join(folder, 'a.zip'));
    expect(wrong.stderr).toContain('a.zip');
  });
});
