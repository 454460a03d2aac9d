// Report files in every form, their signatures, and the history with its filters, on the command line.
import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Report } from '../../core/contract.js';
import { parseCsv } from '../support/csv.js';
import { parseStrictHtml } from '../support/strict-html.js';
import { proofOf, provenChart, provenImage } from '../report/proofs.js';
import { session, type Answers } from './cli-session.js';
import { imageOf, problemOf, reportOf } from './values.js';

const answerSchema = z.object({ ok: z.boolean(), problems: z.array(z.object({ code: z.string() })) });

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-cli-'));
});
afterEach(() => rm(folder, { recursive: true }));

const answers: Answers = { report: (run) => ({ ok: true, value: reportOf({ run, images: [imageOf({})] }) }) };

function at(name: string): string {
  return join(folder, name);
}

async function keys(): Promise<{ readonly privateKey: string; readonly publicKey: string }> {
  const made = generateKeyPairSync('ed25519');
  await writeFile(at('sign.pem'), made.privateKey.export({ format: 'pem', type: 'pkcs8' }));
  await writeFile(at('sign.pub.pem'), made.publicKey.export({ format: 'pem', type: 'spki' }));
  return { privateKey: at('sign.pem'), publicKey: at('sign.pub.pem') };
}

describe('--report', () => {
  it('writes HTML and CSV by the ending, in the language that was asked for', async () => {
    for (const language of ['en', 'zh-CN']) {
      await session(['report', 'a', '--report', at('r.HTML'), '--lang', language], { answers });
      const html = await readFile(at('r.HTML'), 'utf8');
      expect(html).toContain(`<html lang="${language}">`);
      parseStrictHtml(html);
    }
    await session(['report', 'a', '--report', at('r.csv')], { answers });
    expect(parseCsv(await readFile(at('r.csv'), 'utf8'))).toHaveLength(2);
  });

  it('puts several runs into one file', async () => {
    expect((await session(['report', 'a', 'b', '--report', at('r.csv')], { answers })).code).toBe(0);
    const [, ...rows] = parseCsv(await readFile(at('r.csv'), 'utf8'));
    expect(rows.map((row) => row[1])).toEqual(['a', 'b']);
    await session(['report', 'a', 'b', '--report', at('r.html')], { answers });
    expect(await readFile(at('r.html'), 'utf8')).toContain('Report on several runs (2)');
    await session(['report', 'a', 'b', '--report', at('r.json')], { answers });
    expect(JSON.parse(await readFile(at('r.json'), 'utf8'))).toMatchObject([{ run: 'a' }, { run: 'b' }]);
  });

  it('of an import is written after it, too', async () => {
    const { code } = await session(['import', 'a', '--report', at('r.html')]);
    expect(code).toBe(0);
    parseStrictHtml(await readFile(at('r.html'), 'utf8'));
  });
});

