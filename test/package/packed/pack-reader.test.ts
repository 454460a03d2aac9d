// Packs that were damaged or put together by hand: nothing of them is believed that the bytes do not prove.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../../core/engine.js';
import { tarBufferEntries } from '../../../core/package/bytes/tar-buffer.js';
import { imagesOf, problemsOf, record, type Recording } from '../../support/package-recorder.js';
import {
  makeBundle,
  makeImage,
  makePackage,
  makeTar,
  tinyBundle,
  type TarFile,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const images = [makeImage('ghcr.io/alpha/app:1.0.0', 'amd64'), makeImage('ghcr.io/beta/app:1.0.0', 'arm64')];
let files: readonly { readonly path: string; readonly body: Buffer }[];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'archbridge-test-'));
  const bundles = ['alpha', 'beta'].map((chart, at) => ({
    path: `addon/${chart}_1.0.0.bundle.tar`,
    body: makeBundle(tinyBundle(chart, images.slice(at, at + 1))),
  }));
  const path = join(folder, 'addon.tar.gz');
  writeFileSync(path, makePackage(bundles));
  const engine = createEngine({ stateDir: join(folder, 'state'), version: '0', log: () => undefined });
  const out = join(folder, 'site.tar');
  const answer = await engine.pack({ packages: [path], out }, { signal: new AbortController().signal });
  expect(answer).toMatchObject({ ok: true });
  files = [...tarBufferEntries(readFileSync(out), { archive: 'site.tar' })].map(({ path: name, bytes }) => ({
    path: name,
    body: Buffer.from(bytes),
  }));
  await rm(folder, { recursive: true });
});

async function read(changed: readonly TarFile[]): Promise<Recording> {
  const path = join(scratch(), 'site.tar');
  writeFileSync(path, makeTar(changed));
  return record(path);
}

/** The files with one of them changed. */
function changing(pattern: RegExp, change: (body: Buffer) => Buffer): readonly TarFile[] {
  expect(files.some(({ path }) => pattern.test(path))).toBe(true);
  let isDone = false;
  return files.map(({ path, body }) => {
    if (isDone || !pattern.test(path)) return { path, body };
    isDone = true;
    return { path, body: change(Buffer.from(body)) };
  });
}

function flipped(body: Buffer): Buffer {
  body[body.length - 2] = (body[body.length - 2] ?? 0) ^ 1;
  return body;
}

describe('a pack', () => {
  it('is proven by itself, without a checksum of the file', async () => {
    const recording = await read(files);
    expect(recording.error).toBeNull();
    expect(recording.facts?.notes).toEqual([]);
    expect(imagesOf(recording).map(({ problem, programs }) => [problem, programs.verdict])).toEqual([
      [null, 'unknown'],
      [null, 'unknown'],
    ]);
  });

  it('whose list was changed is refused at its end', async () => {
    const renamed = changing(/^archbridge-pack\.json$/, (body) =>
      Buffer.from(body.toString('utf8').replace('ghcr.io/alpha/app:1.0.0', 'ghcr.io/omega/app:1.0.0')),
    );
    expect((await read(renamed)).error).toMatchObject({ code: 'package.damaged' });
  });

  it('whose index.json or list is missing, or whose list comes late, is refused', async () => {
    const without = (path: string): readonly TarFile[] => files.filter((file) => file.path !== path);
    expect((await read(without('index.json'))).error).toMatchObject({ code: 'package.truncated' });
    const [list, ...others] = files;
    expect((await read([...others, ...(list ? [list] : [])])).error).toMatchObject({
      code: 'package.damaged',
    });
  });

  it('with a damaged chart loses that bundle alone', async () => {
    const recording = await read(changing(/charts\/addon\/alpha-1\.0\.0\/values\.yaml$/, flipped));
    expect(problemsOf(recording)).toEqual(['package.blob-damaged', null]);
    const gone = files.filter(({ path }) => !path.endsWith('alpha-1.0.0.hints.yaml'));
    expect(problemsOf(await read(gone))).toEqual(['package.damaged', null]);
  });

  it('with a damaged or missing layer loses that image alone', async () => {
    const layer = files.find(({ body }) => body.readUInt16BE(0) === 0x1f8b)?.path ?? '';
    const damaged = await read(changing(new RegExp(layer), flipped));
    expect(imagesOf(damaged).map(({ problem }) => problem?.code ?? null)).toEqual([
      'package.blob-damaged',
      null,
    ]);
    const lost = await read(files.filter(({ path }) => path !== layer));
    expect(imagesOf(lost).map(({ problem }) => problem?.code ?? null)).toEqual([
      'package.image-incomplete',
      null,
    ]);
  });

  it.each([
    ['no JSON', '{'],
    ['another schema', '{"schema": "archbridge.pack/9"}'],
    [
      'a digest that is none',
      '{"schema": "archbridge.pack/1", "packages": [], "since": [], "bundles": [], "absent": [{"digest": "x"}]}',
    ],
  ])('with a list that is %s is refused', async (_, text) => {
    const changed = changing(/^archbridge-pack\.json$/, () => Buffer.from(text));
    expect((await read(changed)).error).toMatchObject({ code: 'package.damaged', origin: 'package' });
  });

  it('that was unpacked into a folder is read in the order of its list', async () => {
    const folder = join(scratch(), 'site');
    for (const { path, body } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), body);
    }
    const recording = await record(folder);
    expect(recording.error).toBeNull();
    expect(problemsOf(recording)).toEqual([null, null]);
    expect(recording.bundles.map(({ blobs }) => blobs.length)).toEqual([1, 1]);
  });
});
