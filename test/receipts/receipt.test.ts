// Receipts of runs: another computer gets the same content, and nothing else than receipts is written to its disk.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { packChart } from '../../core/chart/files/archive.js';
import { digestOf } from '../../core/content/digest.js';
import { rawManifest } from '../../core/content/manifest.js';
import { OCI_MANIFEST } from '../../core/content/media-types.js';
import { AppError } from '../../core/errors.js';
import { NO_TOTALS, reportOf } from '../../core/report/build-report.js';
import { fetchReceipts } from '../../core/receipts/fetch-receipts.js';
import { Journal, listRuns, readJournal } from '../../core/journal/journal.js';
import { pushReceipt } from '../../core/receipts/push-receipt.js';
import { encodeReceipt, receiptRepositories } from '../../core/receipts/receipt.js';
import { MemoryTarget } from '../support/memory-target.js';
import { scratchFolders } from '../support/scratch.js';

const options = { signal: new AbortController().signal };
const scratch = scratchFolders();
const formerManifest = rawManifest(Buffer.from('{"schemaVersion":2}'), OCI_MANIFEST);
const formerChart = Buffer.from('a chart archive');

const journals: Journal[] = [];
afterEach(async () => {
  for (const journal of journals.splice(0)) await journal.close();
});

async function runAt(stateDir: string, former = true): Promise<Journal> {
  const journal = await Journal.create(stateDir);
  journals.push(journal);
  await journal.append({
    type: 'run-started',
    run: journal.run,
    version: '0.1.0',
    by: { user: 'admin', host: 'first' },
    target: { kind: 'registry', location: 'http://memory.test', charts: [] },
    packages: [],
    weakened: [],
  });
  if (former) {
    await journal.keepManifest(formerManifest);
    await journal.keepChart({ archive: formerChart, provenance: Buffer.from('signed') });
  }
  await journal.append({ type: 'run-ended', result: 'done', totals: NO_TOTALS });
  return journal;
}

function push(journal: Journal, target: MemoryTarget, rules = {}) {
  return pushReceipt({ target, rules, journal }, reportOf(journal.run, journal.entries), options);
}

function fetchInto(stateDir: string, images: MemoryTarget, rules = {}) {
  return fetchReceipts({ images, rules, location: 'http://memory.test', stateDir }, options);
}

/** Everything below a folder, by relative path. */
function filesIn(folder: string): Readonly<Record<string, string>> {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    files.map((path) => [path.slice(folder.length + 1), readFileSync(path, 'latin1')]),
  );
}

describe('a receipt', () => {
  it('brings journal, former manifests and charts to another computer', async () => {
    const [here, there] = [scratch(), scratch()];
    const target = new MemoryTarget();
    const journal = await runAt(here);
    const pushed = await push(journal, target);
    expect(pushed).toMatchObject({
      reference: `memory.test/archbridge/receipts:${journal.run}`,
      digest: target.manifests.get(`archbridge/receipts:${journal.run}`)?.digest,
      leftOut: [],
    });

    expect(await fetchInto(there, target)).toEqual({ runs: [journal.run], problems: [] });
    const { [`${journal.run}/journal.jsonl`]: lines, ...former } = filesIn(join(there, 'runs'));
    const { [`${journal.run}/journal.jsonl`]: original, ...kept } = filesIn(join(here, 'runs'));
    expect(former).toEqual(kept);
    expect(Object.keys(former)).toHaveLength(3);
    expect(lines?.startsWith(original ?? '?')).toBe(true);
    const entries = (await readJournal(there, journal.run)) ?? [];
    expect(entries.slice(0, -1)).toEqual(journal.entries);
    expect(entries.at(-1)).toMatchObject({ type: 'receipt', fetched: true, digest: pushed.digest });
    expect(readdirSync(join(there, 'receipts'))).toEqual([]);
  });

  it('is the same bytes for the same run', async () => {
    const journal = await runAt(scratch());
    const [a, b] = [new MemoryTarget(), new MemoryTarget()];
    await push(journal, a);
    await push(journal, b);
    expect([...a.manifests]).toEqual([...b.manifests]);
    expect([...a.blobs]).toEqual([...b.blobs]);
  });

  it('is an OCI artifact with an empty config', async () => {
    const target = new MemoryTarget();
    const journal = await runAt(scratch());
    await push(journal, target);
    const manifest: unknown = JSON.parse(
      target.manifests.get(`archbridge/receipts:${journal.run}`)?.bytes.toString() ?? '',
    );
    expect(manifest).toMatchObject({
      artifactType: 'application/vnd.archbridge.run.v1+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 },
      layers: [
        { annotations: { 'org.opencontainers.image.title': 'journal.jsonl' } },
        { annotations: { 'org.opencontainers.image.title': 'report.json' } },
        { annotations: { 'org.opencontainers.image.title': 'former-1.tar.gz' } },
      ],
    });
  });

  it('does not change a run that this computer already has', async () => {
    const here = scratch();
    const target = new MemoryTarget();
    const journal = await runAt(here);
    await push(journal, target);
    const before = filesIn(here);
    target.log.length = 0;
    expect((await fetchInto(here, target)).runs).toEqual([journal.run]);
    expect(filesIn(here)).toEqual(before);
    expect(target.log).toEqual(['GET tags archbridge/receipts', 'GET tags library/archbridge-receipts']);
  });

  it('goes to the project `library` when there is no project `archbridge`', async () => {
    const target = new MemoryTarget();
    target.before = (request) => {
      if (!request.includes('archbridge/receipts')) return;
      throw new AppError('registry.project-missing', { origin: 'registry' });
    };
    const journal = await runAt(scratch());
    expect((await push(journal, target)).reference).toBe(
      `memory.test/library/archbridge-receipts:${journal.run}`,
    );
    expect(await fetchInto(scratch(), target)).toEqual({ runs: [journal.run], problems: [] });
  });

  it('splits former content into several layers, and names files that are too large', () => {
    const file = (bytes: Buffer): readonly [string, Buffer] => [
      `manifests/${digestOf(bytes).slice(7)}`,
      bytes,
    ];
    const large = file(Buffer.alloc(9 * 1024 * 1024));
    const others = [1, 2, 3].map((seed) => file(Buffer.alloc(3 * 1024 * 1024, seed)));
    const { blobs, leftOut, fits } = encodeReceipt({
      started: '',
      journal: Buffer.from('j'),
      report: Buffer.from('r'),
      former: new Map([large, ...others]),
    });
    expect(leftOut).toEqual([large[0]]);
    expect(fits).toBe(true);
    expect(blobs.size).toBe(5);
    for (const blob of blobs.values()) expect(blob.length).toBeLessThanOrEqual(8 * 1024 * 1024);
  });

  it('is refused when its journal does not fit', async () => {
    const journal = await runAt(scratch(), false);
    const text = 'x'.repeat(1024 * 1024);
    for (let at = 0; at < 8; at += 1)
      await journal.append({ type: 'package-read', package: text, sha512: null });
    await expect(push(journal, new MemoryTarget())).rejects.toMatchObject({ code: 'receipt.too-large' });
  });
});