describe('--sign-key and --check', () => {
  it('sign the file and prove it', async () => {
    const { privateKey, publicKey } = await keys();
    const signed = await session(['import', 'a', '--report', at('r.html'), '--sign-key', privateKey]);
    expect(signed.code).toBe(0);
    const pinned = await session(['report', '--check', at('r.html'), '--key', publicKey, '--json']);
    expect(pinned.code).toBe(0);
    expect(JSON.parse(pinned.stdout)).toMatchObject({
      schema: 'archbridge.signature/1',
      ok: true,
      pinned: true,
      problems: [],
    });
    const open = await session(['report', '--check', at('r.html')]);
    expect(open.code).toBe(0);
    expect(open.stdout).toMatch(/Key \(SHA-256\): [0-9a-f]{64}\n/);
    expect(open.stdout).toContain('Compare the key');
  });

  it('exit with 5 for a report that was changed, signed by another, or not signed', async () => {
    const { privateKey, publicKey } = await keys();
    await session(['report', 'a', '--report', at('r.csv'), '--sign-key', privateKey], { answers });
    await session(['report', 'a', '--report', at('plain.csv')], { answers });
    const codeOf = async (...argv: string[]): Promise<unknown> => {
      const { code, stdout } = await session(['report', '--check', ...argv, '--json']);
      const { ok, problems } = answerSchema.parse(JSON.parse(stdout));
      return [code, ok, problems[0]?.code];
    };
    expect(await codeOf(at('plain.csv'))).toEqual([5, false, 'signature.missing']);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'pem', type: 'spki' });
    await writeFile(at('other.pem'), other);
    expect(await codeOf(at('r.csv'), '--key', at('other.pem'))).toEqual([5, false, 'signature.other-key']);
    await writeFile(at('r.csv'), `${await readFile(at('r.csv'), 'utf8')} `);
    expect(await codeOf(at('r.csv'), '--key', publicKey)).toEqual([5, false, 'signature.wrong']);
    await writeFile(at('r.csv.sig'), 'nothing');
    expect(await codeOf(at('r.csv'))).toEqual([5, false, 'signature.unusable']);
  });

  it('say what is wrong, on stdout', async () => {
    await session(['report', 'a', '--report', at('r.csv')], { answers });
    const { stdout } = await session(['report', '--check', at('r.csv'), '--lang', 'zh-CN']);
    expect(stdout).toMatch(/未签名/);
  });

  it('refuse a key of another kind before anything is imported', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    await writeFile(at('rsa.pem'), rsa.export({ format: 'pem', type: 'pkcs8' }));
    for (const key of ['rsa.pem', 'absent.pem']) {
      const { code, imports, stderr } = await session([
        ...['import', 'a', '--report', at('r.html'), '--sign-key', at(key)],
      ]);
      expect([code, imports]).toEqual([2, []]);
      expect(stderr).toContain(at(key));
    }
  });

  const wrongUses: readonly (readonly string[])[] = [
    ['import', 'a', '--sign-key', 'k.pem'],
    ['report'],
    ['report', 'a', '--key', 'k.pem'],
    ['report', 'a', '--check', 'r.html'],
    ['report', '--check', 'r.html', '--report', 's.html'],
    ['report', '--check', 'no-such-report.html'],
  ];
  it.each(wrongUses.map((argv) => argv.join(' ')))('cannot be combined with: %s', async (line) => {
    expect((await session(line.split(' '))).code).toBe(2);
  });

  it('never show the private key', async () => {
    const { privateKey } = await keys();
    const secret = (await readFile(privateKey, 'utf8')).split('\n')[1] ?? '?';
    const { stdout, stderr } = await session(
      [
        'import',
        'a',
        '--report',
        at('r.json'),
        '--sign-key',
        privateKey,
        '--log-level',
        'debug',
        '--log-file',
        at('log'),
      ],
      { isTty: { stdout: true, stderr: true } },
    );
    const written = [
      stdout,
      stderr,
      ...(await Promise.all(['r.json', 'r.json.sig', 'log'].map((name) => readFile(at(name), 'utf8')))),
    ];
    expect(written.join('')).not.toContain(secret);
  });

  it('leave no signature where the report could not be written', async () => {
    const { privateKey } = await keys();
    const run = await session(['report', 'a', '--report', at('gone/r.html'), '--sign-key', privateKey], {
      answers,
    });
    expect(run.code).toBe(2);
    await expect(stat(at('gone/r.html.sig'))).rejects.toThrow();
  });
});

