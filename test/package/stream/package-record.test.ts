// Replaying a record makes the same calls in the same order as the pass, for every form of package and for damaged ones.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openPackage } from '../../../core/package/source/open-package.js';
import { recordEnd, recordingVisitor, replayRecord } from '../../../core/package/stream/package-record.js';
import type { PackageFacts } from '../../../core/package/stream/package-stream.js';
import { readPackage } from '../../../core/package/read-package.js';
import {
  bundleFiles,
  LayoutBuilder,
  named,
  type JsonDescriptor,
  makeBundle,
  makeDockerArchive,
  makeImage,
  makeLayer,
  makeOciLayout,
  makePackage,
  makeTar,
  tinyBundle,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';
import { callKeeper, type VisitorCall } from '../../support/visitor-calls.js';

const scratch = scratchFolders();
const { signal } = new AbortController();

async function* linesOf(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

interface Recorded {
  readonly calls: readonly VisitorCall[];
  readonly facts: PackageFacts;
  readonly lines: readonly string[];
}

async function recorded(path: string): Promise<Recorded> {
  const { visitor, calls } = callKeeper();
  const lines: string[] = [];
  const write = async (line: unknown): Promise<void> => {
    lines.push(JSON.stringify(line));
  };
  const source = await openPackage(path, { signal });
  const options = { sha512: true, programs: true, signal };
  const facts = await readPackage(source, recordingVisitor(visitor, write), options);
  await recordEnd(facts, write);
  return { calls, facts, lines };
}

async function expectSameAgain(path: string): Promise<Recorded> {
  const pass = await recorded(path);
  const again = callKeeper();
  const facts = await replayRecord(linesOf(pass.lines), again.visitor, { signal });
  expect(again.calls).toEqual(pass.calls);
  expect(JSON.stringify(facts)).toBe(JSON.stringify(pass.facts));
  return pass;
}

describe('a record', () => {
  const folder = 'test/fixtures/packages';
  it.each(readdirSync(folder).filter((name) => name.endsWith('.gz')))(
    'of %s repeats the pass',
    async (name) => {
      const { calls, lines } = await expectSameAgain(join(folder, name));
      expect(calls.length).toBeGreaterThan(60);
      // the chart's files are in the head and are not written a second time
      const ends = lines.filter((line) => line.includes('"call":"bundleEnd"'));
      expect(ends.filter((line) => line.includes('"chart":"head"')).length).toBeGreaterThan(10);
    },
  );

  const image = makeImage('ghcr.io/app/app:1.0.0', 'amd64');
  const broken = makeImage('ghcr.io/app/bad:1.0.0', 'arm64', [
    { ...makeLayer('x'), digest: makeLayer('y').digest },
  ]);
  const layout = new LayoutBuilder();
  const child = layout.image(image);
  const unknownField: JsonDescriptor = Object.assign({}, child, { data: 'x' });
  const index = layout.index([unknownField, layout.attestation(child.digest)]);
  const attested = layout.files([named(index, 'ghcr.io/app/app:1.0.0')]);
  const forms = {
    'an OCI layout': makeTar(makeOciLayout([image])),
    'attestations and unknown fields': makeTar(attested),
    'a docker-archive of docker save': makeDockerArchive([image], 'docker-save'),
    'uncompressed and zstd layers': makeDockerArchive([
      makeImage('ghcr.io/app/app:2', 'arm64', [makeLayer('plain', 'plain'), makeLayer('zstd', 'zstd')]),
    ]),
    'an image named by digest only': makeDockerArchive([makeImage(null, 'amd64')]),
    'a damaged layer': makeDockerArchive([image, broken]),
    'a bundle without a manifest': makePackage([
      {
        path: 'addon/app_1.0.0.bundle.tar',
        body: makeTar(bundleFiles(tinyBundle('app', [image])).slice(0, -1)),
      },
      { path: 'addon/web_1.0.0.bundle.tar', body: makeBundle(tinyBundle('web', [image])) },
    ]),
    'notes at the end': gzipSync(
      makeTar(
        [
          { path: 'a/app.bundle.tar', body: makeTar([], { endBlocks: 0 }) },
          {
            path: 'a/web_1.0.0.bundle.tar',
            body: makeBundle(tinyBundle('web', [image])),
          },
        ],
        { endBlocks: 0 },
      ),
    ),
  };
  it.each(Object.entries(forms))('of %s repeats the pass', async (_, bytes) => {
    const path = join(scratch(), 'p.tar');
    writeFileSync(path, bytes);
    const { calls } = await expectSameAgain(path);
    expect(calls.length).toBeGreaterThan(1);
  });

  it('that was cut, or goes on after its end, is refused', async () => {
    const { lines } = await recorded('test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz');
    const replayed = (some: readonly string[]) => replayRecord(linesOf(some), {}, { signal });
    await expect(replayed(lines.slice(0, -1))).rejects.toThrow('no end');
    await expect(replayed(lines.slice(1))).rejects.toThrow('has no beginning');
    await expect(replayed([...lines, ...lines])).rejects.toThrow('lines after the end');
    await expect(replayed([...lines.slice(0, -1), '{"call":"bundleEnd"}'])).rejects.toThrow();
    await expect(replayed([...lines.slice(0, -1), 'x'])).rejects.toThrow();
  });

  it('lets what the visitor throws come through', async () => {
    const { lines } = await recorded('test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz');
    const mine = new Error('mine');
    const visitor = { bundleEnd: () => Promise.reject(mine) };
    await expect(replayRecord(linesOf(lines), visitor, { signal })).rejects.toBe(mine);
  });
});