describe('the place of receipts', () => {
  const registry = { kind: 'registry' } as const;
  it.each([
    [{}, 'archbridge/receipts library/archbridge-receipts'],
    [{ containerRegistry: 'r.local' }, 'archbridge/receipts library/archbridge-receipts'],
    [{ mirror: true }, 'archbridge/receipts library/archbridge-receipts'],
    [{ containerPrefixRepository: 'team/a' }, 'team/a/archbridge-receipts'],
    [{ containerRegistry: 'r.local', containerRepository: 'own' }, 'own/archbridge-receipts'],
    [{ containerPrefixRegistry: 'r.local/p/q' }, 'p/q/archbridge-receipts'],
    [{ containerPrefixRegistry: 'r.local/p', containerRepository: 'own' }, 'p/own/archbridge-receipts'],
    [{ containerPrefixRegistry: 'r.local/p', containerPrefixRepository: 'x' }, 'p/archbridge-receipts'],
    [
      { containerPrefixRegistry: 'r.local', appendOriginRegistry: true },
      'archbridge/receipts library/archbridge-receipts',
    ],
  ])('under the rules %j is %s', (rules, expected) => {
    expect(receiptRepositories(registry, rules).join(' ')).toBe(expected);
  });

  it('in a folder does not depend on rules', () => {
    expect(receiptRepositories({ kind: 'folder' }, { containerRepository: 'own' })).toEqual([
      'archbridge/receipts',
    ]);
  });
});