describe('the text of a report', () => {
  async function textOf(fields: Partial<Report>): Promise<string> {
    const report = reportOf({ images: [imageOf({})], ...fields });
    return (await session(['report', 'x'], { answers: { report: () => ({ ok: true, value: report }) } }))
      .stdout;
  }

  it('says what was proven and nothing more', async () => {
    expect(await textOf({})).not.toMatch(/read back/i);
    const proof = proofOf({ images: [provenImage({})], charts: [provenChart({})] });
    expect(await textOf({ proof })).toContain('Read back and right: tags 1, blobs 6 (2.00 MB), charts 1\n');
    expect(await textOf({ proof: { ...proof, depth: 'content' } })).toContain(
      'blobs with their content 6 (2.00 MB)',
    );
  });

  it('lists what the proof found', async () => {
    const problem = problemOf('registry', 'registry.of-later');
    const images = [provenImage({ ok: false, problem, problems: [problem] })];
    expect(await textOf({ proof: proofOf({ ok: false, images }) })).toContain(
      'Wrong when it was read back (1)\n  docker.io/library/nginx:1.0\n    registry.of-later happened\n      do something\n',
    );
  });

  it('distinguishes an undo from an import, and says where the receipt lies', async () => {
    const text = await textOf({
      kind: 'undo',
      undoes: ['run-0'],
      receipt: { reference: 'r.local/archbridge/receipts:run-1', digest: 'sha256:0' },
    });
    expect(text).toMatch(/^Undone in 3m 05s \(run run-1\)\nUndoes {3}run-0\n/);
    expect(text).toContain('Receipt  r.local/archbridge/receipts:run-1\n');
  });
});

describe('runs', () => {
  it('asks for what the options say', async () => {
    const requestOf = async (...argv: string[]): Promise<unknown> =>
      (await session(['runs', ...argv])).runRequests[0];
    expect(await requestOf()).toEqual({});
    expect(await requestOf('--since', '2024-05-01', '--target', 'reg')).toEqual({
      since: '2024-05-01',
      location: 'reg',
    });
    expect(await requestOf('--store', '/srv/s')).toEqual({ target: { store: '/srv/s' } });
    expect(await requestOf('--registry', 'r.local')).toEqual({ target: { registry: 'r.local' } });
  });

  it('shows kind, who and where', async () => {
    const run = {
      ...{ run: 'b', kind: 'undo' as const, undoes: ['a'], at: 'target' as const, user: 'li' },
      ...{ started: '2024-01-01T00:00:00.000Z', ended: null, result: 'done' as const, target: 'http://r' },
      ...{ packages: [], images: 1, charts: 0, gaps: 0 },
    };
    const { stdout } = await session(['runs'], { answers: { runs: [run] } });
    const [head = '', line = ''] = stdout.split('\n');
    expect(head.split(/ {2,}/)).toEqual([
      'RUN',
      'WHEN',
      'KIND',
      'RESULT',
      'IMAGES',
      'CHARTS',
      'TARGET',
      'WHO',
      'KEPT',
      'PACKAGES',
    ]);
    expect(line.split(/ {2,}/)).toEqual([
      'b',
      '2024-01-01T00:00:00Z',
      'undo of a',
      'undone',
      '1',
      '0',
      'http://r',
      'li',
      'receipt',
    ]);
  });

  it('says which receipts could not be read, and lists the others', async () => {
    const problem = problemOf('registry', 'receipt.of-later');
    const { code, stdout, stderr } = await session(['runs', '--registry', 'r.local', '--json'], {
      answers: { runProblems: [problem] },
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [], problems: [{ code: 'receipt.of-later' }] });
    expect(stderr).toContain('receipt.of-later happened');
  });
});

describe('import --receipt', () => {
  it('asks for a receipt', async () => {
    expect((await session(['import', 'a', '--receipt'])).imports).toMatchObject([{ receipt: true }]);
    expect((await session(['import', 'a'])).imports[0]).not.toHaveProperty('receipt');
  });

  it('exits with 6 when everything but the receipt was done', async () => {
    const report = reportOf({ problems: [problemOf('app', 'receipt.not-written')] });
    const run = await session(['import', 'a', '--receipt'], {
      answers: { import: () => ({ ok: true, value: report }) },
    });
    expect(run.code).toBe(6);
  });
});