describe('what is no receipt', () => {
  const run = '20240501T100000000-abcdef';
  const repository = 'archbridge/receipts';
  const start = {
    type: 'run-started',
    time: '2024-05-01T10:00:00.000Z',
    run,
    version: '1',
    target: { kind: 'registry', location: 'x', charts: [] },
    packages: [],
    weakened: [],
  };
  const journal = Buffer.from(`${JSON.stringify(start)}\n`);

  /** A receipt that another program made. */
  function planted(parts: {
    readonly journal?: Buffer;
    readonly former?: Buffer;
    readonly artifactType?: string;
    readonly tag?: string;
    readonly size?: number;
  }): MemoryTarget {
    const target = new MemoryTarget();
    const layer = (mediaType: string, bytes: Buffer): object => {
      const digest = digestOf(bytes);
      target.blobs.set(`${repository}@${digest}`, bytes);
      return { mediaType, digest, size: parts.size ?? bytes.length };
    };
    const manifest = {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      artifactType: parts.artifactType ?? 'application/vnd.archbridge.run.v1+json',
      config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: digestOf('{}'), size: 2 },
      layers: [
        layer('application/vnd.archbridge.journal.v1+jsonl', parts.journal ?? journal),
        ...(parts.former ? [layer('application/vnd.archbridge.former.v1.tar+gzip', parts.former)] : []),
      ],
    };
    target.set(
      repository,
      parts.tag ?? run,
      rawManifest(Buffer.from(JSON.stringify(manifest)), OCI_MANIFEST),
    );
    return target;
  }

  function former(name: string, bytes = Buffer.from('x')): Buffer {
    return packChart('former', new Map([[name, bytes]]));
  }

  async function fetched(
    target: MemoryTarget,
  ): Promise<{ codes: readonly string[]; files: readonly string[] }> {
    const folder = scratch();
    const stateDir = join(folder, 'a', 'state');
    const { problems } = await fetchInto(stateDir, target);
    expect(await listRuns(stateDir)).toEqual(existsSync(join(stateDir, 'runs', run)) ? [run] : []);
    return { codes: problems.map(({ code }) => code), files: Object.keys(filesIn(folder)) };
  }

  it('is fetched as long as nothing is wrong with it (the base of the cases below)', async () => {
    const bytes = Buffer.from('x');
    const files = former(`manifests/${digestOf(bytes).slice(7)}`, bytes);
    const found = await fetched(planted({ former: files }));
    expect(found.codes).toEqual([]);
    expect(found.files).toHaveLength(2);
  });

  const hex = 'ab'.repeat(32);
  it.each([
    ['../../evil', former('../../evil')],
    ['charts/../../../evil', former('charts/../../../evil')],
    ['an absolute path', former('/tmp/evil')],
    ['a journal of its own', former('journal.jsonl')],
    ['a folder of its own', former(`spool/${hex}`)],
    ['a manifest under another digest', former(`manifests/${hex}`)],
    ['a chart under another digest', former(`charts/${hex}.tgz`)],
    ['a name with more behind it', former(`manifests/${digestOf('x').slice(7)}.sh`)],
    ['no archive', Buffer.from('no archive')],
  ])('is refused as a whole: %s', async (_, archive) => {
    expect(await fetched(planted({ former: archive }))).toEqual({ codes: ['receipt.damaged'], files: [] });
  });

  it.each([
    ['a journal of another run', Buffer.from(JSON.stringify({ ...start, run: '20240501T100000000-000000' }))],
    ['a journal without a beginning', Buffer.from('{"type":"run-ended"}\n')],
    ['no journal', Buffer.from([0, 1, 2])],
  ])('is refused: %s', async (_, bytes) => {
    expect(await fetched(planted({ journal: bytes }))).toEqual({ codes: ['receipt.damaged'], files: [] });
  });

  it('is refused: another artifact, or one whose layers are declared too large', async () => {
    expect((await fetched(planted({ artifactType: 'x/y' }))).codes).toEqual(['receipt.damaged']);
    expect((await fetched(planted({ size: 9 * 1024 * 1024 }))).codes).toEqual(['receipt.damaged']);
  });

  it('is refused: one whose layers are missing', async () => {
    const target = planted({});
    target.blobs.clear();
    expect(await fetched(target)).toEqual({ codes: ['receipt.damaged'], files: [] });
  });

  it('is not read when its tag is not the id of a run', async () => {
    for (const tag of ['latest', '..', 'v1', `${run}x`])
      expect(await fetched(planted({ tag }))).toEqual({ codes: [], files: [] });
  });

  it('cannot claim another reference than the one it was fetched from', async () => {
    const lie = {
      type: 'receipt',
      time: '',
      reference: 'trusted/place:1',
      digest: 'sha256:0',
      fetched: false,
    };
    const stateDir = scratch();
    const lines = Buffer.from(`${JSON.stringify(start)}\n${JSON.stringify(lie)}\n`);
    await fetchInto(stateDir, planted({ journal: lines }));
    const entries = (await readJournal(stateDir, run)) ?? [];
    expect(entries.filter(({ type }) => type === 'receipt')).toMatchObject([
      { reference: `memory.test/${repository}:${run}`, fetched: true },
    ]);
  });

  it('writes no file outside of the folder of its run, whatever names it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('..', '.', 'charts', 'manifests', '', hex, `${hex}.tgz`, 'a\\b', '\\..\\'), {
          minLength: 1,
          maxLength: 5,
        }),
        async (segments) => {
          const { files } = await fetched(planted({ former: former(segments.join('/') || 'x') }));
          for (const file of files) expect(file.startsWith(join('a', 'state', 'runs', run))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('does not replace a run that is here, also when only part of it is here', async () => {
    const stateDir = scratch();
    const journalHere = await runAt(stateDir, false);
    writeFileSync(join(journalHere.directory, 'mine'), 'mine');
    const target = planted({ tag: journalHere.run });
    expect((await fetchInto(stateDir, target)).problems).toEqual([]);
    expect(readFileSync(join(journalHere.directory, 'mine'), 'utf8')).toBe('mine');
  });
});
